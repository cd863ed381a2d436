import assert from "node:assert/strict";
import { test } from "node:test";
import type { Splats } from "../../pipeline/render/renderer.ts";
import { createPoser } from "./posed-splats.ts";

/** A flat square of 9 x 9 points, tilted out of the axes' planes. */
function sheet(): Splats {
  const [positions, normals]: number[][] = [[], []];
  const c = Math.SQRT1_2;
  for (let i = 0; i < 81; i++) {
    const [u, v] = [(i % 9) / 9, Math.floor(i / 9) / 9];
    positions.push(u, c * v, c * v);
    normals.push(0, c, -c);
  }
  const [p, n] = [positions, normals].map((values) => Float32Array.from(values));
  return { count: 81, positions: p, normals: n, colors: p, sigmas: new Float32Array(81).fill(0.05) };
}

/** Applies a 3x3 matrix and a shift to all points. */
function moved({ positions }: Splats, m: number[], shift: number): Float32Array {
  return positions.map((_, i) => {
    const p = i - (i % 3);
    return shift + [0, 1, 2].reduce((sum, j) => sum + m[(i % 3) * 3 + j] * positions[p + j], 0);
  });
}

test("a turned sheet's splats turn with it, and a stretch along it is followed", () => {
  const splats = sheet();
  const [cos, sin] = [Math.cos(2.5), Math.sin(2.5)];
  const turn = [cos, -sin, 0, sin, cos, 0, 0, 0, 1];
  const widen = [1.4, 0, 0, 0, 1, 0, 0, 0, 1];
  const tracks = Float32Array.from([...moved(splats, turn, 0.3), ...moved(splats, widen, 0)]);
  const { linears, frames } = createPoser(splats, 1)(tracks, 2);
  assert.equal(frames, 2);
  for (let p = 0; p < splats.count; p++) {
    for (let k = 0; k < 9; k++) {
      assert.ok(Math.abs(linears[p * 9 + k] - turn[k]) < 1e-4);
      assert.ok(Math.abs(linears[(81 + p) * 9 + k] - widen[k]) < 1e-4);
    }
  }
});

test("a splat whose neighbours scatter keeps its shape", () => {
  const splats = sheet();
  const tracks = splats.positions.map((value, i) => value * (1 + 40 * ((i * 7919) % 13)));
  const { linears } = createPoser(splats, 1)(tracks, 1);
  assert.ok(linears.every((value) => Math.abs(value) <= 4));
});
