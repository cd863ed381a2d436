// Renders a finished motion from cameras that distillation never used, for the picture that people look at.

import type { Backend } from "../backend.ts";
import { evaluateMotion, type Motion, motionBasis } from "../motion/motion.ts";
import type { PosedScene } from "../render/pose-renderer.ts";
import type { Camera } from "../render/renderer.ts";
import { previewSheet } from "./preview.ts";

const SIZE = 96;
/** Above the highest elevation of the teacher's rigs, so that no camera of the loop looks from here. */
const CAMERAS: readonly Camera[] = [
  { azimuth: 0.9, elevation: 0.55 },
  { azimuth: 2.1, elevation: 0.55 },
];

/** @returns PNG bytes: two cameras by eight frames. */
export async function renderPreview(
  backend: Backend,
  scene: PosedScene,
  motion: Motion,
  frames: number,
): Promise<Uint8Array> {
  const renderer = await backend.createRenderer(scene, { width: SIZE, height: SIZE });
  try {
    const pose = evaluateMotion(motion, scene.handles, motionBasis(motion, frames));
    const images = await renderer.renderPose(pose, CAMERAS);
    const clip = { cameras: CAMERAS.length, frames, width: SIZE, height: SIZE, images };
    return await previewSheet(clip, { loop: motion.loop });
  } finally {
    await renderer.dispose();
  }
}
