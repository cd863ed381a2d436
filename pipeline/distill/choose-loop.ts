// Whether a clip should loop when its author did not say. Motions that end elsewhere than they began are played once.

/** Whole words for motions that end in another pose. */
const ONE_SHOT = new RegExp(
  [
    "fall(s|ing)?",
    "tumbl(es|ing)",
    "(tip|keel|knock)\\w* over",
    "die[sd]?|dying",
    "drop(s|ping)? dead",
    "(is|gets|being) killed",
    "collaps\\w+",
    "toppl\\w+",
    "faint(s|ing)?",
    "crumbl\\w+",
    "sink(s|ing)?",
    "rises?|rising",
    "(sit|lie|lay|ly|kneel)(s|ting|ing)? down",
    "(stand|get)(s|ing|ting)? up",
    "tak(es?|ing) off",
    "land(s|ing)",
    "opens?|opening",
    "clos(es?|ing)",
    "grow(s|ing)",
    "melt(s|ing)?",
    "shrink(s|ing)?",
    "(dis)?appear(s|ing)",
  ]
    .map((word) => `\\b(${word})\\b`)
    .join("|"),
);

/** True unless the prompt names a motion that ends in another pose ("falls over", "dies", "sits down"). */
export function promptLoops(prompt: string): boolean {
  return !ONE_SHOT.test(prompt.toLowerCase());
}
