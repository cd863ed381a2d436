// Whether a body keeps the lengths of its limbs or gives, when its author did not say.

import type { BodyName } from "../clip-spec.ts";

/** Whole words for things without bones. */
const SOFT = new RegExp(
  [
    "jell(y|o|ies|yfish)",
    "slimes?",
    "blobs?",
    "gel(atin\\w*)?",
    "pudding",
    "octop(us|uses|i)",
    "squids?",
    "tentacles?",
    "amoebas?",
    "worms?",
    "slugs?",
    "cloths?",
    "curtains?",
    "flags?",
    "banners?",
    "capes?",
    "ropes?",
    "balloons?",
    "ghosts?",
    "rubber(y)?",
    "soft",
    "squash(es|ing)?",
    "squish(y|es|ing)?",
    "melt(s|ing)?",
  ]
    .map((word) => `\\b(${word})\\b`)
    .join("|"),
);

/** "soft" where the prompt names something without bones ("a jellyfish", "a flag", "melting"), else "rigid". */
export function promptBody(prompt: string): BodyName {
  return SOFT.test(prompt.toLowerCase()) ? "soft" : "rigid";
}
