import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { distill } from "../../pipeline/distill/distill.ts";
import { openingSteps, settingsOfOpening } from "../../pipeline/distill/opening.ts";
import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { SETTINGS, setUp } from "./swing.ts";

const OPENING = { share: 0.5, levels: [0.99, 1] as [number, number], guidance: 2, hold: 0.5 };

/** Level and guidance of every guided question that a run of ten steps asks, and its motion. */
async function run(loop: boolean, change: object = {}) {
  const { scene, teacher, renderer } = setUp();
  const asked: number[] = [];
  const listening: Teacher = {
    ...teacher,
    encodeText: (prompt) => teacher.encodeText(prompt),
    predict: (request) => {
      // With the prompt and without: a question of the loop.
      if (request.conditions.length === 2) asked.push(request.levels[0]);
      return teacher.predict(request);
    },
  };
  const settings = { ...SETTINGS, iterations: 10, guidance: 3, opening: OPENING, ...change };
  const { motion } = await distill({
    prompt: "the bar swings",
    ...scene,
    loop,
    seed: 3,
    teacher: listening,
    renderer,
    settings,
  });
  return { asked, values: motion.values };
}

describe("the opening", () => {
  test("asks at almost pure noise for the first steps of what plays once", async () => {
    for (const method of ["msd", "sds"]) {
      const { asked } = await run(false, { method });
      assert.equal(asked.length, 10);
      assert.ok(
        asked.slice(0, 5).every((level) => level >= 0.99),
        `${method}: ${asked}`,
      );
      assert.ok(
        asked.slice(5).every((level) => level <= SETTINGS.levels[1]),
        `${method}: ${asked}`,
      );
    }
  });

  test("leaves loops as they are without one", async () => {
    const [opened, without] = [await run(true), await run(true, { opening: null })];
    assert.deepEqual(opened, without);
    assert.notDeepEqual((await run(false)).values, (await run(false, { opening: null })).values);
  });

  test("is none of falls whose way is chosen, and none of clips of several windows", () => {
    const settings = { ...SETTINGS, opening: OPENING };
    const begun = { loop: false, laidDown: false, windows: 1 };
    assert.equal(openingSteps(settings, 110, begun), 55);
    for (const other of [{ loop: true }, { laidDown: true }, { windows: 2 }]) {
      assert.equal(openingSteps(settings, 110, { ...begun, ...other }), 0);
    }
    assert.equal(openingSteps({ ...settings, opening: null }, 110, begun), 0);
  });

  test("holds by its share of the weights", () => {
    const { regularisers, guidance, levels } = settingsOfOpening({ ...SETTINGS, opening: OPENING });
    assert.equal(guidance, 2);
    assert.deepEqual(levels, [0.99, 1]);
    for (const [name, weight] of Object.entries(SETTINGS.regularisers)) {
      assert.equal(regularisers[name as keyof typeof regularisers], weight / 2);
    }
  });
});
