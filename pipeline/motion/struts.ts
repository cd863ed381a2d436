// Links through thin solids (a wing, an ear, a shank), so that their two sides share handles. Only through the inside: a link
// across the gap between two legs would leave both surfaces forwards, a strut leaves both backwards.

import { PointGrid } from "../asset/point-grid.ts";
import type { RefinedSurface } from "./refine-surface.ts";
import { UnionFind } from "./union-find.ts";

/** Thickest solid that is bridged: share of the square root of the area. */
const THICKNESS = 0.04;
/** Cosine within which a strut must run along both normals. */
const ALONG = 0.7;
/** Parts with more open edges than this share are sheets, whose winding tells nothing about an inside. */
const OPEN = 0.05;

/** @returns Pairs of nodes on opposite sides of thin places, [struts * 2]. */
export function struts(surface: RefinedSurface): Uint32Array {
  const { positions, area } = surface;
  const normals = outwardNormals(surface);
  const limit = THICKNESS * Math.sqrt(area);
  const grid = new PointGrid(positions, limit / 2);
  const links: number[] = [];
  for (let a = 0; a < positions.length / 3; a++) {
    const [x, y, z] = positions.subarray(3 * a, 3 * a + 3);
    const [nx, ny, nz] = normals.subarray(3 * a, 3 * a + 3);
    if (nx === 0 && ny === 0 && nz === 0) continue;
    const b = grid.nearest(x, y, z, limit, (other) => {
      const dx = positions[3 * other] - x;
      const dy = positions[3 * other + 1] - y;
      const dz = positions[3 * other + 2] - z;
      const along = ALONG * Math.hypot(dx, dy, dz);
      const behind = -(dx * nx + dy * ny + dz * nz);
      return (
        along > 0 &&
        behind >= along &&
        dx * normals[3 * other] + dy * normals[3 * other + 1] + dz * normals[3 * other + 2] >= along
      );
    });
    if (b >= 0) links.push(a, b);
  }
  return Uint32Array.from(links);
}

/** Unit normals of the nodes by area, turned outwards part by part where a part is closed; zero on sheets. [nodes * 3] */
function outwardNormals({ positions, triangles }: RefinedSurface): Float32Array {
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
