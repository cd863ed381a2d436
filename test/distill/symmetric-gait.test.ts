import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { promptSymmetricGait } from "../../pipeline/distill/choose-gait.ts";
import { distill } from "../../pipeline/distill/distill.ts";
import { PRESET_SETTINGS } from "../../pipeline/distill/settings.ts";
import { symmetriseGait } from "../../pipeline/distill/symmetric-gait.ts";
import type { Handles } from "../../pipeline/motion/handles.ts";
import { findMirror } from "../../pipeline/motion/mirror.ts";
import { createMotion, evaluateMotion, motionBasis } from "../../pipeline/motion/motion.ts";
import { SETTINGS, setUp } from "./swing.ts";

const KNOTS = 8;
/** A middle, a left and a right foot, and a horn that only the left side has. */
const HANDLES: Handles = {
  count: 4,
  positions: Float32Array.from([0, 0, 0, 0.1, -0.3, 0, -0.1, -0.3, 0, 0.9, 0.9, 0]),
  radii: new Float32Array(4).fill(0.2),
  edges: Uint32Array.from([0, 1, 0, 2, 0, 3]),
};
const MIRROR = { ...findMirror({ ...HANDLES, count: 3, edges: HANDLES.edges.slice(0, 4) }) };
const SIDES = {
  ...MIRROR,
  partners: Uint16Array.from([...MIRROR.partners, 0, 0, 0]),
  weights: Float64Array.from([...MIRROR.weights, 0, 0, 0]),
};

/** Values that every handle and component has another of. */
function someValues(): Float64Array {
  return createMotion(HANDLES.count, KNOTS, true).values.map((_, i) => Math.sin(12.9 * i + 1) * 0.3);
}

describe("symmetric gaits", () => {
  test("left does what right did half a pass before, in its mirror image", () => {
    const values = someValues();
    symmetriseGait(values, KNOTS, SIDES);
    const motion = { ...createMotion(HANDLES.count, KNOTS, true), values };
    const pose = evaluateMotion(motion, HANDLES, motionBasis(motion, 16));
    for (let f = 0; f < 16; f++) {
      const [left, right] = [(f * 4 + 1) * 3, (((f + 8) % 16) * 4 + 2) * 3];
      for (const [i, sign] of [-1, 1, 1].entries()) {
        assert.ok(Math.abs(pose.centres[left + i] - sign * pose.centres[right + i]) < 0.02, `${f} ${i}`);
      }
      for (let i = 0; i < 9; i++) {
        const sign = (i % 3 === 0) !== i < 3 ? -1 : 1;
        const [a, b] = [pose.rotations[left * 3 + i], sign * pose.rotations[right * 3 + i]];
        assert.ok(Math.abs(a - b) < 0.05, `${f} ${i}`);
      }
    }
  });

  test("what is symmetric stays as it is, and so does what has no other side", () => {
    const [before, values] = [someValues(), someValues()];
    symmetriseGait(values, KNOTS, SIDES);
    const row = (HANDLES.count + 1) * 6;
    for (let knot = 0; knot < KNOTS; knot++) {
      const horn = [knot * row + 3 * 6, knot * row + 4 * 6] as const;
      assert.deepEqual(values.slice(...horn), before.slice(...horn));
    }
    const once = values.slice();
    symmetriseGait(values, KNOTS, SIDES);
    values.forEach((value, i) => {
      assert.ok(Math.abs(value - once[i]) < 0.02, `${i}`);
    });
  });

  test("are walks, runs and trots, not gallops or limps, nor what is no gait", () => {
    for (const prompt of ["a fox walking", "a man runs", "a horse trotting", "marching"]) {
      assert.equal(promptSymmetricGait(prompt), true, prompt);
    }
    for (const prompt of [
      "a horse galloping",
      "a pirate limping",
      "a dog bounding",
      "a bird flying",
      "a frog jumping",
    ]) {
      assert.equal(promptSymmetricGait(prompt), false, prompt);
    }
  });

  test("the loop learns both sides from each other where the prompt names one", async () => {
    const { joints } = PRESET_SETTINGS.draft;
    assert.ok(joints);
    const run = async (prompt: string, symmetry: number) => {
      const { scene, teacher, renderer } = setUp();
      const settings = { ...SETTINGS, iterations: 6, opening: null, joints: { ...joints, symmetry } };
      return (await distill({ prompt, ...scene, loop: true, seed: 3, teacher, renderer, settings })).motion.values;
    };
    assert.notDeepEqual(await run("a bar walking", 0.6), await run("a bar walking", 0));
    assert.deepEqual(await run("a bar galloping", 0.6), await run("a bar galloping", 0));
  });
});
