// Noise for the score: the forward process x_s = (1 - s) x + s eps, and noise estimated by inverting the static clip through
// the source model (DDIM inversion, Song et al. 2021, eq. 14 with no stochasticity; paper: inversion-based noise estimation).

import { throwIfCancelled } from "../errors.ts";
import type { Lora, Teacher } from "../teacher/teacher.ts";
import { fillNormal, type Random } from "./random.ts";
import { type Rig, staticClip } from "./rig.ts";

/** x_s = (1 - s) x + s eps. */
export function addNoise(clip: Float32Array, noise: Float32Array, level: number): Float32Array {
  const out = new Float32Array(clip.length);
  for (let i = 0; i < clip.length; i++) out[i] = (1 - level) * clip[i] + level * noise[i];
  return out;
}

export interface InversionOptions {
  steps: number;
  /** First noise level, reached by random noise: starting lower divides the render's own error by a small s. */
  start: number;
  /** Noise levels between which the loop will ask. */
  levels: readonly [number, number];
  signal?: AbortSignal | undefined;
}

/** Noise estimates of one rig along its inversion path. */
export interface NoisePath {
  levels: number[];
  /** One [views, 3, frames, height, width] per level. */
  noises: Float32Array[];
}

export async function invertStaticClip(
  teacher: Teacher,
  rig: Rig,
  lora: Lora | null,
  random: Random,
  options: InversionOptions,
): Promise<NoisePath> {
  const clip = staticClip(rig, teacher.manifest.frames);
  const condition = { text: null, rest: rig.rest, cameras: rig.cameras };
  let noisy = addNoise(clip, fillNormal(new Float32Array(clip.length), random), options.start);
  const path: NoisePath = { levels: [], noises: [] };
  for (let step = 0; step < options.steps; step++) {
    throwIfCancelled(options.signal);
    const s = options.start + ((options.levels[1] - options.start) * step) / options.steps;
    const next = options.start + ((options.levels[1] - options.start) * (step + 1)) / options.steps;
    const x0 = await teacher.predict({ clips: noisy, levels: [s], conditions: [condition], lora });
    const noise = new Float32Array(clip.length);
    const moved = new Float32Array(clip.length);
    for (let i = 0; i < clip.length; i++) {
      const eps = (noisy[i] - (1 - s) * x0[i]) / s;
      moved[i] = (1 - next) * x0[i] + next * eps;
      noise[i] = (moved[i] - (1 - next) * clip[i]) / next;
    }
    noisy = moved;
    if (next >= options.levels[0] - 1e-9) {
      path.levels.push(next);
      path.noises.push(noise);
    }
  }
  return path;
}

/** The estimate whose level is nearest. */
export function noiseAt(path: NoisePath, level: number): Float32Array {
  let best = 0;
  for (let i = 1; i < path.levels.length; i++) {
    if (Math.abs(path.levels[i] - level) < Math.abs(path.levels[best] - level)) best = i;
  }
  return path.noises[best];
}
