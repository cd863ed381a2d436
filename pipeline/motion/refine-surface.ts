// The asset's triangles welded by position and split until no edge is long, so that distances along them mean something on
// huge triangles too. Knows which vertex and which triangle of the asset everything came from.

import type { Normalisation, Primitive } from "../asset/asset.ts";
import { toNormalised } from "../asset/normalise.ts";

/** As much of an asset as its surface is made of. */
export interface Triangles {
  primitives: readonly Pick<Primitive, "positions" | "indices" | "vertexCount">[];
}

/** Marks a vertex that no triangle uses. */
export const UNUSED = 0xffffffff;

export interface RefinedSurface {
  /** Normalised space, [nodes * 3]. */
  positions: Float32Array;
  /** [triangles * 3], indices of nodes. */
  triangles: Uint32Array;
  /** Per triangle the asset's own triangle it is part of, counted through all primitives, [triangles]; ascending. */
  parents: Uint32Array;
  /** First triangle of each primitive in that count. */
  firstTriangle: Uint32Array;
  /** Node of every vertex of every primitive, `UNUSED` where no triangle uses it. */
  vertexNodes: Uint32Array[];
  /** Sum of the triangles' areas, normalised units squared. */
  area: number;
}

export interface RefineOptions {
  /** Edges longer than this share of the square root of the area are split. */
  edge: number;
  /** Vertices closer than this (normalised units) are one. */
  weld: number;
  /** Splitting stops at this many triangles. */
  maxTriangles: number;
}

export const REFINE_DEFAULTS: RefineOptions = { edge: 1 / 40, weld: 1e-5, maxTriangles: 400_000 };

export function refineSurface(
  asset: Triangles,
  space: Normalisation,
  options: Partial<RefineOptions> = {},
): RefinedSurface {
  const { edge, weld, maxTriangles } = { ...REFINE_DEFAULTS, ...options };
  const welded = weldVertices(asset, space, weld);
  const positions = welded.positions;
  let triangles = welded.triangles;
  let parents = welded.parents;
  let area = 0;
  for (let t = 0; t < triangles.length; t += 3)
    area += areaOf(positions, triangles[t], triangles[t + 1], triangles[t + 2]);
  const limit = edge * Math.sqrt(area);
  while (triangles.length / 3 < maxTriangles) {
    const split = splitLongEdges(positions, triangles, parents, limit);
    if (split.triangles.length === triangles.length) break;
    triangles = split.triangles;
    parents = split.parents;
  }
  return {
    positions: Float32Array.from(positions),
    triangles: Uint32Array.from(triangles),
    parents: Uint32Array.from(parents),
    firstTriangle: welded.firstTriangle,
    vertexNodes: welded.vertexNodes,
    area,
  };
}

interface Welded {
  positions: number[];
  triangles: number[];
  parents: number[];
  firstTriangle: Uint32Array;
  vertexNodes: Uint32Array[];
}

function weldVertices(asset: Triangles, space: Normalisation, weld: number): Welded {
  const nodes = new Map<number, number>();
  const positions: number[] = [];
  const triangles: number[] = [];
  const parents: number[] = [];
  const firstTriangle = new Uint32Array(asset.primitives.length);
  let count = 0;
  const vertexNodes = asset.primitives.map((primitive, p) => {
    const points = toNormalised(primitive.positions, space);
    const own = new Uint32Array(primitive.vertexCount).fill(UNUSED);
    for (const vertex of primitive.indices) {
      if (own[vertex] !== UNUSED) continue;
      const [x, y, z] = points.subarray(3 * vertex, 3 * vertex + 3);
      let node = findNear(nodes, x, y, z, weld);
      if (node === undefined) {
        nodes.set(cellKey(x, y, z, 4 * weld), (node = positions.length / 3));
        positions.push(x, y, z);
      }
      own[vertex] = node;
    }
    firstTriangle[p] = count;
    for (let t = 0; t < primitive.indices.length; t += 3, count++) {
      const [a, b, c] = [0, 1, 2].map((k) => own[primitive.indices[t + k]]);
      if (a === b || b === c || a === c) continue;
      triangles.push(a, b, c);
      parents.push(count);
    }
    return own;
  });
  return { positions, triangles, parents, firstTriangle, vertexNodes };
}

/** The node in the point's cell, or in a cell beside it whose border is less than `weld` away. */
function findNear(nodes: Map<number, number>, x: number, y: number, z: number, weld: number): number | undefined {
  const cell = 4 * weld;
  const own = nodes.get(cellKey(x, y, z, cell));
  if (own !== undefined) return own;
  for (let corner = 0; corner < 8; corner++) {
    const dx = corner & 1 ? weld : -weld;
    const dy = corner & 2 ? weld : -weld;
    const dz = corner & 4 ? weld : -weld;
    const node = nodes.get(cellKey(x + dx, y + dy, z + dz, cell));
    if (node !== undefined) return node;
  }
  return undefined;
}

/** Exact below 2^53 for points of normalised space and cells of at least 1e-5. */
function cellKey(x: number, y: number, z: number, cell: number): number {
  const bias = Math.ceil(1 / cell);
  const stride = 2 * bias + 1;
  const [i, j, k] = [Math.floor(x / cell) + bias, Math.floor(y / cell) + bias, Math.floor(z / cell) + bias];
  return (i * stride + j) * stride + k;
}

/** One round: every edge over the limit gets a midpoint, and each triangle is cut to fit, so that no cracks open. */
function splitLongEdges(
  positions: number[],
  triangles: readonly number[],
  parents: readonly number[],
  limit: number,
): { triangles: number[]; parents: number[] } {
  const middles = new Map<number, number>();
  const stride = positions.length / 3;
  const middle = (a: number, b: number): number => {
    if (distance(positions, a, b) <= limit) return -1;
    const key = Math.min(a, b) * stride + Math.max(a, b);
    let node = middles.get(key);
    if (node === undefined) {
      middles.set(key, (node = positions.length / 3));
      for (let c = 0; c < 3; c++) positions.push((positions[3 * a + c] + positions[3 * b + c]) / 2);
    }
    return node;
  };
  const out: number[] = [];
  const outParents: number[] = [];
  for (let t = 0; t < triangles.length; t += 3) {
    let [a, b, c] = [triangles[t], triangles[t + 1], triangles[t + 2]];
    let [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
    const before = out.length;
    const cuts = (ab >= 0 ? 1 : 0) + (bc >= 0 ? 1 : 0) + (ca >= 0 ? 1 : 0);
    // Turn the triangle so that with one cut it is ab, with two it is all but ca.
    for (let turn = 0; turn < 2; turn++) {
      const placed = cuts === 1 ? ab >= 0 : cuts === 2 ? ca < 0 : true;
      if (!placed) [a, b, c, ab, bc, ca] = [b, c, a, bc, ca, ab];
    }
    if (cuts === 0) out.push(a, b, c);
    else if (cuts === 1) out.push(a, ab, c, ab, b, c);
    else if (cuts === 3) out.push(a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca);
    else if (distance(positions, a, bc) < distance(positions, ab, c)) out.push(ab, b, bc, a, ab, bc, a, bc, c);
    else out.push(ab, b, bc, a, ab, c, ab, bc, c);
    for (let n = before; n < out.length; n += 3) outParents.push(parents[t / 3]);
  }
  return { triangles: out, parents: outParents };
}

function distance(positions: readonly number[], a: number, b: number): number {
  return Math.hypot(
    positions[3 * a] - positions[3 * b],
    positions[3 * a + 1] - positions[3 * b + 1],
    positions[3 * a + 2] - positions[3 * b + 2],
  );
}

function areaOf(p: readonly number[], a: number, b: number, c: number): number {
  const u = [0, 1, 2].map((k) => p[3 * b + k] - p[3 * a + k]);
  const v = [0, 1, 2].map((k) => p[3 * c + k] - p[3 * a + k]);
  return Math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]) / 2;
}
