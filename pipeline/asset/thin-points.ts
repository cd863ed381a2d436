// Chooses an evenly spread subset of surface points, so that splats of one size cover the surface without holes. Sample
// elimination after Yuksel, "Sample Elimination for Generating Poisson Disk Sample Sets", CGF 34(2), 2015.

import { MinHeap } from "./heap.ts";
import { PointGrid } from "./point-grid.ts";

export interface ThinPointsOptions {
  /** Points to keep. */
  count: number;
  /** Area that the points cover, units of the positions squared. */
  area: number;
}

/**
 * Points on opposite sides of a thin wall (normals apart by more than a right angle) do not crowd each other out.
 * @param positions [n * 3] with n >= count.
 * @param normals [n * 3].
 * @returns Indices of the kept points, ascending.
 */
export function thinPoints(positions: Float32Array, normals: Float32Array, options: ThinPointsOptions): Uint32Array {
  const total = positions.length / 3;
  // Largest possible spacing of `count` points (eq. 3), and the reach of a point's weight: twice that.
  const reach = 2 * Math.sqrt(options.area / (2 * Math.sqrt(3) * options.count));
  const grid = new PointGrid(positions, reach);
  const neighbours: { index: number; weight: number }[][] = [];
  const weights = new Float64Array(total);
  for (let i = 0; i < total; i++) {
    const list: { index: number; weight: number }[] = [];
    const [x, y, z] = positions.subarray(3 * i, 3 * i + 3);
    grid.within(x, y, z, reach, (index, squared) => {
      if (index === i || dot(normals, i, index) < 0) return;
      const weight = (1 - Math.sqrt(squared) / reach) ** 8;
      list.push({ index, weight });
      weights[i] += weight;
    });
    neighbours.push(list);
  }
  const heap = new MinHeap(total);
  for (let i = 0; i < total; i++) heap.push(-weights[i], i);
  const removed = new Uint8Array(total);
  for (let left = total; left > options.count; ) {
    const key = -heap.topKey;
    const index = heap.pop();
    if (key > weights[index] + 1e-12) {
      heap.push(-weights[index], index);
      continue;
    }
    removed[index] = 1;
    left--;
    for (const other of neighbours[index]) weights[other.index] -= other.weight;
  }
  const kept = new Uint32Array(Math.min(total, options.count));
  for (let i = 0, at = 0; i < total; i++) if (!removed[i]) kept[at++] = i;
  return kept;
}

function dot(v: Float32Array, a: number, b: number): number {
  return v[3 * a] * v[3 * b] + v[3 * a + 1] * v[3 * b + 1] + v[3 * a + 2] * v[3 * b + 2];
}
