// The refined surface as a graph for distances along it: triangle edges, shortcuts across pairs of triangles, bridges
// between parts that are modelled apart, and struts through thin solids. Connected as a whole.

import type { Asset, Normalisation } from "../asset/asset.ts";
import { bridgeParts } from "./bridge-parts.ts";
import { type RefinedSurface, type RefineOptions, refineSurface } from "./refine-surface.ts";
import { struts } from "./struts.ts";

export interface SurfaceGraph extends RefinedSurface {
  nodeCount: number;
  /** Neighbours of node n: `neighbours[offsets[n] .. offsets[n + 1])`, each link in both directions. */
  offsets: Uint32Array;
  neighbours: Uint32Array;
  /** Length of each link, normalised units. */
  lengths: Float32Array;
  /** Parts that were not connected before they were bridged. */
  partCount: number;
}

/** @example const graph = surfaceGraph(asset, normalisation(asset)); */
export function surfaceGraph(asset: Asset, space: Normalisation, options: Partial<RefineOptions> = {}): SurfaceGraph {
  const surface = refineSurface(asset, space, options);
  const links = surfaceLinks(surface.triangles);
  const nodeCount = surface.positions.length / 3;
  const { bridges, partCount } = bridgeParts(surface.positions, links);
  const through = struts(surface);
  const all = new Uint32Array(links.length + bridges.length + through.length);
  all.set(links);
  all.set(bridges, links.length);
  all.set(through, links.length + bridges.length);
  return { ...surface, nodeCount, partCount, ...adjacency(surface.positions, all) };
}

/** Triangle edges once each, then for every edge that two triangles share the pair of corners across it. [links * 2] */
function surfaceLinks(triangles: Uint32Array): Uint32Array {
  let highest = 0;
  for (const node of triangles) if (node > highest) highest = node;
  const stride = highest + 1;
  // Sorting (edge, opposite corner) brings the triangles of an edge together without a map of millions of keys.
  const order = new Float64Array(triangles.length);
  const edgeKey = (corner: number): number => {
    const t = corner - (corner % 3);
    const a = triangles[t + ((corner + 1) % 3)];
    const b = triangles[t + ((corner + 2) % 3)];
    return Math.min(a, b) * stride + Math.max(a, b);
  };
  const ids = Uint32Array.from(order, (_, corner) => corner);
  for (let corner = 0; corner < triangles.length; corner++) order[corner] = edgeKey(corner);
  ids.sort((p, q) => order[p] - order[q] || p - q);
  const links: number[] = [];
  for (let at = 0; at < ids.length; ) {
    const key = order[ids[at]];
    links.push(Math.floor(key / stride), key % stride);
    const first = at;
    while (at < ids.length && order[ids[at]] === key) at++;
    const [p, q] = [triangles[ids[first]], triangles[ids[at - 1]]];
    if (at - first === 2 && p !== q) links.push(p, q);
  }
  return Uint32Array.from(links);
}

function adjacency(
  positions: Float32Array,
  links: Uint32Array,
): Pick<SurfaceGraph, "offsets" | "neighbours" | "lengths"> {
  const offsets = new Uint32Array(positions.length / 3 + 1);
  for (const node of links) offsets[node + 1]++;
  for (let n = 1; n < offsets.length; n++) offsets[n] += offsets[n - 1];
  const next = offsets.slice();
  const neighbours = new Uint32Array(links.length);
  const lengths = new Float32Array(links.length);
  for (let l = 0; l < links.length; l += 2) {
    const [a, b] = [links[l], links[l + 1]];
    const length = Math.hypot(
      positions[3 * a] - positions[3 * b],
      positions[3 * a + 1] - positions[3 * b + 1],
      positions[3 * a + 2] - positions[3 * b + 2],
    );
    neighbours[next[a]] = b;
    lengths[next[a]++] = length;
    neighbours[next[b]] = a;
    lengths[next[b]++] = length;
  }
  return { offsets, neighbours, lengths };
}
