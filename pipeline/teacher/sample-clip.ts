// Draws one joint clip from a teacher: integrates the rectified flow from noise to pictures with classifier-free guidance.
// For people and evaluations that look at the teacher itself; distillation never samples.

import { createRandom, fillNormal } from "../distill/random.ts";
import type { Rig } from "../distill/rig.ts";
import { predictGuided } from "./guidance.ts";
import type { Teacher, TextTokens } from "./teacher.ts";

export interface SampleClipOptions {
  /** x0 = x0_null + guidance (x0_prompt - x0_null); above 3 large motions shatter. */
  guidance?: number;
  /** Euler steps, evenly spaced in the noise level; each is a guided prediction (guidance.ts). */
  steps?: number;
  /** Same seed, same noise. */
  seed?: number;
}

export const SAMPLE_CLIP_DEFAULTS = { guidance: 2, steps: 20, seed: 0 } as const;

/** Predicted pixels are held within a little more than -1..1, as in training. */
const RANGE = 1.1;

/**
 * @param rig cameras and rest renders at the teacher's size.
 * @returns [views, 3, frames, height, width], about -1..1.
 */
export async function sampleClip(
  teacher: Teacher,
  rig: Pick<Rig, "rest" | "cameras">,
  text: TextTokens,
  options: SampleClipOptions = {},
): Promise<Float32Array> {
  const { guidance, steps, seed } = { ...SAMPLE_CLIP_DEFAULTS, ...options };
  const length = rig.rest.length * teacher.manifest.frames;
  const condition = { text, rest: rig.rest, cameras: rig.cameras };
  let clip = fillNormal(new Float32Array(length), createRandom(seed));
  for (let step = 0; step < steps; step++) {
    const [now, next] = [1 - step / steps, 1 - (step + 1) / steps];
    const guided = await predictGuided(teacher, clip, now, condition, guidance);
    clip = clip.map((value, i) => {
      const x0 = Math.min(RANGE, Math.max(-RANGE, guided[i]));
      return (1 - next) * x0 + (next * (value - (1 - now) * x0)) / now;
    });
  }
  return clip;
}
