// Links between parts of a model that share no vertices (a head set into a body, a sleeve over an arm), so that the whole is
// connected: a minimum spanning tree over the gaps between parts, by Boruvka's algorithm.

import { PointGrid } from "../asset/point-grid.ts";
import { UnionFind } from "./union-find.ts";

/** Beside its shortest bridge, a pair of parts is linked wherever it comes this close: share of the largest side. */
const CONTACT = 0.012;
const GRID_CELL = 0.02;

interface Bridge {
  a: number;
  b: number;
  length: number;
}

/**
 * @param positions Normalised space, [nodes * 3].
 * @param links Pairs of nodes that are connected, [links * 2].
 * @returns bridges, [bridges * 2], after which all nodes are connected, and the number of parts before.
 */
export function bridgeParts(positions: Float32Array, links: Uint32Array): { bridges: Uint32Array; partCount: number } {
  const nodeCount = positions.length / 3;
  const sets = new UnionFind(nodeCount);
  for (let l = 0; l < links.length; l += 2) sets.join(links[l], links[l + 1]);
  const partCount = sets.count;
  if (partCount <= 1) return { bridges: new Uint32Array(0), partCount };
  const parts = Uint32Array.from({ length: nodeCount }, (_, n) => sets.find(n));
  const grid = new PointGrid(positions, GRID_CELL);
  const bridges: Bridge[] = [];
  while (sets.count > 1) {
    for (const bridge of shortestBridges(positions, grid, sets)) {
      if (sets.join(bridge.a, bridge.b)) bridges.push(bridge);
    }
  }
  return {
    bridges: Uint32Array.from([...bridges, ...contacts(positions, grid, parts, bridges)].flatMap(({ a, b }) => [a, b])),
    partCount,
  };
}

/** For every set but the largest, which the others reach, its shortest link to another set; shortest first. */
function shortestBridges(positions: Float32Array, grid: PointGrid, sets: UnionFind): Bridge[] {
  const nodeCount = positions.length / 3;
  const owners = Uint32Array.from({ length: nodeCount }, (_, n) => sets.find(n));
  const sizes = new Uint32Array(nodeCount);
  for (const owner of owners) sizes[owner]++;
  const largest = sizes.reduce((best, size, owner) => (size > sizes[best] ? owner : best), 0);
  const shortest = new Map<number, Bridge>();
  for (let a = 0; a < nodeCount; a++) {
    const owner = owners[a];
    if (owner === largest) continue;
    const known = shortest.get(owner);
    const [x, y, z] = positions.subarray(3 * a, 3 * a + 3);
    const b = grid.nearest(x, y, z, known?.length ?? Infinity, (other) => owners[other] !== owner);
    if (b < 0) continue;
    const length = distance(positions, a, b);
    if (!known || length < known.length) shortest.set(owner, { a, b, length });
  }
  return [...shortest.values()].sort((p, q) => p.length - q.length || p.a - q.a);
}

/**
 * Further links between the parts that a bridge joins, where their surfaces touch or nearly do. Parts that merely stand side
 * by side, as two legs do, are not joined by a bridge when each is closer to the body, and so get none.
 */
function contacts(positions: Float32Array, grid: PointGrid, parts: Uint32Array, bridges: readonly Bridge[]): Bridge[] {
  const reach = new Map<number, Map<number, number>>();
  for (const { a, b, length } of bridges) {
    const limit = Math.max(CONTACT, 1.5 * length);
    for (const [from, to] of [
      [parts[a], parts[b]],
      [parts[b], parts[a]],
    ]) {
      let partners = reach.get(from);
      if (!partners) reach.set(from, (partners = new Map()));
      partners.set(to, limit);
    }
  }
  const found: Bridge[] = [];
  for (let a = 0; a < parts.length; a++) {
    const [x, y, z] = positions.subarray(3 * a, 3 * a + 3);
    const partners = reach.get(parts[a]);
    if (!partners) continue;
    // Nearest node of each partner part within its reach.
    const nearest = new Map<number, Bridge>();
    grid.within(x, y, z, CONTACT, (b, squared) => {
      const limit = partners.get(parts[b]);
      const length = Math.sqrt(squared);
      if (limit === undefined || length > limit) return;
      const best = nearest.get(parts[b]);
      if (!best || length < best.length || (length === best.length && b < best.b))
        nearest.set(parts[b], { a, b, length });
    });
    found.push(...nearest.values());
  }
  return found;
}

function distance(p: Float32Array, a: number, b: number): number {
  return Math.hypot(p[3 * a] - p[3 * b], p[3 * a + 1] - p[3 * b + 1], p[3 * a + 2] - p[3 * b + 2]);
}
