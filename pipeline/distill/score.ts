// The motion score: what the teacher wants changed in the rendered pixels of a moving clip.
// MSD (paper: E_t[w(t)(eps_dyn - eps_stat) dx/dphi]) in x0 terms, where eps - eps_hat is proportional to x - x_hat, with the
// source's weight b:
//   static:  g = (x - x_target) - b (x_static - x_source(x_static))      the paper's form; the second half is cached
//   moving:  g = (x - x_target) + b (x_source(x) - x)                    source asked at the moving clip (as in VSD)
//   x_target = x_uncond + guidance (x_prompt - x_uncond), asked for as teacher/guidance.ts says
// b = 0 is SDS (Poole et al. 2022).

import { AnimusError } from "../errors.ts";
import { predictGuided } from "../teacher/guidance.ts";
import type { Lora, Teacher, TextTokens } from "../teacher/teacher.ts";
import { addNoise } from "./noise.ts";
import type { Rig } from "./rig.ts";

/** The source's half of the score; null for SDS. */
export type SourceTerm =
  | { clip: "static"; weight: number; residual: Float32Array }
  | { clip: "moving"; weight: number; lora: Lora | null }
  | null;

export interface ScoreRequest {
  /** Rendered clip x, [views, 3, frames, height, width]. */
  clip: Float32Array;
  rig: Rig;
  prompt: TextTokens;
  noise: Float32Array;
  level: number;
  guidance: number;
  source: SourceTerm;
}

export interface Score {
  /**
   * dL/dx, layout of the clip, for L = mean of g^2 / 2 over the pixels that the body covers at rest, with g held constant: so the score
   * weighs as much beside the regularisers on a slender body as on one that fills the picture.
   */
  gradient: Float32Array;
  /** Mean squared g, over all pixels. */
  loss: number;
}

export async function motionScore(teacher: Teacher, request: ScoreRequest): Promise<Score> {
  const { clip, rig, prompt, level, guidance, source } = request;
  const n = clip.length;
  const noisy = addNoise(clip, request.noise, level);
  const condition = { text: prompt, rest: rig.rest, cameras: rig.cameras };
  const target = await predictGuided(teacher, noisy, level, condition, guidance);
  const push = await sourcePush(teacher, request, noisy);

  const gradient = new Float32Array(n);
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const g = clip[i] - target[i] + (source && push ? source.weight * push[i] : 0);
    loss += g * g;
    gradient[i] = g / (n * rig.seen);
  }
  loss /= n;
  if (!Number.isFinite(loss)) throw notFinite(prompt.prompt, level);
  return { gradient, loss };
}

/** What the source adds to g before its weight. */
async function sourcePush(
  teacher: Teacher,
  { clip, rig, level, source }: ScoreRequest,
  noisy: Float32Array,
): Promise<Float32Array | null> {
  if (!source) return null;
  if (source.clip === "static") return source.residual.map((value) => -value);
  const conditions = [{ text: null, rest: rig.rest, cameras: rig.cameras }];
  const still = await teacher.predict({ clips: noisy, levels: [level], conditions, lora: source.lora });
  return still.map((value, i) => value - clip[i]);
}

export function notFinite(prompt: string, level: number): AnimusError {
  return new AnimusError("teacher", `The score of "${prompt}" is not finite at noise level ${level.toFixed(3)}.`, {
    hint: "The teacher's answer or the motion has diverged; try another seed, or report the asset.",
  });
}
