import assert from "node:assert/strict";
import { test } from "node:test";
import type { Handles } from "../../pipeline/motion/handles.ts";
import { heldAtRest } from "../../pipeline/motion/held-ends.ts";
import { createMotion } from "../../pipeline/motion/motion.ts";
import { trackMotion } from "../../pipeline/motion/track.ts";

const HANDLES: Handles = {
  count: 1,
  positions: Float32Array.from([0.2, 0, 0]),
  radii: Float32Array.from([1]),
  edges: new Uint32Array(0),
};
const SPACE = { centre: [5, 5, 5] as [number, number, number], scale: 0.5, diagonal: 1 };

test("translations come in asset units, and turns of the whole body carry the handles along", () => {
  const still = trackMotion(createMotion(1, 4, false), HANDLES, SPACE, 3);
  assert.deepEqual([...still.translations], new Array(9).fill(0));
  assert.deepEqual([...still.rotations.subarray(0, 4)], [0, 0, 0, 1]);

  const half = trackMotion(createMotion(1, 4, false, { axis: [0, 1, 0], turns: 1 }), HANDLES, SPACE, 3);
  // Half a turn about y takes (0.2, 0, 0) to (-0.2, 0, 0): 0.4 normalised units are 0.8 of the asset's.
  assert.ok(Math.abs(half.translations[3] + 0.8) < 1e-6);
  assert.ok(Math.abs(Math.abs(half.rotations[5]) - 1) < 1e-6);
});

test("a loop starts at its slowest moment, a one-shot at its beginning", () => {
  const values = (loop: boolean) => {
    const motion = createMotion(1, 8, loop);
    for (let knot = 0; knot < 8; knot++) motion.values[knot * 12 + 3] = Math.sin((knot / 8) * 2 * Math.PI);
    return trackMotion(motion, HANDLES, SPACE, 16).translations;
  };
  const x = values(true);
  const steps = Array.from({ length: 16 }, (_, f) => Math.abs(x[f * 3] - x[((f + 15) % 16) * 3]));
  assert.equal(steps.indexOf(Math.min(...steps)), 0);
  // The sine's slowest moments are its crests; the first frame lies beside one.
  assert.ok(Math.abs(x[0]) > 0.8 * Math.max(...x));
  // A clamped spline's first point: (v0 + 4 v1 + v2) / 6, here of 0, sin 45 and sin 90 degrees, over the scale of 0.5.
  assert.ok(Math.abs(values(false)[0] - (4 * Math.SQRT1_2 + 1) / 6 / 0.5) < 1e-5);
});

test("a loop that is held at rest starts there", () => {
  const motion = createMotion(1, 8, true, undefined, heldAtRest("start"));
  for (let knot = 0; knot < 8; knot++) motion.values[knot * 12 + 3] = 1;
  const { translations } = trackMotion(motion, HANDLES, SPACE, 16);
  assert.equal(translations[0], 0);
  assert.ok(translations[8 * 3] > 1.9);
});
