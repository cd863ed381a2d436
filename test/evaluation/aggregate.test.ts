import assert from "node:assert/strict";
import { test } from "node:test";
import { median, round, summariesBy, summarise } from "./aggregate.ts";
import type { CaseResult } from "./measure-case.ts";

function result(change: Partial<CaseResult>): CaseResult {
  const even = { sample: 1, truth: 1 };
  return {
    id: "fox/walk",
    asset: "fox",
    class: "walk",
    key: "walk",
    prompt: "a fox walking",
    seed: 0,
    recorded: true,
    walker: true,
    rank: { sample: 1, truth: 1 },
    taken: "walk",
    size: { sample: 0.1, truth: 0.1, itself: 0.1 },
    cosine: even,
    gait: null,
    identity: even,
    worstView: even,
    otherViews: even,
    flicker: even,
    fallen: { sample: 0, truth: 0 },
    ...change,
  };
}

test("shares count what the judge knows, against its ceiling on the true clips", () => {
  const cases = [
    result({}),
    result({ rank: { sample: 3, truth: 1 } }),
    result({ rank: { sample: 9, truth: 2 } }),
    result({ rank: null }),
  ];
  const { top1, top3, ceiling, ratio } = summarise(cases);
  assert.deepEqual([top1, top3, ceiling, ratio], [0.333, 0.667, 0.667, 0.5]);
});

test("motion is the fitted sample over the fitted truth; still cases do not count", () => {
  const cases = [
    result({ size: { sample: 0.05, truth: 0.1, itself: 0.2 } }),
    result({ size: { sample: 0.12, truth: 0.1, itself: 0.1 } }),
    result({ size: { sample: 0.9, truth: 0.001, itself: 0.001 } }),
  ];
  const { motionRatio, motionWithinQuarter, rulerRatio } = summarise(cases);
  assert.deepEqual([motionRatio, motionWithinQuarter, rulerRatio], [0.85, 0.5, 0.75]);
});

test("summaries by a key, and an empty one without a division by nothing", () => {
  const by = summariesBy([result({}), result({ class: "run" }), result({})], (one) => one.class);
  assert.deepEqual(
    Object.entries(by).map(([name, { cases }]) => [name, cases]),
    [
      ["run", 1],
      ["walk", 2],
    ],
  );
  assert.equal(summarise([]).top1, null);
  assert.equal(median([3, 1, 2, 10]), 2.5);
  assert.deepEqual(round({ a: [1.23456], b: null }), { a: [1.235], b: null });
});
