import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadJudge, meanLogProbabilities, rankOf } from "./judge.ts";

test("views vote by their log-probabilities: one sure view outweighs one that wavers", () => {
  const scores = meanLogProbabilities(Float32Array.from([0, 0.1, 0, 100, 0, 0]), 3);
  assert.equal(rankOf(scores, 0), 1);
  assert.equal(rankOf(scores, 1), 2);
  // Each view's probabilities sum to 1 whatever is added to its logits.
  const moved = meanLogProbabilities(Float32Array.from([50, 50.1, 50, 100, 0, 0]), 3);
  for (let i = 0; i < 3; i++) assert.ok(Math.abs(moved[i] - scores[i]) < 1e-4);
});

test("equal scores take the order of the classes, a class the judge does not know is never found", () => {
  const scores = Float64Array.from([-1, -1, -2]);
  assert.deepEqual(
    [0, 1, 2].map((right) => rankOf(scores, right)),
    [1, 2, 3],
  );
  assert.equal(rankOf(scores, -1), Infinity);
});

test("a folder without a judge says so and how to get one", async () => {
  const folder = join(tmpdir(), "animus-no-judge");
  await assert.rejects(loadJudge(folder, 1), (error: Error & { hint?: string }) => {
    assert.match(error.message, /no judge in .*animus-no-judge/);
    return /JUDGE\.md/.test(error.hint ?? "");
  });
});
