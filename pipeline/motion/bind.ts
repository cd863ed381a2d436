// Which four handles move each vertex and each splat, and how much: Gaussian weights of the distance along the surface, faded
// out towards the fifth handle so that neighbouring points never jump from one set of handles to another.

import type { SurfaceSamples } from "../asset/sample-splats.ts";
import { NO_SOURCE, nearestSources } from "./geodesic.ts";
import type { Binding } from "./handles.ts";
import type { PlacedHandles } from "./place-handles.ts";
import { UNUSED } from "./refine-surface.ts";
import type { PointGraph, SurfaceGraph } from "./surface-graph.ts";

const HANDLES = 4;

export interface AssetBinding {
  /** Per primitive, its vertices in order. Vertices at one place are bound alike; unused vertices follow handle 0. */
  vertices: Binding[];
  splats: Binding;
}

/** @param samples Splats of the same asset that the graph was made from. */
export function bindAsset(graph: SurfaceGraph, handles: PlacedHandles, samples: SurfaceSamples): AssetBinding {
  const nodes = bindNodes(graph, handles);
  return {
    vertices: graph.vertexNodes.map((own) => bindVertices(own, nodes)),
    splats: bindSplats(graph, samples, nodes),
  };
}

/**
 * w_i = exp(-d_i^2 / 2 r_i^2) * (1 - d_i^2 / d_5^2), normalised, with d_5 the distance of the fifth nearest handle: the
 * window of Sumner et al., "Embedded Deformation for Shape Manipulation", SIGGRAPH 2007 (eq. 5), on a Gaussian.
 */
export function bindNodes(graph: PointGraph, handles: PlacedHandles): Binding {
  const k = HANDLES + 1;
  const nearest = nearestSources(graph, handles.nodes, k);
  const binding = emptyBinding(graph.nodeCount);
  for (let n = 0; n < graph.nodeCount; n++) {
    const fifth = nearest.distances[n * k + HANDLES];
    let total = 0;
    for (let i = 0; i < HANDLES; i++) {
      const handle = nearest.sources[n * k + i];
      if (handle === NO_SOURCE) break;
      const distance = nearest.distances[n * k + i];
      const ratio = distance / handles.radii[handle];
      // The floor keeps a point that is equally far from five handles from losing all of them.
      const window = Math.max(1e-6, 1 - (distance / fifth) ** 2);
      const weight = Math.max(1e-30, Math.exp((-ratio * ratio) / 2)) * window;
      binding.indices[n * HANDLES + i] = handle;
      binding.weights[n * HANDLES + i] = weight;
      total += weight;
    }
    for (let i = 0; i < HANDLES; i++) binding.weights[n * HANDLES + i] /= total;
  }
  return binding;
}

function bindVertices(own: Uint32Array, nodes: Binding): Binding {
  const binding = emptyBinding(own.length);
  own.forEach((node, vertex) => {
    if (node === UNUSED) {
      binding.weights[vertex * HANDLES] = 1;
      return;
    }
    binding.indices.set(nodes.indices.subarray(node * HANDLES, (node + 1) * HANDLES), vertex * HANDLES);
    binding.weights.set(nodes.weights.subarray(node * HANDLES, (node + 1) * HANDLES), vertex * HANDLES);
  });
  return binding;
}

/** A splat mixes the weights of the corners of the refined triangle it lies on, and keeps the four largest. */
function bindSplats(graph: SurfaceGraph, samples: SurfaceSamples, nodes: Binding): Binding {
  const { count, positions } = samples.splats;
  const binding = emptyBinding(count);
  const mixed = new Map<number, number>();
  for (let s = 0; s < count; s++) {
    const parent = graph.firstTriangle[samples.primitives[s]] + samples.triangles[s];
    const { triangle, weights } = locate(graph, parent, positions.subarray(3 * s, 3 * s + 3));
    mixed.clear();
    for (let corner = 0; corner < 3; corner++) {
      const node = graph.triangles[3 * triangle + corner];
      for (let at = node * HANDLES; at < (node + 1) * HANDLES; at++) {
        const weight = weights[corner] * nodes.weights[at];
        if (weight > 0) mixed.set(nodes.indices[at], (mixed.get(nodes.indices[at]) ?? 0) + weight);
      }
    }
    const strongest = [...mixed].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, HANDLES);
    const total = strongest.reduce((sum, [, weight]) => sum + weight, 0);
    strongest.forEach(([handle, weight], i) => {
      binding.indices[s * HANDLES + i] = handle;
      binding.weights[s * HANDLES + i] = weight / total;
    });
  }
  return binding;
}

/** The refined triangle of `parent` that holds a point (the one it is least outside of), and its barycentric weights there. */
function locate(graph: SurfaceGraph, parent: number, point: Float32Array): { triangle: number; weights: number[] } {
  const { parents, triangles, positions } = graph;
  let low = 0;
  for (let high = parents.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (parents[middle] < parent) low = middle + 1;
    else high = middle;
  }
  let best = { triangle: Math.min(low, parents.length - 1), weights: [1, 0, 0] };
  let inside = -Infinity;
  for (let t = low; parents[t] === parent; t++) {
    const weights = barycentric(positions, triangles.subarray(3 * t, 3 * t + 3), point);
    const least = Math.min(...weights);
    if (least <= inside) continue;
    inside = least;
    best = { triangle: t, weights };
  }
  const clamped = best.weights.map((weight) => Math.max(0, weight));
  const total = clamped[0] + clamped[1] + clamped[2];
  return { triangle: best.triangle, weights: clamped.map((weight) => weight / total) };
}

function barycentric(p: Float32Array, [i, j, k]: Uint32Array, point: Float32Array): number[] {
  let [uu, uv, vv, wu, wv] = [0, 0, 0, 0, 0];
  for (let c = 0; c < 3; c++) {
    const u = p[3 * j + c] - p[3 * i + c];
    const v = p[3 * k + c] - p[3 * i + c];
    const w = point[c] - p[3 * i + c];
    uu += u * u;
    uv += u * v;
    vv += v * v;
    wu += w * u;
    wv += w * v;
  }
  const determinant = uu * vv - uv * uv;
  if (!(determinant > 1e-18 * uu * vv)) return [1, 0, 0];
  const b1 = (vv * wu - uv * wv) / determinant;
  const b2 = (uu * wv - uv * wu) / determinant;
  return [1 - b1 - b2, b1, b2];
}

function emptyBinding(count: number): Binding {
  return { count, indices: new Uint16Array(count * HANDLES), weights: new Float32Array(count * HANDLES) };
}
