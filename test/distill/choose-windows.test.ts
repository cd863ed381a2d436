import assert from "node:assert/strict";
import { test } from "node:test";
import { framesOfWindows, windowsOf } from "../../pipeline/distill/choose-windows.ts";
import { knotsOf, phasesOf, valueCounts, viewsInTime } from "../../pipeline/distill/phases.ts";
import { PRESET_SETTINGS, stageWork } from "../../pipeline/distill/settings.ts";
import { createMotion } from "../../pipeline/motion/motion.ts";

test("only a motion that goes on, asked for without a loop and for long, takes several windows", () => {
  const of = (prompt: string, loop: boolean | null, seconds: number) => windowsOf({ prompt, loop, seconds });
  assert.equal(of("a fox walking", false, 1.6), 1);
  assert.equal(of("a fox walking", false, 2.3), 1);
  assert.equal(of("a fox walking", false, 2.5), 2);
  assert.equal(of("a fox walking", false, 10), 6);
  assert.equal(of("a fox walking", null, 10), 1, "loops of themselves");
  assert.equal(of("a fox walking", true, 10), 1);
  assert.equal(of("a fox falls over", false, 10), 1, "happens once");
});

test("windows follow each other and cover the clip; each has the steps and the knots of one", () => {
  assert.equal(framesOfWindows(1, 16), 16);
  assert.equal(framesOfWindows(3, 16), 48);
  const motion = createMotion(1, 8, false);
  const views = viewsInTime(motion, 16, 1, 3).map(({ times }) => times);
  assert.equal(views.length, 3);
  assert.equal(views[0][0], 0);
  assert.equal(views[2][15], 1);
  for (const [a, b] of [
    [0, 1],
    [1, 2],
  ])
    assert.ok(Math.abs(views[b][0] - views[a][15] - 1 / 47) < 1e-12);
  const refined = viewsInTime(motion, 16, 4, 3).map(({ times }) => times);
  assert.equal(refined.length, 12);
  assert.equal(new Set(refined.flat()).size, 48 * 4);
  assert.equal(Math.max(...refined.flat()), 1);

  assert.equal(knotsOf(8, 1, 16), 8);
  assert.equal(knotsOf(8, 3, 16), 3 + 15);
  const { draft } = PRESET_SETTINGS;
  assert.equal(phasesOf(draft, 3)[0].iterations, 3 * draft.iterations);
  assert.equal(stageWork(draft, 3).distill, 3 * stageWork(draft).distill!);
  assert.deepEqual(valueCounts(draft, 9, false, 3, 16), { distill: 18 * 60 });
});
