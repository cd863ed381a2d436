// Links through thin solids (a wing, an ear, a shank), so that their two sides share handles. Only through the inside: a link
// across the gap between two legs would leave both surfaces forwards, a strut leaves both backwards.

import { PointGrid } from "../asset/point-grid.ts";
import type { RefinedSurface } from "./refine-surface.ts";

/** Thickest solid that is bridged: share of the square root of the area. */
const THICKNESS = 0.04;
/** Least distance between the ends of neighbouring struts, in the same share. */
const SPACING = 0.02;
/** Cosine within which a strut must run along both normals; above 0.71, so that none cuts the corner of a right angle. */
const ALONG = 0.8;
/**
 * @param normals As from outward-normals.ts.
 * @returns Pairs of nodes on opposite sides of thin places, [struts * 2].
 */
export function struts(
  { positions, area }: Pick<RefinedSurface, "positions" | "area">,
  normals: Float32Array,
): Uint32Array {
  const limit = THICKNESS * Math.sqrt(area);
  const anchors = spread(positions, normals, SPACING * Math.sqrt(area));
  const grid = new PointGrid(
    Float32Array.from(anchors.flatMap((n) => [...positions.subarray(3 * n, 3 * n + 3)])),
    limit / 2,
  );
  const links: number[] = [];
  for (const a of anchors) {
    const [x, y, z] = positions.subarray(3 * a, 3 * a + 3);
    const [nx, ny, nz] = normals.subarray(3 * a, 3 * a + 3);
    const found = grid.nearest(x, y, z, limit, (index) => {
      const other = anchors[index];
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
    if (found >= 0) links.push(a, anchors[found]);
  }
  return Uint32Array.from(links);
}

/** Nodes with a normal, at most one for each cell of space and octant of normals: dense meshes need no strut at every node. */
function spread(positions: Float32Array, normals: Float32Array, cell: number): number[] {
  const chosen = new Map<number, number>();
  for (let n = 0; n < positions.length / 3; n++) {
    let key = 0;
    let length = 0;
    for (let c = 0; c < 3; c++) {
      // Normalised space lies within -1..1; 2^14 cells a side leave the key exact.
      key = key * 2 ** 15 + Math.floor((positions[3 * n + c] + 1) / cell) * 2 + (normals[3 * n + c] < 0 ? 1 : 0);
      length += Math.abs(normals[3 * n + c]);
    }
    if (length > 0 && !chosen.has(key)) chosen.set(key, n);
  }
  return [...chosen.values()];
}
