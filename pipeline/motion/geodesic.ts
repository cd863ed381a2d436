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
 * source among their own k nearest, so k visits to a node are enough.
 * @param sources Nodes.
 */
export function nearestSources(graph: Graph, sources: ArrayLike<number>, k: number): NearestSources {
  const { nodeCount, offsets, neighbours, lengths } = graph;
  const found = new Int32Array(nodeCount * k).fill(NO_SOURCE);
  const distances = new Float64Array(nodeCount * k).fill(Infinity);
  const filled = new Uint8Array(nodeCount);
  const heap = new MinHeap(nodeCount * 2);
  // The heap holds numbers of entries; what they mean lies beside it.
  let entryNodes = new Uint32Array(nodeCount * 4);
  let entrySources = new Uint32Array(nodeCount * 4);
  let entries = 0;
  const has = (node: number, source: number): boolean => {
    for (let at = node * k; at < node * k + filled[node]; at++) if (found[at] === source) return true;
    return false;
  };
  const push = (distance: number, node: number, source: number): void => {
    if (entries === entryNodes.length) {
      entryNodes = grown(entryNodes);
      entrySources = grown(entrySources);
    }
    entryNodes[entries] = node;
    entrySources[entries] = source;
    heap.push(distance, entries++);
  };
  for (let s = 0; s < sources.length; s++) push(0, sources[s], s);
  while (heap.size > 0) {
    const distance = heap.topKey;
    const entry = heap.pop();
    const node = entryNodes[entry];
    const source = entrySources[entry];
    if (filled[node] === k || has(node, source)) continue;
    found[node * k + filled[node]] = source;
    distances[node * k + filled[node]++] = distance;
    for (let at = offsets[node]; at < offsets[node + 1]; at++) {
      const next = neighbours[at];
      if (filled[next] < k && !has(next, source)) push(distance + lengths[at], next, source);
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

function grown(values: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(values.length * 2);
  larger.set(values);
  return larger;
}
