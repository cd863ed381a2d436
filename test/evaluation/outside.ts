// Prompts outside the teacher's vocabulary: motions that no training caption names. Reported and shown, never scored.

/** Words that an evaluated body's name must contain, and what it is asked to do. */
export const OUTSIDE: readonly (readonly [body: string, prompt: string])[] = [
  ["tiger", "a tiger sneezing"],
  ["tiger", "a tiger stalking its prey"],
  ["robot", "a robot playing the violin"],
  ["robot", "a robot moonwalking"],
  ["camel", "a camel limping"],
  ["camel", "a camel being startled"],
  ["mage", "a mage surfing"],
  ["mage", "a mage conducting an orchestra"],
  ["frog", "a frog doing ballet"],
  ["peacock", "a peacock showing off"],
  ["stag", "a stag scratching itself"],
  ["stag", "a stag dodging a blow"],
];
