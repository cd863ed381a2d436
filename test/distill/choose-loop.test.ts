import assert from "node:assert/strict";
import { test } from "node:test";
import { promptLoops } from "../../pipeline/distill/choose-loop.ts";

const LOOPS =
  "a fox walking; Jumps!; a bird flies; a waterfall of hair waving; a dead tree swaying; a diesel truck shaking; a landscape swaying";
const ONE_SHOTS =
  "a robot falls over; Falling; the knight dies.; a cat sits down; a chest opening; it tips over; tipping over; " +
  "a man sitting down; lying down; a dog standing up; a bird taking off; a snowman melting; the tower collapses";

test("gaits and swings loop, motions that end in another pose do not", () => {
  for (const prompt of LOOPS.split("; ")) assert.equal(promptLoops(prompt), true, prompt);
  for (const prompt of ONE_SHOTS.split("; ")) assert.equal(promptLoops(prompt), false, prompt);
});
