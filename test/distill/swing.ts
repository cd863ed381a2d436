// A bar whose end swings, the teacher that knows it, and settings under which a short distillation finds it.

import { type DistillSettings, PRESET_SETTINGS } from "../../pipeline/distill/settings.ts";
import { createMotion } from "../../pipeline/motion/motion.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createPoseRenderer } from "../../pipeline/render/pose-renderer.ts";
import { barScene, oracleTeacher } from "./oracle.ts";

/** The bar's right end swings up and down. */
function swing() {
  const scene = barScene();
  const truth = createMotion(3, 8, true);
  for (let knot = 0; knot < 8; knot++) {
    const angle = 0.5 * Math.sin((knot / 8) * 2 * Math.PI);
    truth.values[(knot * 4 + 2) * 6 + 2] = angle;
    truth.values[(knot * 4 + 2) * 6 + 4] = 0.25 * angle;
  }
  return { scene, truth };
}

export function setUp() {
  const { scene, truth } = swing();
  const teacher = oracleTeacher(
    scene,
    truth,
    createCpuRenderer(scene.splats, { width: 24, height: 24 }, { threads: 0 }),
  );
  const cpu = createCpuRenderer(scene.splats, { width: 24, height: 24 }, { threads: 0 });
  const renderer = createPoseRenderer(cpu, scene);
  return { scene, truth, teacher, renderer };
}

export const SETTINGS: DistillSettings = {
  ...PRESET_SETTINGS.draft,
  iterations: 100,
  rigs: 2,
  guidance: 1,
  noises: 4,
  rates: { handleRotation: 0.03, handleTranslation: 0.01, rootRotation: 0.002, rootTranslation: 0.002 },
  regularisers: { arap: 1e-4, rotation: 1e-5, stretch: 1e-4, acceleration: 1e-4, drift: 0.01 },
};

/** Root mean square over the numbers. */
export function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
}
