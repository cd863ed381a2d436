// Spreads handles evenly over the surface by farthest-point sampling along it, and says how far each one reaches and which
// are neighbours. The weights of points are bind.ts.

import { NO_SOURCE, nearestSources, relaxFrom } from "./geodesic.ts";
import type { Handles } from "./handles.ts";
import type { PointGraph } from "./surface-graph.ts";
import { UnionFind } from "./union-find.ts";

export interface PlaceHandlesOptions {
  /** Wanted number; models with fewer than four nodes a handle get fewer. */
  count?: number;
  /** Neighbours of each handle along the surface. */
  neighbours?: number;
  /** Radius over the mean distance to the neighbours. */
  reach?: number;
}

export const PLACE_HANDLES_DEFAULTS = { count: 128, neighbours: 6, reach: 0.6 } as const;

/** Handles and the node of the surface graph that each one sits on. */
export interface PlacedHandles extends Handles {
  /** [count] */
  nodes: Uint32Array;
}

/** @example const handles = placeHandles(graph, { count: 64 }); */
export function placeHandles(graph: PointGraph, options: PlaceHandlesOptions = {}): PlacedHandles {
  const { count: wanted, neighbours, reach } = { ...PLACE_HANDLES_DEFAULTS, ...options };
  const count = Math.max(1, Math.min(wanted, Math.ceil(graph.nodeCount / 4)));
  const nodes = farthestPoints(graph, count);
  const k = Math.min(nodes.length, neighbours + 1);
  const nearest = nearestSources(graph, nodes, k);
  const positions = new Float32Array(nodes.length * 3);
  const radii = new Float32Array(nodes.length);
  const pairs = new Set<number>();
  nodes.forEach((node, handle) => {
    positions.set(graph.positions.subarray(3 * node, 3 * node + 3), 3 * handle);
    let sum = 0;
    let found = 0;
    for (let at = node * k; at < node * k + k; at++) {
      const other = nearest.sources[at];
      if (other === NO_SOURCE || other === handle) continue;
      pairs.add(Math.min(handle, other) * nodes.length + Math.max(handle, other));
      sum += nearest.distances[at];
      found++;
    }
    radii[handle] = found > 0 ? (reach * sum) / found : 1;
  });
  connect(graph, nearest, nodes.length, pairs);
  const edges = [...pairs]
    .sort((a, b) => a - b)
    .flatMap((pair) => [Math.floor(pair / nodes.length), pair % nodes.length]);
  return { count: nodes.length, positions, radii, edges: Uint32Array.from(edges), nodes };
}

/** Gonzalez' farthest-point traversal, begun at the node farthest from the middle of normalised space. */
function farthestPoints(graph: PointGraph, count: number): Uint32Array {
  const { positions, nodeCount } = graph;
  const distances = new Float64Array(nodeCount);
  for (let n = 0; n < nodeCount; n++) distances[n] = Math.hypot(...positions.subarray(3 * n, 3 * n + 3));
  let next = indexOfMax(distances);
  distances.fill(Infinity);
  const chosen: number[] = [];
  while (chosen.length < count) {
    chosen.push(next);
    relaxFrom(graph, next, distances);
    next = indexOfMax(distances);
    if (distances[next] === 0) break;
  }
  return Uint32Array.from(chosen);
}

function indexOfMax(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Adds the shortest pairs between neighbouring territories (Kruskal) until the handles hang together. */
function connect(
  graph: PointGraph,
  nearest: { k: number; sources: Int32Array; distances: Float64Array },
  count: number,
  pairs: Set<number>,
): void {
  const sets = new UnionFind(count);
  for (const pair of pairs) sets.join(Math.floor(pair / count), pair % count);
  if (sets.count === 1) return;
  const candidates: { a: number; b: number; length: number }[] = [];
  for (let n = 0; n < graph.nodeCount; n++) {
    for (let at = graph.offsets[n]; at < graph.offsets[n + 1]; at++) {
      const m = graph.neighbours[at];
      const [a, b] = [nearest.sources[n * nearest.k], nearest.sources[m * nearest.k]];
      if (a >= b || sets.find(a) === sets.find(b)) continue;
      candidates.push({
        a,
        b,
        length: nearest.distances[n * nearest.k] + graph.lengths[at] + nearest.distances[m * nearest.k],
      });
    }
  }
  candidates.sort((p, q) => p.length - q.length || p.a - q.a || p.b - q.b);
  for (const { a, b } of candidates) if (sets.join(a, b)) pairs.add(a * count + b);
}
