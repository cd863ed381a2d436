// Whether a clip should loop when its author did not say. Motions that end elsewhere than they began are played once.

/** Stems of words for motions that end in another pose. */
const ONE_SHOT = [
  "fall",
  "die",
  "dies",
  "dying",
  "death",
  "dead",
  "collaps",
  "toppl",
  "faint",
  "crumbl",
  "sink",
  "rise",
  "rises",
  "rising",
  "sits down",
  "sit down",
  "lies down",
  "lie down",
  "lay down",
  "stands up",
  "stand up",
  "gets up",
  "takes off",
  "take off",
  "opens",
  "opening",
  "closes",
  "closing",
  "grows",
  "growing",
  "melts",
  "shrinks",
  "appears",
  "disappears",
  "lands",
];

/** True unless the prompt names a motion that ends in another pose ("falls over", "dies", "sits down"). */
export function promptLoops(prompt: string): boolean {
  const text = ` ${prompt.toLowerCase().replace(/[^a-z ]+/g, " ")} `;
  return !ONE_SHOT.some((stem) => text.includes(` ${stem}`));
}
