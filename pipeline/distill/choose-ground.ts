// What of a clip keeps to the ground: the feet of a gait where its author asks for it, the whole body where the prompt lets it fall.

import type { ClipSpec } from "../clip-spec.ts";
import type { Grounding } from "../motion/soles.ts";
import { anyOf, FALL_WORDS } from "./motion-words.ts";

const FALLS = anyOf(FALL_WORDS);

/** Words for what is not on the ground or does not end on it, whatever else the prompt says: places, motions, flyers and swimmers. */
const ALOFT = anyOf([
  "fly|flies|flying|flown|in flight|soar(s|ing)?|glid(es?|ing)|hover(s|ing)?|float(s|ing)?|levitat\\w+",
  "swim(s|ming)?|div(es?|ing)|drown(s|ing)?|under ?water|water|sea|sky|space|mid-?air|in(to)? the air|out of the air",
  "jump(s|ing)?|leap(s|ing)?|cliff|off|from|into|through|down a",
  "birds?|parrots?|(sea)?gulls?|crows?|ravens?|sparrows?|owls?|doves?|pigeons?|eagles?|hawks?|falcons?|vultures?|hummingbirds?",
  "bats?|dragons?|wyverns?|bees?|wasps?|hornets?|butterfl(y|ies)|dragonfl(y|ies)|moths?|mosquitos?|mosquitoes",
  "(air|aero)?planes?|jets?|helicopters?|drones?|balloons?|ghosts?|spaceships?|lea(f|ves)|snow(flakes?)?|rain",
  "\\w*fish|sharks?|whales?|dolphins?|orcas?|rays?|eels?|squids?|octop(us|uses|i)",
]);

/** True where a prompt lets something fall that stood on the ground ("dies", "topples", "lies down"), not out of air or into water. */
export function promptFalls(prompt: string): boolean {
  const text = prompt.toLowerCase();
  return FALLS.test(text) && !ALOFT.test(text);
}

/**
 * @param loop whether the clip loops: what loops ends nowhere.
 * @returns null for what may leave the ground. `ground: true` lets a flyer fall to the ground too; false lets nothing.
 */
export function groundingOf({ prompt, ground }: Pick<ClipSpec, "prompt" | "ground">, loop: boolean): Grounding | null {
  if (ground === false) return null;
  const falls = ground ? FALLS.test(prompt.toLowerCase()) : promptFalls(prompt);
  if (falls && !loop) return "fall";
  return ground ? "feet" : null;
}
