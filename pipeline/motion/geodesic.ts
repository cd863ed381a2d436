// Shortest distances along the surface graph from many sources at once: Dijkstra's algorithm with a binary heap, keeping for
// every node its k nearest sources. One pass, whatever the number of sources.

import { MinHeap } from "../asset/heap.ts";
import type { SurfaceGraph } from "./surface-graph.ts";

type Graph = Pick<SurfaceGraph, "nodeCount" | "offsets" | "neighbours" | "lengths">;

/** No source: where a node reaches fewer than k. */
export const NO_SOURCE = -1;

export interface NearestSources {
  k: number;
  /** Position in `sources` of the k nearest, nearest first, [nodes * k]; `NO_SOURCE` where there are fewer. */
  sources: Int32Array;
  /** Their distances, normalised units, [nodes * k]; Infinity where there are fewer. */
  distances: Float64Array;
}

/**
 * The k nearest sources of every node. A shortest path to one of a node's k nearest sources runs through nodes that have that
 * source among their own k nearest, so lists of k candidates a node are enough.
 * @param sources Nodes, all different.
 */
export function nearestSources(graph: Graph, sources: ArrayLike<number>, k: number): NearestSources {
  const { nodeCount, offsets, neighbours, lengths } = graph;
  const found = new Int32Array(nodeCount * k).fill(NO_SOURCE);
  const distances = new Float64Array(nodeCount * k).fill(Infinity);
  const heap = new MinHeap(nodeCount * 2);
  /** Enters the source into the node's sorted list where it is nearer than what stands there. */
  const offer = (node: number, source: number, distance: number): void => {
    const first = node * k;
    const last = first + k - 1;
    if (distance >= distances[last]) return;
    let at = first;
    while (at < last && found[at] !== source) at++;
    // `at` is the source's present place, or the last one, which gives way.
    if (found[at] === source && distances[at] <= distance) return;
    for (; at > first && distances[at - 1] > distance; at--) {
      found[at] = found[at - 1];
      distances[at] = distances[at - 1];
    }
    found[at] = source;
    distances[at] = distance;
    heap.push(distance, node * sources.length + source);
  };
  for (let s = 0; s < sources.length; s++) offer(sources[s], s, 0);
  while (heap.size > 0) {
    const distance = heap.topKey;
    const entry = heap.pop();
    const node = Math.floor(entry / sources.length);
    const source = entry % sources.length;
    let at = node * k;
    while (at < node * k + k && found[at] !== source) at++;
    if (at === node * k + k || distances[at] < distance) continue;
    for (let link = offsets[node]; link < offsets[node + 1]; link++) {
      offer(neighbours[link], source, distance + lengths[link]);
    }
  }
  return { k, sources: found, distances };
}

/**
 * Lowers `distances` to those from one more source where that is nearer: the step of farthest-point sampling.
 * @param distances Per node, Infinity before the first source; changed in place.
 */
export function relaxFrom(graph: Graph, source: number, distances: Float64Array): void {
  const { offsets, neighbours, lengths } = graph;
  const heap = new MinHeap(256);
  distances[source] = 0;
  heap.push(0, source);
  while (heap.size > 0) {
    const distance = heap.topKey;
    const node = heap.pop();
    if (distance > distances[node]) continue;
    for (let at = offsets[node]; at < offsets[node + 1]; at++) {
      const next = neighbours[at];
      const candidate = distance + lengths[at];
      if (candidate >= distances[next]) continue;
      distances[next] = candidate;
      heap.push(candidate, next);
    }
  }
}
