import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRandom } from "../../pipeline/distill/random.ts";
import type { Handles } from "../../pipeline/motion/handles.ts";
import { heldAtRest } from "../../pipeline/motion/held-ends.ts";
import { createMotion, evaluateMotion, motionBasis } from "../../pipeline/motion/motion.ts";
import { doubledKnots, refineMotion } from "../../pipeline/motion/refine-motion.ts";

const HANDLES: Handles = {
  count: 2,
  positions: Float32Array.from([0, 0, 0, 0.5, 0, 0]),
  radii: new Float32Array(2).fill(0.3),
  edges: Uint32Array.from([0, 1]),
};

describe("refining the spline", () => {
  for (const loop of [true, false]) {
    for (const rest of ["none", "both"] as const) {
      test(`leaves a ${loop ? "loop" : "one-shot"} held at ${rest} where it was, at every time`, () => {
        const random = createRandom(3);
        const motion = createMotion(2, 7, loop, { axis: [0, 1, 0], turns: 1 }, heldAtRest(rest));
        motion.values = motion.values.map(() => random() - 0.5);
        for (const times of [1, 2]) {
          const refined = refineMotion(motion, times);
          assert.equal(refined.knots, doubledKnots(7, loop, times));
          assert.equal(refined.values.length, refined.knots * 3 * 6);
          const [before, after] = [motion, refined].map(
            (one) => evaluateMotion(one, HANDLES, motionBasis(one, 97)).coefficients,
          );
          const worst = Math.max(...before.map((value, i) => Math.abs(value - after[i])));
          assert.ok(worst < 1e-12, `${worst}`);
        }
      });
    }
  }

  test("no doubling is the same motion", () => {
    const motion = createMotion(2, 8, true);
    assert.equal(refineMotion(motion, 0), motion);
  });

  test("a one-shot keeps its segments: 8 knots are 5, 13 are 10", () => {
    assert.equal(doubledKnots(8, false, 1), 13);
    assert.equal(doubledKnots(8, true, 1), 16);
  });
});
