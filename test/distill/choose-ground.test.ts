import assert from "node:assert/strict";
import { test } from "node:test";
import { groundingOf, promptFalls } from "../../pipeline/distill/choose-ground.ts";
import { promptLoops } from "../../pipeline/distill/choose-loop.ts";

const FALLS =
  "a knight falls dead; a tiger dying; The robot dies.; a man collapses; a tree toppling over; it tips over; a dog lies down; " +
  "a soldier drops dead; a woman faints; a peacock dies; a knight falls over; a guard is killed";
const OTHERS =
  "a fox walking; a frog jumping; a bird shot in the air falls dead; a dragonfly dying; a fish dies; a man falls off a cliff; " +
  "a leaf falling; falling from the sky; a ball falls into water; a dead tree swaying; a diesel truck; a cat sits down; a ghost floating; " +
  "a man jumps and falls; a falling leap";

test("falls to the ground are told from what flies, swims, jumps or stays up", () => {
  for (const prompt of FALLS.split("; ")) assert.equal(promptFalls(prompt), true, prompt);
  for (const prompt of OTHERS.split("; ")) assert.equal(promptFalls(prompt), false, prompt);
});

test("what falls does not loop, unless its author says so", () => {
  for (const prompt of FALLS.split("; ")) assert.equal(promptLoops(prompt), false, prompt);
});

test("falls keep to the ground unless told otherwise, feet only where asked", () => {
  const of = (prompt: string, ground: boolean | null, loop = false) => groundingOf({ prompt, ground }, loop);
  assert.equal(of("a knight dies", null), "fall");
  assert.equal(of("a knight dies", true), "fall");
  assert.equal(of("a knight dies", false), null);
  assert.equal(of("a man falling", null, true), null);
  assert.equal(of("a bird dies", null), null);
  assert.equal(of("a bird dies", true), "fall");
  assert.equal(of("a fox walking", null, true), null);
  assert.equal(of("a fox walking", true, true), "feet");
});
