// Noise for the score: the forward process x_s = (1 - s) x + s eps, and noise estimated by inverting the static clip through
// the source model (DDIM inversion, Song et al. 2021, eq. 14 with no stochasticity; paper: inversion-based noise estimation).

import { throwIfCancelled } from "../errors.ts";
import type { Lora, Teacher } from "../teacher/teacher.ts";
import { type Rig, staticClip } from "./rig.ts";

/** x_s = (1 - s) x + s eps. */
export function addNoise(clip: Float32Array, noise: Float32Array, level: number): Float32Array {
  const out = new Float32Array(clip.length);
  for (let i = 0; i < clip.length; i++) out[i] = (1 - level) * clip[i] + level * noise[i];
  return out;
}

export interface InversionOptions {
  steps: number;
  /** First noise level, reached by the given noise: starting lower divides the render's own error by a small s. */
  start: number;
  /** Level at which the noise is wanted. */
  level: number;
  signal?: AbortSignal | undefined;
}

/** Noise [views, 3, frames, height, width] that the static clip of a rig carries at `level`, found by going up from `noise`. */
export async function invertStaticClip(
  teacher: Teacher,
  rig: Rig,
  lora: Lora | null,
  noise: Float32Array,
  { steps, start, level, signal }: InversionOptions,
): Promise<Float32Array> {
  const clip = staticClip(rig, teacher.manifest.frames);
  const condition = { text: null, rest: rig.rest, cameras: rig.cameras };
  let noisy = addNoise(clip, noise, start);
  for (let step = 0; step < steps; step++) {
    throwIfCancelled(signal);
    const s = start + ((level - start) * step) / steps;
    const next = start + ((level - start) * (step + 1)) / steps;
    const x0 = await teacher.predict({ clips: noisy, levels: [s], conditions: [condition], lora });
    const moved = new Float32Array(clip.length);
    for (let i = 0; i < clip.length; i++) {
      moved[i] = (1 - next) * x0[i] + (next / s) * (noisy[i] - (1 - s) * x0[i]);
    }
    noisy = moved;
  }
  return noisy.map((value, i) => (value - (1 - level) * clip[i]) / level);
}
