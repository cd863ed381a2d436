import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseView, phasesOf, valueCounts, viewsInTime } from "../../pipeline/distill/phases.ts";
import { PRESET_SETTINGS, stageWork } from "../../pipeline/distill/settings.ts";
import { createMotion } from "../../pipeline/motion/motion.ts";

const REFINEMENT = { doublings: 1, iterations: 10, levels: [0.3, 0.7], noises: 4, sets: 4, rate: 0.3 } as const;
const REFINED = { ...PRESET_SETTINGS.draft, refinement: { ...REFINEMENT, levels: [0.3, 0.7] as [number, number] } };

test("four interleaved sets of sixteen are sixty-four frames of one pass", () => {
  for (const loop of [true, false]) {
    const sets = viewsInTime(createMotion(1, 8, loop), 16, 4);
    assert.deepEqual(
      sets.map(({ times }) => times.length),
      [16, 16, 16, 16],
    );
    const all = sets.flatMap(({ times }) => times).sort((a, b) => a - b);
    all.forEach((time, frame) => {
      assert.ok(Math.abs(time - frame / (loop ? 64 : 63)) < 1e-12);
    });
    for (const { times } of sets) assert.ok(times[15] - times[0] > 0.93, "each is a whole pass");
  }
});

test("every set is looked at once in as many steps, in an order that the seed decides", () => {
  const order = (seed: number) => Array.from({ length: 40 }, (_, step) => chooseView(4, step, seed));
  for (let block = 0; block < 10; block++) {
    assert.deepEqual(
      order(1)
        .slice(block * 4, block * 4 + 4)
        .sort(),
      [0, 1, 2, 3],
    );
  }
  assert.deepEqual(order(1), order(1));
  assert.notDeepEqual(order(1), order(2));
  assert.equal(chooseView(1, 7, 1), 0);
});

test("a refinement adds its own phase, its control values and its work", () => {
  assert.equal(phasesOf(PRESET_SETTINGS.draft).length, 1);
  assert.deepEqual(valueCounts(PRESET_SETTINGS.draft, 9, true, 1, 16), { distill: 8 * 60 });
  assert.deepEqual(
    phasesOf(REFINED).map(({ stage, sets, rate }) => [stage, sets, rate]),
    [
      ["distill", 1, 1],
      ["refine", 4, 0.3],
    ],
  );
  assert.deepEqual(valueCounts(REFINED, 9, true, 1, 16), { distill: 8 * 60, refine: 16 * 60 });
  assert.deepEqual(valueCounts(REFINED, 9, false, 1, 16), { distill: 8 * 60, refine: 13 * 60 });
  assert.deepEqual(Object.keys(stageWork(PRESET_SETTINGS.draft)).includes("refine"), false);
  const work = stageWork(REFINED);
  assert.ok(Math.abs(work.refine! - (3 * 4 + 24)) < 1e-9);
  assert.deepEqual(Object.keys(work), ["import", "prepare", "source", "inversion", "distill", "refine", "encode"]);
});
