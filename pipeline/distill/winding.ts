// Which whole turn of the body the prompt asks for, if any. A turn cannot be reached from the rest pose by small steps (the
// motions in between do not close), so it is chosen beforehand: from almost pure noise the teacher predicts the mean of all
// clips that fit the prompt, and the candidate whose render lies nearest to that mean is taken.

import type { Handles } from "../motion/handles.ts";
import { createMotion, evaluateMotion, type Motion, motionBasis, NO_WINDING, type Winding } from "../motion/motion.ts";
import type { PoseRenderer } from "../render/pose-renderer.ts";
import type { Teacher, TextTokens } from "../teacher/teacher.ts";
import { fillNormal, type Random } from "./random.ts";
import { type Rig, staticClip } from "./rig.ts";

/** Stillness, a turn about the vertical, a roll about the long way, a somersault; one way round each, as the teacher knows them. */
export const WINDINGS: readonly Winding[] = [
  NO_WINDING,
  { axis: [0, 1, 0], turns: 1 },
  { axis: [0, 0, 1], turns: 1 },
  { axis: [1, 0, 0], turns: 1 },
  { axis: [1, 0, 0], turns: -1 },
];

export interface WindingOptions {
  /** Noise level of the prediction, close to 1. */
  level: number;
  /** Noises averaged. */
  draws: number;
  /** A turn must beat stillness by this share of its squared distance. */
  margin: number;
}

export const WINDING_DEFAULTS: WindingOptions = { level: 0.98, draws: 2, margin: 0.1 };

export async function chooseWinding(
  teacher: Teacher,
  renderer: PoseRenderer,
  scene: { handles: Handles; rig: Rig; prompt: TextTokens; loop: boolean },
  random: Random,
  options: WindingOptions = WINDING_DEFAULTS,
): Promise<Winding> {
  const { handles, rig, prompt, loop } = scene;
  const mean = await predictMean(teacher, rig, prompt, random, options);
  const still = WINDINGS.map((winding) => createMotion(handles.count, 4, loop, winding));
  return WINDINGS[await nearestToMean(mean, still, renderer, handles, rig, teacher.manifest.frames, options.margin)];
}

/** The mean of the clips that fit the prompt: what the teacher predicts from almost pure noise, [views * frames * 3 * H * W]. */
export async function predictMean(
  teacher: Teacher,
  rig: Rig,
  prompt: TextTokens,
  random: Random,
  options: WindingOptions,
): Promise<Float32Array> {
  const { frames } = teacher.manifest;
  const conditions = [{ text: prompt, rest: rig.rest, cameras: rig.cameras }];
  const still = staticClip(rig, frames);
  const mean = new Float32Array(still.length);
  for (let draw = 0; draw < options.draws; draw++) {
    const noise = fillNormal(new Float32Array(still.length), random);
    const clips = noise.map((value) => value * options.level);
    const prediction = await teacher.predict({ clips, levels: [options.level], conditions, lora: null });
    for (let i = 0; i < mean.length; i++) mean[i] += prediction[i] / options.draws;
  }
  return mean;
}

/** @returns index of the candidate whose render lies nearest to the mean; 0, stillness, unless another beats it by the margin. */
export async function nearestToMean(
  mean: Float32Array,
  candidates: readonly Motion[],
  renderer: PoseRenderer,
  handles: Handles,
  rig: Rig,
  frames: number,
  margin: number,
): Promise<number> {
  const distances: number[] = [];
  for (const motion of candidates) {
    const pose = evaluateMotion(motion, handles, motionBasis(motion, frames));
    const clip = await renderer.renderPose(pose, rig.cameras);
    let distance = 0;
    for (let i = 0; i < clip.length; i++) distance += (clip[i] - mean[i]) ** 2;
    distances.push(distance);
  }
  const best = distances.indexOf(Math.min(...distances));
  return distances[best] < (1 - margin) * distances[0] ? best : 0;
}
