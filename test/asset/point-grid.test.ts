import assert from "node:assert/strict";
import { test } from "node:test";
import { PointGrid } from "../../pipeline/asset/point-grid.ts";
import { uniform } from "../../pipeline/asset/random.ts";

const random = uniform(7);
const points = Float32Array.from({ length: 900 }, () => random() * 2 - 1);
const squared = (i: number, [x, y, z]: number[]): number =>
  (points[3 * i] - x) ** 2 + (points[3 * i + 1] - y) ** 2 + (points[3 * i + 2] - z) ** 2;

test("finds what a search through all points finds", () => {
  const grid = new PointGrid(points, 0.2);
  for (let trial = 0; trial < 50; trial++) {
    const at = [random() * 3 - 1.5, random() * 3 - 1.5, random() * 3 - 1.5];
    const found: number[] = [];
    grid.within(at[0], at[1], at[2], 0.5, (index) => found.push(index));
    const all = Array.from({ length: 300 }, (_, i) => i);
    assert.deepEqual(
      found.sort((a, b) => a - b),
      all.filter((i) => squared(i, at) <= 0.25),
    );
    const odd = all.filter((i) => i % 2 === 1).sort((a, b) => squared(a, at) - squared(b, at));
    assert.equal(
      grid.nearest(at[0], at[1], at[2], Infinity, (i) => i % 2 === 1),
      odd[0],
    );
    const near = Math.sqrt(squared(odd[0], at));
    assert.equal(
      grid.nearest(at[0], at[1], at[2], near * 0.99, (i) => i % 2 === 1),
      -1,
    );
  }
});
