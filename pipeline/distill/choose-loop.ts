// Whether a clip should loop when its author did not say. Motions that end elsewhere than they began are played once.

import { anyOf, FALL_WORDS } from "./motion-words.ts";

/** Motions that end in another pose. */
const ONE_SHOT = anyOf([
  ...FALL_WORDS,
  "crumbl\\w+",
  "sink(s|ing)?",
  "rises?|rising",
  "(sit|kneel)(s|ting|ing)? down",
  "(stand|get)(s|ing|ting)? up",
  "tak(es?|ing) off",
  "land(s|ing)",
  "opens?|opening",
  "clos(es?|ing)",
  "grow(s|ing)",
  "melt(s|ing)?",
  "shrink(s|ing)?",
  "(dis)?appear(s|ing)",
]);

/** True unless the prompt names a motion that ends in another pose ("falls over", "dies", "sits down"). */
export function promptLoops(prompt: string): boolean {
  return !ONE_SHOT.test(prompt.toLowerCase());
}
