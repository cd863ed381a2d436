// What `animus doctor` measures: it opens the renderer and the teacher as a build would, and times what a build does over and over.

import type { Backend } from "../backend.ts";
import { createMotion, createPoseGradient, evaluateMotion, motionBasis } from "../motion/motion.ts";
import type { PosedScene } from "../render/pose-renderer.ts";
import type { Camera } from "../render/renderer.ts";
import { TEXT_ENCODER } from "../teacher/text.ts";
import { type Check, firstLine, ok } from "./doctor-checks.ts";

/** Splats of the ball that is drawn: about as many as a build uses. */
const SPLATS = 4096;

/** Second calls are timed: the first ones compile and allocate. */
export async function measureBackend(open: () => Promise<Backend>): Promise<Check[]> {
  const checks: Check[] = [];
  let stage = "device";
  try {
    const backend = await open();
    checks.push(ok(stage, backend.description));
    const { teacher } = backend;
    const { views, frames, width, height } = teacher.manifest;
    const cameras = Array.from({ length: views }, (_, i) => ({ azimuth: (i * 2 * Math.PI) / views, elevation: 0.3 }));
    const of = `${views} views, ${frames} frames of ${width}x${height}`;

    stage = "render";
    const [forward, backward] = await timeRendering(backend, cameras);
    checks.push(ok(stage, `${of}: ${forward.toFixed(0)} ms, its gradient ${backward.toFixed(0)} ms`));

    stage = "text encoder";
    const text = await teacher.encodeText("a fox walking");
    checks.push(ok(stage, `${TEXT_ENCODER}, ${text.length} tokens`));

    stage = "prediction";
    const rest = new Float32Array(views * 3 * height * width).fill(0.86);
    const clips = new Float32Array(views * 3 * frames * height * width);
    const request = { clips, levels: [0.9], conditions: [{ text, rest, cameras }], lora: null };
    await teacher.predict(request);
    const begun = performance.now();
    await teacher.predict(request);
    checks.push(ok(stage, `${of}: ${(performance.now() - begun).toFixed(0)} ms`));
    await backend.assertSound();
  } catch (error) {
    const remedy = (error as { hint?: string }).hint ?? "Try --device cpu; if that fails too, reinstall the package.";
    checks.push({ name: stage, status: "failed", detail: firstLine(error), remedy });
  }
  return checks;
}

/** @returns milliseconds forward and backward. */
async function timeRendering(backend: Backend, cameras: Camera[]): Promise<[number, number]> {
  const scene = ball();
  const { frames, width, height } = backend.teacher.manifest;
  const motion = createMotion(1, 4, true, { axis: [0, 1, 0], turns: 1 });
  const pose = evaluateMotion(motion, scene.handles, motionBasis(motion, frames));
  const renderer = await backend.createRenderer(scene, { width, height });
  try {
    let times: [number, number] = [0, 0];
    for (let call = 0; call < 2; call++) {
      const begun = performance.now();
      const images = await renderer.renderPose(pose, cameras);
      const drawn = performance.now();
      await renderer.backwardPose(images, createPoseGradient(pose));
      times = [drawn - begun, performance.now() - drawn];
    }
    return times;
  } finally {
    await renderer.dispose();
  }
}

/** A ball of even splats that follows one handle. */
function ball(): PosedScene {
  const positions = new Float32Array(SPLATS * 3);
  for (let i = 0; i < SPLATS; i++) {
    const y = 1 - (2 * (i + 0.5)) / SPLATS;
    const angle = i * Math.PI * (3 - Math.sqrt(5));
    const ring = Math.sqrt(1 - y * y);
    positions.set([ring * Math.cos(angle), y, ring * Math.sin(angle)], i * 3);
  }
  const weights = new Float32Array(SPLATS * 4);
  for (let i = 0; i < SPLATS; i++) weights[i * 4] = 1;
  return {
    splats: {
      count: SPLATS,
      positions: positions.map((x) => x / 2),
      normals: positions,
      colors: new Float32Array(SPLATS * 3).fill(0.5),
      sigmas: new Float32Array(SPLATS).fill(0.3 * Math.sqrt((4 * Math.PI) / SPLATS)),
    },
    handles: {
      count: 1,
      positions: new Float32Array(3),
      radii: Float32Array.of(1),
      edges: new Uint32Array(0),
    },
    binding: { count: SPLATS, indices: new Uint16Array(SPLATS * 4), weights },
  };
}
