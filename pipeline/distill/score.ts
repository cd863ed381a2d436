// The motion score: what the teacher wants changed in the rendered pixels of a moving clip.
// MSD (paper, eq. for E_t[w(t)(eps_dyn - eps_stat) dx/dphi]) in x0 terms with a source weight b:
//   g = (x - x_target) + b (x_source - x),  x_target = x_uncond + guidance (x_prompt - x_uncond)
// b = 0 is SDS (Poole et al. 2022); b = 1 is the literal difference.

import { AnimusError } from "../errors.ts";
import type { Lora, Teacher, TextTokens } from "../teacher/teacher.ts";
import { addNoise } from "./noise.ts";
import type { Rig } from "./rig.ts";

export interface ScoreRequest {
  /** Rendered clip x, [views, 3, frames, height, width]. */
  clip: Float32Array;
  rig: Rig;
  prompt: TextTokens;
  noise: Float32Array;
  level: number;
  guidance: number;
  sourceWeight: number;
  source: Lora | null;
}

export interface Score {
  /** dL/dx, layout of the clip, for L = mean over pixels of g^2 / 2 with g held constant. */
  gradient: Float32Array;
  /** Mean squared g. */
  loss: number;
}

export async function motionScore(teacher: Teacher, request: ScoreRequest): Promise<Score> {
  const { clip, rig, prompt, level, guidance, sourceWeight } = request;
  const noisy = addNoise(clip, request.noise, level);
  const clips = new Float32Array(noisy.length * 2);
  clips.set(noisy);
  clips.set(noisy, noisy.length);
  const shared = { rest: rig.rest, cameras: rig.cameras };
  const pair = await teacher.predict({
    clips,
    levels: [level, level],
    conditions: [
      { text: prompt, ...shared },
      { text: null, ...shared },
    ],
    lora: null,
  });
  const still =
    sourceWeight > 0
      ? await teacher.predict({
          clips: noisy,
          levels: [level],
          conditions: [{ text: null, ...shared }],
          lora: request.source,
        })
      : null;

  const n = clip.length;
  const gradient = new Float32Array(n);
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const target = pair[n + i] + guidance * (pair[i] - pair[n + i]);
    const g = clip[i] - target + (still ? sourceWeight * (still[i] - clip[i]) : 0);
    loss += g * g;
    gradient[i] = g / n;
  }
  loss /= n;
  if (!Number.isFinite(loss)) throw notFinite(prompt.prompt, level);
  return { gradient, loss };
}

export function notFinite(prompt: string, level: number): AnimusError {
  return new AnimusError("teacher", `The score of "${prompt}" is not finite at noise level ${level.toFixed(3)}.`, {
    hint: "The teacher's answer or the motion has diverged; try another seed, or report the asset.",
  });
}
