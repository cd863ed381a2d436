// The refined surface as a graph for distances along it: triangle edges, shortcuts across pairs of triangles, bridges
// between parts that are modelled apart, and struts through thin solids. Connected as a whole.

import type { Normalisation } from "../asset/asset.ts";
import { bridgeParts } from "./bridge-parts.ts";
import { outwardNormals } from "./outward-normals.ts";
import { type RefinedSurface, type RefineOptions, refineSurface, type Triangles } from "./refine-surface.ts";
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

/** What handles and bindings need of a graph: any set of connected points will do. */
export type PointGraph = Pick<SurfaceGraph, "nodeCount" | "positions" | "offsets" | "neighbours" | "lengths">;

/** @example const graph = surfaceGraph(asset, normalisation(asset)); */
export function surfaceGraph(
  asset: Triangles,
  space: Normalisation,
  options: Partial<RefineOptions> = {},
): SurfaceGraph {
  const surface = refineSurface(asset, space, options);
  const { positions, triangles } = surface;
  const normals = outwardNormals(surface);
  const links = new Links(positions);
  linkTriangles(positions, triangles, links);
  const { bridges, partCount } = bridgeParts(positions, normals, Uint32Array.from(links.nodes));
  links.addAll(bridges);
  links.addAll(struts(surface, normals));
  return { ...surface, nodeCount: positions.length / 3, partCount, ...links.adjacency() };
}

/** Triangle edges once each, then for every edge that two triangles share the straight way between the corners across it. */
function linkTriangles(positions: Float32Array, triangles: Uint32Array, links: Links): void {
  const stride = positions.length / 3;
  // Sorting the corners by the edge opposite them brings an edge's triangles together without a map of millions of keys.
  const keys = new Float64Array(triangles.length);
  for (let corner = 0; corner < triangles.length; corner++) {
    const first = corner - (corner % 3);
    const a = triangles[first + ((corner + 1) % 3)];
    const b = triangles[first + ((corner + 2) % 3)];
    keys[corner] = Math.min(a, b) * stride + Math.max(a, b);
  }
  const order = Uint32Array.from(keys, (_, corner) => corner).sort((p, q) => keys[p] - keys[q] || p - q);
  for (let at = 0; at < order.length; ) {
    const key = keys[order[at]];
    const [a, b] = [Math.floor(key / stride), key % stride];
    links.add(a, b);
    const first = at;
    while (at < order.length && keys[order[at]] === key) at++;
    if (at - first !== 2) continue;
    const [p, q] = [triangles[order[first]], triangles[order[at - 1]]];
    const length = unfolded(positions, a, b, p, q);
    if (p !== q && length !== null) links.add(p, q, length);
  }
}

/** Distance of p and q with their triangles over the edge ab laid flat; null where the straight way misses the edge. */
function unfolded(positions: Float32Array, a: number, b: number, p: number, q: number): number | null {
  const edge = distance(positions, a, b);
  const flat = (n: number): [number, number] => {
    let along = 0;
    for (let c = 0; c < 3; c++) {
      along += (positions[3 * n + c] - positions[3 * a + c]) * (positions[3 * b + c] - positions[3 * a + c]);
    }
    along /= edge;
    return [along, Math.sqrt(Math.max(0, distance(positions, a, n) ** 2 - along * along))];
  };
  const [px, py] = flat(p);
  const [qx, qy] = flat(q);
  const crossing = px + ((qx - px) * py) / (py + qy);
  return crossing >= 0 && crossing <= edge ? Math.hypot(px - qx, py + qy) : null;
}

/** Undirected links as they are found, then by node; lengths in the units of the positions, [nodes * 3]. */
export class Links {
  /** Pairs of nodes. */
  readonly nodes: number[] = [];
  readonly #lengths: number[] = [];
  readonly #positions: Float32Array;

  constructor(positions: Float32Array) {
    this.#positions = positions;
  }

  add(a: number, b: number, length = distance(this.#positions, a, b)): void {
    this.nodes.push(a, b);
    this.#lengths.push(length);
  }

  addAll(pairs: Uint32Array): void {
    for (let l = 0; l < pairs.length; l += 2) this.add(pairs[l], pairs[l + 1]);
  }

  adjacency(): Pick<SurfaceGraph, "offsets" | "neighbours" | "lengths"> {
    const offsets = new Uint32Array(this.#positions.length / 3 + 1);
    for (const node of this.nodes) offsets[node + 1]++;
    for (let n = 1; n < offsets.length; n++) offsets[n] += offsets[n - 1];
    const next = offsets.slice();
    const neighbours = new Uint32Array(this.nodes.length);
    const lengths = new Float32Array(this.nodes.length);
    this.#lengths.forEach((length, l) => {
      const [a, b] = [this.nodes[2 * l], this.nodes[2 * l + 1]];
      neighbours[next[a]] = b;
      lengths[next[a]++] = length;
      neighbours[next[b]] = a;
      lengths[next[b]++] = length;
    });
    return { offsets, neighbours, lengths };
  }
}

function distance(p: Float32Array, a: number, b: number): number {
  return Math.hypot(p[3 * a] - p[3 * b], p[3 * a + 1] - p[3 * b + 1], p[3 * a + 2] - p[3 * b + 2]);
}
