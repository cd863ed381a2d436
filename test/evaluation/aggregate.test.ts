import assert from "node:assert/strict";
import { test } from "node:test";
import { median, round, summariesBy, summarise } from "./aggregate.ts";
import type { CaseResult } from "./measure-case.ts";
import { teacherReport } from "./teacher-report.ts";

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
    built: false,
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
  const by = summariesBy([result({}), result({ class: "run" }), result({})], (one) => one.class ?? one.key);
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

test("built bodies have a field of their own and change no other number", () => {
  const manifest = { name: "t", version: "1", weightsHash: "0" } as Parameters<typeof teacherReport>[2];
  const measured = (change: Partial<CaseResult>) => ({
    result: result(change),
    features: { sample: [Float64Array.of(1, 2)], truth: [Float64Array.of(1, 2)] },
  });
  const usual = [measured({}), measured({ rank: { sample: 2, truth: 1 }, recorded: false })];
  const built = [
    measured({
      built: true,
      recorded: false,
      class: null,
      key: "turret",
      rank: null,
      identity: { sample: 9, truth: 9 },
    }),
    measured({ built: true, recorded: false, size: { sample: 0.5, truth: 0.1, itself: 0.1 } }),
  ];
  const { built: none, cases: _, ...before } = teacherReport(usual, [], manifest, "j");
  const { built: own, cases, ...after } = teacherReport([...usual, ...built], [], manifest, "j");
  assert.deepEqual(after, before);
  assert.equal(none, null);
  assert.equal(cases.length, 4);
  assert.deepEqual(Object.keys(own!.actions), ["turret", "walk"]);
  assert.deepEqual([own!.all.cases, own!.all.top1, own!.actions.turret.top1], [2, 1, null]);
  assert.deepEqual([own!.all.motionRatio, own!.all.identity], [3, 5]);
});
