import assert from "node:assert/strict";
import { test } from "node:test";
import { promptLoops } from "../../pipeline/distill/choose-loop.ts";

test("gaits and swings loop, motions that end in another pose do not", () => {
  for (const prompt of [
    "a fox walking",
    "Jumps!",
    "a bird flies",
    "a waterfall of hair waving",
    "the disgrown tree sways",
  ]) {
    assert.equal(promptLoops(prompt), true, prompt);
  }
  for (const prompt of ["a robot falls over", "Falling", "the knight dies.", "a cat sits down", "a chest opening"]) {
    assert.equal(promptLoops(prompt), false, prompt);
  }
});
