// The surface that a cloud of splats stands for: a bounded choice of its visible splats (nodes), who their neighbours are, and which node
// every splat goes with. Splats have no triangles; whatever needs a surface works on this.

import { PointGrid } from "./point-grid.ts";
import { uniform } from "./random.ts";
import type { SplatCloud } from "./splat-cloud.ts";

export interface SplatSurface {
  /** Chosen splats, ascending. */
  nodes: Uint32Array;
  /** `NEIGHBOURS` nodes of each node, nearest first, as positions in `nodes`; [nodes * NEIGHBOURS]. */
  neighbours: Uint32Array;
  /** Position in `nodes` of the one nearest to each splat, [splats]. */
  nodeOf: Uint32Array;
  /** What the splats cover, file units squared. */
  area: number;
}

export const NEIGHBOURS = 8;
/** Splats fainter than this belong to no surface. */
export const VISIBLE = 0.1;
/** More nodes change neither handles nor pictures of 48 pixels, and cost time. */
const MOST_NODES = 12_288;

/** Indices of the splats that can be seen. */
export function visibleSplats({ opacities, positions }: SplatCloud): Uint32Array {
  const seen = [...opacities.keys()].filter((s) => {
    return opacities[s] >= VISIBLE && Number.isFinite(positions[s * 3] + positions[s * 3 + 1] + positions[s * 3 + 2]);
  });
  return Uint32Array.from(seen);
}

/** @param visible more than `NEIGHBOURS` splats (`visibleSplats`) */
export function splatSurface(cloud: SplatCloud, visible: Uint32Array): SplatSurface {
  const nodes = chooseNodes(visible);
  const places = new Float32Array(nodes.length * 3);
  nodes.forEach((splat, n) => {
    places.set(cloud.positions.subarray(splat * 3, splat * 3 + 3), n * 3);
  });
  const cell = cellOf(places);
  const grid = new PointGrid(places, cell);
  const neighbours = new Uint32Array(nodes.length * NEIGHBOURS);
  let area = 0;
  for (let n = 0; n < nodes.length; n++) {
    const found = nearest(grid, places, n, cell);
    neighbours.set(
      found.map(({ index }) => index),
      n * NEIGHBOURS,
    );
    // A disc around the node holds k neighbours: pi r^2 / k of the surface is its own.
    area += (Math.PI * found[NEIGHBOURS - 1].squared) / NEIGHBOURS;
  }
  const nodeOf = new Uint32Array(cloud.count);
  for (let s = 0; s < cloud.count; s++) {
    const [x, y, z] = cloud.positions.subarray(s * 3, s * 3 + 3);
    nodeOf[s] = Number.isFinite(x + y + z)
      ? Math.max(
          0,
          grid.nearest(x, y, z, Infinity, () => true),
        )
      : 0;
  }
  return { nodes, neighbours, nodeOf, area };
}

/** All of them, or as many as are worth it, chosen at random so that no order of the file shows. */
function chooseNodes(visible: Uint32Array): Uint32Array {
  if (visible.length <= MOST_NODES) return visible;
  const random = uniform(0);
  const shuffled = visible.slice();
  for (let i = 0; i < MOST_NODES; i++) {
    const j = i + Math.floor(random() * (shuffled.length - i));
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled.subarray(0, MOST_NODES).slice().sort();
}

/** An edge that holds a few points of a surface in each cell. */
function cellOf(places: Float32Array): number {
  const size = [0, 1, 2].map((c) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = c; i < places.length; i += 3) [low, high] = [Math.min(low, places[i]), Math.max(high, places[i])];
    return high - low;
  });
  return (2 * Math.max(...size)) / Math.sqrt(places.length / 3);
}

function nearest(
  grid: PointGrid,
  places: Float32Array,
  n: number,
  start: number,
): { index: number; squared: number }[] {
  const [x, y, z] = places.subarray(n * 3, n * 3 + 3);
  for (let radius = start; ; radius *= 2) {
    const found: { index: number; squared: number }[] = [];
    grid.within(x, y, z, radius, (index, squared) => {
      if (index !== n) found.push({ index, squared });
    });
    if (found.length < NEIGHBOURS) continue;
    return found.sort((a, b) => a.squared - b.squared || a.index - b.index).slice(0, NEIGHBOURS);
  }
}
