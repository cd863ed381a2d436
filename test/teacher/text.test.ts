// The sentence encoder: the same prompt gives the same states whatever came before it, and long prompts are cut and reported.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { AnimusError } from "../../pipeline/errors.ts";
import { loadTextEncoder, TEXT_WIDTH, type TextEncoder } from "../../pipeline/teacher/text.ts";

describe("the sentence encoder", () => {
  let encoder: TextEncoder;
  before(async () => {
    encoder = await loadTextEncoder();
  });
  after(() => encoder.dispose());

  test("gives the same states again, and for other typing of the same words", async () => {
    const first = await encoder.encode("a fox walking");
    await encoder.encode("the robot waves its hand");
    assert.deepEqual((await encoder.encode("a fox walking")).tokens, first.tokens);
    assert.deepEqual((await encoder.encode("  A Fox\n walking ")).tokens, first.tokens);
  });

  test("gives one state a token and zeros beyond", async () => {
    const { tokens, length, truncated } = await encoder.encode("a fox walking");
    assert.equal(tokens.length, 16 * TEXT_WIDTH);
    assert.ok(length >= 3 && length < 16 && !truncated);
    for (let t = 0; t < 16; t++) {
      const used = tokens.subarray(t * TEXT_WIDTH, (t + 1) * TEXT_WIDTH).some((x) => x !== 0);
      assert.equal(used, t < length, `token ${t}`);
    }
  });

  test("tells prompts apart", async () => {
    const walk = await encoder.encode("a fox walking");
    const jump = await encoder.encode("a fox jumping");
    assert.notDeepEqual(walk.tokens, jump.tokens);
  });

  test("cuts a prompt of more than sixteen tokens and says so", async () => {
    const long = "the old wolf runs along the river and then it jumps over a fallen tree and lies down";
    const { length, truncated } = await encoder.encode(long);
    assert.equal(length, 16);
    assert.equal(truncated, true);
  });

  test("refuses a prompt without words", async () => {
    await assert.rejects(encoder.encode("  \n"), (error: AnimusError) => error.code === "input" && !!error.hint);
  });
});
