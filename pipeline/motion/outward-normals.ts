// Which way is out, node by node: normals by area, turned outwards part by part. Sheets have no inside and get none.

import type { RefinedSurface } from "./refine-surface.ts";
import { UnionFind } from "./union-find.ts";

/** Parts with more open edges than this share are sheets, whose winding tells nothing about an inside. */
const OPEN = 0.05;

/** Unit normals of the nodes by area, turned outwards part by part where a part is closed; zero on sheets. [nodes * 3] */
export function outwardNormals({
  positions,
  triangles,
}: Pick<RefinedSurface, "positions" | "triangles">): Float32Array {
  const nodeCount = positions.length / 3;
  const sets = new UnionFind(nodeCount);
  for (let t = 0; t < triangles.length; t += 3) {
    sets.join(triangles[t], triangles[t + 1]);
    sets.join(triangles[t], triangles[t + 2]);
  }
  const normals = new Float32Array(positions.length);
  const volumes = new Float64Array(nodeCount);
  const total = new Uint32Array(nodeCount);
  const open = new Uint32Array(nodeCount);
  const cross = [0, 0, 0];
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    const part = sets.find(triangles[t]);
    for (let k = 0; k < 3; k++) {
      const [m, n] = [(k + 1) % 3, (k + 2) % 3];
      cross[k] =
        (positions[b + m] - positions[a + m]) * (positions[c + n] - positions[a + n]) -
        (positions[b + n] - positions[a + n]) * (positions[c + m] - positions[a + m]);
    }
    // Six times the volume between the triangle and one point of its part.
    for (let k = 0; k < 3; k++) {
      volumes[part] += cross[k] * (positions[a + k] - positions[3 * part + k]);
      for (const corner of [a, b, c]) normals[corner + k] += cross[k];
    }
    total[part] += 3;
  }
  for (const node of openEdges(triangles)) open[sets.find(node)]++;
  for (let n = 0; n < nodeCount; n++) {
    const part = sets.find(n);
    const length = Math.hypot(normals[3 * n], normals[3 * n + 1], normals[3 * n + 2]);
    const sign = length === 0 || open[part] > OPEN * total[part] ? 0 : (volumes[part] < 0 ? -1 : 1) / length;
    for (let k = 0; k < 3; k++) normals[3 * n + k] *= sign;
  }
  return normals;
}

/** One node of every edge that belongs to a single triangle. */
function openEdges(triangles: Uint32Array): number[] {
  const uses = new Map<number, number>();
  const stride = 2 ** 26;
  for (let t = 0; t < triangles.length; t++) {
    const a = triangles[t];
    const b = triangles[t - (t % 3) + ((t + 1) % 3)];
    const key = Math.min(a, b) * stride + Math.max(a, b);
    uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  return [...uses].filter(([, count]) => count === 1).map(([key]) => Math.floor(key / stride));
}
