// Whether a prompt names a gait on the ground. Gaits have joints (settings.ts); of gaits the bench measures how the feet stand. Whether
// the body stands on the ground at all is motion/soles.ts's question.

import { anyOf } from "./motion-words.ts";

/** Words for going on foot. */
const GAIT = anyOf([
  "walk(s|ing)?",
  "runs?|running",
  "jog(s|ging)?",
  "trot(s|ting)?",
  "canter(s|ing)?",
  "gallop(s|ing)?",
  "sprint(s|ing)?",
  "march(es|ing)?",
  "strid(es?|ing)",
  "stroll(s|ing)?",
  "strut(s|ting)?",
  "sneak(s|ing)?",
  "prowl(s|ing)?",
  "stalk(s|ing)?",
  "limp(s|ing)?",
  "hobbl(es?|ing)",
  "waddl(es?|ing)",
  "shuffl(es?|ing)",
  "stagger(s|ing)?",
  "stomp(s|ing)?",
  "trudg(es?|ing)",
  "plod(s|ding)?",
  "tiptoe(s|ing)?",
  "amb(les?|ling)",
  "wander(s|ing)?",
  "scurr(y|ies|ying)",
]);

/** Words that take the feet off the ground, whatever else the prompt says. */
const AIRBORNE = anyOf([
  "fly|flies|flying|swim(s|ming)?|hover(s|ing)?|float(s|ing)?|jump(s|ing)?|leap(s|ing)?|fall(s|ing)?|in the air|on air",
]);

/** True where the prompt names a gait on the ground ("walks", "is running"), false for what flies, swims, jumps or stands. */
export function promptGait(prompt: string): boolean {
  const words = prompt.toLowerCase();
  return GAIT.test(words) && !AIRBORNE.test(words);
}

/** Gaits in which left and right do not do the same, half a stride apart. */
const ASYMMETRIC = anyOf(["canter(s|ing)?|gallop(s|ing)?|bound(s|ing)?|limp(s|ing)?|hobbl(es?|ing)|stagger(s|ing)?"]);

/** True where the prompt names a gait whose sides do the same, half a stride apart: "walks", "is trotting", not "gallops" or "limps". */
export function promptSymmetricGait(prompt: string): boolean {
  return promptGait(prompt) && !ASYMMETRIC.test(prompt.toLowerCase());
}
