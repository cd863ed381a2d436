// Words that say how a motion ends, for what is decided from a prompt.

/** Patterns of motions that end lying on the ground. */
export const FALL_WORDS: readonly string[] = [
  "fall(s|ing)?",
  "tumbl(es|ing)",
  "(tip|keel|knock)\\w* over",
  "die[sd]?|dying",
  "drop(s|ping)? dead",
  "(is|gets|being) killed",
  "collaps\\w+",
  "toppl\\w+",
  "faint(s|ing)?",
  "(lie|lay|ly)(s|ing)? down",
];

/** Matches text in lower case that holds one of the patterns as whole words. */
export function anyOf(patterns: readonly string[]): RegExp {
  return new RegExp(patterns.map((pattern) => `\\b(${pattern})\\b`).join("|"));
}
