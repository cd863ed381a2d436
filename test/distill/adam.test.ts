import assert from "node:assert/strict";
import { test } from "node:test";
import { adamInit, adamUpdate } from "../../pipeline/distill/adam.ts";
import { createRandom, fillNormal } from "../../pipeline/distill/random.ts";

test("the first step of Adam is the rate against the gradient's sign", () => {
  const values = Float64Array.from([1, -2, 3]);
  adamUpdate(adamInit(3), values, Float64Array.from([0.5, -7, 1e-3]), 0.1);
  [0.9, -1.9, 2.9].forEach((expected, i) => {
    assert.ok(Math.abs(values[i] - expected) < 1e-5);
  });
});

test("Adam finds the minimum of a badly scaled bowl", () => {
  const values = Float64Array.from([4, -3]);
  const state = adamInit(2);
  for (let i = 0; i < 2000; i++) {
    adamUpdate(state, values, Float64Array.from([200 * values[0], 0.02 * values[1]]), 0.05 * (1 - i / 2000));
  }
  assert.ok(Math.hypot(values[0], values[1]) < 1e-2);
});

test("normal numbers are seeded, centred and of unit variance", () => {
  const a = fillNormal(new Float32Array(20001), createRandom(3));
  const b = fillNormal(new Float32Array(20001), createRandom(3));
  assert.deepEqual(a, b);
  assert.notDeepEqual(a.subarray(0, 8), fillNormal(new Float32Array(8), createRandom(4)));
  const mean = a.reduce((sum, x) => sum + x, 0) / a.length;
  const variance = a.reduce((sum, x) => sum + (x - mean) ** 2, 0) / a.length;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05);
});
