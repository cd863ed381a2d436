import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Handles } from "../../pipeline/motion/handles.ts";
import { findMirror, PARTNERS } from "../../pipeline/motion/mirror.ts";

/** Handles at these places, each linked with the next. */
function handlesAt(places: readonly (readonly number[])[]): Handles {
  return {
    count: places.length,
    positions: Float32Array.from(places.flat()),
    radii: new Float32Array(places.length).fill(0.2),
    edges: Uint32Array.from({ length: (places.length - 1) * 2 }, (_, i) => Math.floor(i / 2) + (i % 2)),
  };
}

/** A trunk of eight handles and four legs of five, the left and the right of a pair one after the other; turned by quarters about y. */
function animal(quarters: number): number[][] {
  const trunk = Array.from({ length: 8 }, (_, i) => [0, 0.1, 0.4 - 0.1 * i]);
  const leg = (x: number, z: number) => Array.from({ length: 5 }, (_, i) => [x, -0.1 * i, z]);
  const parts = [...trunk, ...leg(0.1, 0.2), ...leg(-0.1, 0.2), ...leg(0.1, -0.3), ...leg(-0.1, -0.3)];
  return parts.map(([x, y, z]) => (quarters === 0 ? [x + 0.03, y, z] : [z, y, -x + 0.03]));
}
const LEGS = [8, 13, 18, 23];

describe("the mirror of a body", () => {
  for (const [quarters, axis] of [
    [0, 0],
    [1, 2],
  ] as const) {
    test(`is found across axis ${axis}, and each foot finds the other`, () => {
      const mirror = findMirror(handlesAt(animal(quarters)));
      assert.equal(mirror.axis, axis);
      for (const [a, b] of [
        [LEGS[0] + 4, LEGS[1] + 4],
        [LEGS[2] + 2, LEGS[3] + 2],
        [0, 0],
      ]) {
        for (const [from, to] of [
          [a, b],
          [b, a],
        ]) {
          assert.equal(mirror.partners[from * PARTNERS], to);
          assert.ok(mirror.weights[from * PARTNERS] > 0.9);
        }
      }
      const sums = Array.from({ length: 28 }, (_, k) =>
        mirror.weights.slice(k * PARTNERS, (k + 1) * PARTNERS).reduce((a, b) => a + b, 0),
      );
      for (const sum of sums) assert.ok(Math.abs(sum - 1) < 1e-9);
    });
  }

  test("has nothing for what only one side has", () => {
    const mirror = findMirror(handlesAt([...animal(0), [0.22, 0.6, 0.4]]));
    assert.equal(mirror.axis, 0);
    assert.deepEqual([...mirror.weights.slice(28 * PARTNERS)], [0, 0, 0]);
    assert.equal(mirror.partners[LEGS[0] * PARTNERS], LEGS[1]);
  });

  test("of a body with a single handle has nothing, and no number that is none", () => {
    assert.deepEqual([...findMirror(handlesAt([[0.1, 0, 0.2]])).weights], [0, 0, 0]);
  });
});
