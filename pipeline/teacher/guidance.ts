// How a guided clip x_uncond + g (x_prompt - x_uncond) is asked of a teacher: the one place that knows whether that takes one prediction or
// two. A distilled teacher (Meng et al. 2023; `guidance` of its manifest) answers the combined clip at once for the scales that it was
// taught; every other teacher, and every other scale, is asked with the prompt and without.

import type { TeacherManifest } from "./manifest.ts";
import type { Condition, Teacher, TextTokens } from "./teacher.ts";

/** Something to ask for with a prompt. */
export interface PromptCondition extends Condition {
  text: TextTokens;
}

/** Predictions that a guided clip costs. */
export function predictionsOfGuided({ guidance: taught }: Pick<TeacherManifest, "guidance">, guidance: number): 1 | 2 {
  return taught && guidance >= taught[0] && guidance <= taught[1] ? 1 : 2;
}

/** What is asked in one batch, of the same noised clip each: the combined clip, or the clip with the prompt and then without. */
export function guidedConditions(
  manifest: TeacherManifest,
  { text, rest, cameras }: PromptCondition,
  guidance: number,
): Condition[] {
  if (predictionsOfGuided(manifest, guidance) === 1) return [{ text, rest, cameras, guidance }];
  return [
    { text, rest, cameras },
    { text: null, rest, cameras },
  ];
}

/** The guided clip. @param noisy one clip x_s of all views, [views, 3, frames, height, width]. */
export async function predictGuided(
  teacher: Teacher,
  noisy: Float32Array,
  level: number,
  condition: PromptCondition,
  guidance: number,
): Promise<Float32Array> {
  const conditions = guidedConditions(teacher.manifest, condition, guidance);
  const n = noisy.length;
  const clips = new Float32Array(n * conditions.length);
  for (const i of conditions.keys()) clips.set(noisy, i * n);
  const answer = await teacher.predict({ clips, levels: conditions.map(() => level), conditions, lora: null });
  if (conditions.length === 1) return answer;
  return answer.subarray(0, n).map((told, i) => answer[n + i] + guidance * (told - answer[n + i]));
}
