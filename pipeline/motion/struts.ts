// Links through thin solids (a wing, an ear, a shank), so that their two sides share handles. Only through the inside: a link
// across the gap between two legs would leave both surfaces forwards, a strut leaves both backwards.

import { PointGrid } from "../asset/point-grid.ts";
import type { RefinedSurface } from "./refine-surface.ts";

/** Thickest solid that is bridged: share of the square root of the area. */
const THICKNESS = 0.04;
/** Cosine within which a strut must run along both normals; above 0.71, so that none cuts the corner of a right angle. */
const ALONG = 0.8;
/**
 * @param normals As from outward-normals.ts.
 * @returns Pairs of nodes on opposite sides of thin places, [struts * 2].
 */
export function struts({ positions, area }: RefinedSurface, normals: Float32Array): Uint32Array {
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
