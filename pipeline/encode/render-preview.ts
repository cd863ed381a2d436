// Renders a finished motion from cameras that distillation never used, for the picture that people look at.

import { deform } from "../motion/deform.ts";
import type { Binding, Handles } from "../motion/handles.ts";
import { evaluateMotion, type Motion, motionBasis } from "../motion/motion.ts";
import { createCpuRenderer } from "../render/cpu-renderer.ts";
import type { Camera, Splats } from "../render/renderer.ts";
import { previewSheet } from "./preview.ts";

const SIZE = 96;
/** Above the highest elevation of the teacher's rigs, so that no camera of the loop looks from here. */
const CAMERAS: readonly Camera[] = [
  { azimuth: 0.9, elevation: 0.55 },
  { azimuth: 2.1, elevation: 0.55 },
];

/** @returns PNG bytes: two cameras by eight frames. */
export async function renderPreview(
  scene: { splats: Splats; handles: Handles; binding: Binding },
  motion: Motion,
  frames: number,
  threads: number,
): Promise<Uint8Array> {
  const renderer = createCpuRenderer(scene.splats, { width: SIZE, height: SIZE }, { threads });
  try {
    const pose = evaluateMotion(motion, scene.handles, motionBasis(motion, frames));
    const images = await renderer.render(deform(scene.splats.positions, scene.binding, scene.handles, pose), CAMERAS);
    const clip = { cameras: CAMERAS.length, frames, width: SIZE, height: SIZE, images };
    return await previewSheet(clip, { loop: motion.loop });
  } finally {
    await renderer.dispose();
  }
}
