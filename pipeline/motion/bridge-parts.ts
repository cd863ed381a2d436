// Links between parts of a model that share no vertices (a head set into a body, a sleeve over an arm), so that the whole is
// connected: a minimum spanning tree over the gaps between parts, by Boruvka's algorithm.

import { PointGrid } from "../asset/point-grid.ts";
import { UnionFind } from "./union-find.ts";

/** Beside its shortest bridge, a pair of parts is linked wherever it comes this close: share of the largest side. */
const CONTACT = 0.012;
const GRID_CELL = 0.02;
/** A way across the open counts this many times its length: what is set into a body belongs to it, not to its neighbour. */
const GAP_COST = 4;
/** Cosine from which a link leaves a surface forwards. */
const FORWARDS = 0.3;

interface Bridge {
  a: number;
  b: number;
  length: number;
  cost: number;
}

/**
 * @param positions Normalised space, [nodes * 3].
 * @param normals As from outward-normals.ts, [nodes * 3].
 * @param links Pairs of nodes that are connected, [links * 2].
 * @returns bridges, [bridges * 2], after which all nodes are connected, and the number of parts before.
 */
export function bridgeParts(
  positions: Float32Array,
  normals: Float32Array,
  links: Uint32Array,
): { bridges: Uint32Array; partCount: number } {
  const nodeCount = positions.length / 3;
  const sets = new UnionFind(nodeCount);
  for (let l = 0; l < links.length; l += 2) sets.join(links[l], links[l + 1]);
  const partCount = sets.count;
  if (partCount <= 1) return { bridges: new Uint32Array(0), partCount };
  const scene: Scene = {
    positions,
    normals,
    parts: Uint32Array.from({ length: nodeCount }, (_, n) => sets.find(n)),
    grid: new PointGrid(positions, GRID_CELL),
  };
  const bridges: Bridge[] = [];
  while (sets.count > 1) {
    for (const bridge of cheapestBridges(scene, sets)) if (sets.join(bridge.a, bridge.b)) bridges.push(bridge);
  }
  const all = [...bridges, ...contacts(scene, bridges)];
  return { bridges: Uint32Array.from(all.flatMap(({ a, b }) => [a, b])), partCount };
}

interface Scene {
  positions: Float32Array;
  normals: Float32Array;
  /** Part of each node, named by its lowest node. */
  parts: Uint32Array;
  grid: PointGrid;
}

/** For every set but the largest, which the others reach, its cheapest link to another set; cheapest first. */
function cheapestBridges(scene: Scene, sets: UnionFind): Bridge[] {
  const { positions, grid } = scene;
  const owners = scene.parts.map((part) => sets.find(part));
  const sizes = new Uint32Array(owners.length);
  for (const owner of owners) sizes[owner]++;
  const largest = sizes.reduce((best, size, owner) => (size > sizes[best] ? owner : best), 0);
  const cheapest = new Map<number, Bridge>();
  for (let a = 0; a < owners.length; a++) {
    const owner = owners[a];
    if (owner === largest) continue;
    const [x, y, z] = positions.subarray(3 * a, 3 * a + 3);
    for (const factor of [1, GAP_COST]) {
      const known = cheapest.get(owner);
      const limit = (known?.cost ?? Infinity) / factor;
      const b = grid.nearest(
        x,
        y,
        z,
        limit,
        (other) => owners[other] !== owner && crossesGap(scene, a, other) === (factor === GAP_COST),
      );
      if (b < 0) continue;
      const length = distance(positions, a, b);
      if (!known || length * factor < known.cost) cheapest.set(owner, { a, b, length, cost: length * factor });
    }
  }
  return [...cheapest.values()].sort((p, q) => p.cost - q.cost || p.a - q.a);
}

/**
 * Further links between the parts that a bridge joins, where their surfaces touch or nearly do. Parts that merely stand side
 * by side, as two legs do, are not joined by a bridge when each is closer to the body, and so get none.
 */
function contacts(scene: Scene, bridges: readonly Bridge[]): Bridge[] {
  const { positions, parts, grid } = scene;
  const partners = new Map<number, Map<number, number>>();
  for (const { a, b, length } of bridges) {
    for (const [from, to] of [
      [parts[a], parts[b]],
      [parts[b], parts[a]],
    ]) {
      if (!partners.has(from)) partners.set(from, new Map());
      partners.get(from)!.set(to, 1.5 * length);
    }
  }
  const found: Bridge[] = [];
  for (let a = 0; a < parts.length; a++) {
    const [x, y, z] = positions.subarray(3 * a, 3 * a + 3);
    const reach = partners.get(parts[a]);
    if (!reach) continue;
    // Nearest node of each partner; across a gap only where the bridge itself is hardly shorter.
    const nearest = new Map<number, Bridge>();
    grid.within(x, y, z, CONTACT, (b, squared) => {
      const across = reach.get(parts[b]);
      if (across === undefined) return;
      const length = Math.sqrt(squared);
      if (length > across && crossesGap(scene, a, b)) return;
      const best = nearest.get(parts[b]);
      if (best && (length > best.length || (length === best.length && b > best.b))) return;
      nearest.set(parts[b], { a, b, length, cost: length });
    });
    found.push(...nearest.values());
  }
  return found;
}

/** Whether the straight way from a to b leaves both surfaces forwards, through the open between them. */
function crossesGap({ positions, normals }: Scene, a: number, b: number): boolean {
  let [leaving, arriving] = [0, 0];
  for (let c = 0; c < 3; c++) {
    const step = positions[3 * b + c] - positions[3 * a + c];
    leaving += step * normals[3 * a + c];
    arriving -= step * normals[3 * b + c];
  }
  const least = FORWARDS * distance(positions, a, b);
  return leaving > least && arriving > least;
}

function distance(p: Float32Array, a: number, b: number): number {
  return Math.hypot(p[3 * a] - p[3 * b], p[3 * a + 1] - p[3 * b + 1], p[3 * a + 2] - p[3 * b + 2]);
}
