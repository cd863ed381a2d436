import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, fillNormal } from "../../pipeline/distill/random.ts";
import { eigen, frechetDistance } from "./frechet.ts";

function draws(count: number, scale: number[], shift: number, seed: number): Float64Array[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const normal = fillNormal(new Float32Array(scale.length), random);
    return Float64Array.from(scale, (s, i) => s * normal[i] + shift);
  });
}

test("a set is nowhere from itself, and as far from its shifted copy as the shift", () => {
  const set = draws(50, [1, 2, 0.5], 0, 1);
  const moved = set.map((vector) => vector.map((value) => value + 3));
  assert.ok(Math.abs(frechetDistance(set, set)) < 1e-9);
  assert.ok(Math.abs(frechetDistance(set, moved) - 27) < 1e-6);
});

test("sets of other spread are apart by the squared difference of their deviations", () => {
  const distance = frechetDistance(draws(4000, [1, 1], 0, 2), draws(4000, [3, 2], 0, 3));
  assert.ok(Math.abs(distance - (4 + 1)) < 0.4, `${distance}`);
});

test("more dimensions than vectors stay finite", () => {
  const distance = frechetDistance(draws(5, new Array(12).fill(1), 0, 4), draws(5, new Array(12).fill(1), 0, 5));
  assert.ok(Number.isFinite(distance) && distance >= 0);
});

test("eigenvectors rebuild their matrix", () => {
  const d = 5;
  const half = fillNormal(new Float32Array(d * d), createRandom(6));
  const matrix = Float64Array.from({ length: d * d }, (_, i) => half[i] + half[(i % d) * d + Math.floor(i / d)]);
  const { values, vectors } = eigen(matrix, d);
  for (let i = 0; i < d * d; i++) {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += values[k] * vectors[Math.floor(i / d) * d + k] * vectors[(i % d) * d + k];
    assert.ok(Math.abs(sum - matrix[i]) < 1e-9);
  }
});
