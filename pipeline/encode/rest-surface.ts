// The triangles that clips are measured on: a bounded, evenly spread choice of an asset's triangles, as one binding.

import type { FieldBinding } from "../../runtime/field.ts";

/** Triangles of one primitive in asset space at rest; `Primitive` of the asset room is one. */
export interface RestSurface {
  /** [vertices * 3] */
  positions: Float32Array;
  /** [triangles * 3] */
  indices: Uint32Array;
}

export interface SampledSurface {
  binding: FieldBinding;
  /** [vertices * 3], asset units. */
  rest: Float32Array;
  /** Vertex pairs, each edge once, [edges * 2]. */
  edges: Uint32Array;
}

/** Takes every n-th triangle so that at most `limit` (about) remain, with only the vertices that they use. */
export function sampleSurface(
  bindings: readonly FieldBinding[],
  surface: readonly RestSurface[],
  limit: number,
): SampledSurface {
  const total = surface.reduce((sum, part) => sum + part.indices.length / 3, 0);
  const stride = Math.max(1, Math.ceil(total / limit));
  const rest: number[] = [];
  const indices: number[] = [];
  const weights: number[] = [];
  const edges: number[] = [];
  surface.forEach((part, p) => {
    const binding = bindings[p];
    const places = new Map<number, number>();
    const seen = new Set<number>();
    const place = (vertex: number): number => {
      const known = places.get(vertex);
      if (known !== undefined) return known;
      const fresh = rest.length / 3;
      places.set(vertex, fresh);
      for (let c = 0; c < 3; c++) rest.push(part.positions[vertex * 3 + c]);
      for (let c = vertex * 4; c < vertex * 4 + 4; c++) {
        indices.push(binding.indices[c]);
        weights.push(binding.weights[c]);
      }
      return fresh;
    };
    const vertices = part.positions.length / 3;
    for (let t = 0; t < part.indices.length; t += stride * 3) {
      for (let corner = 0; corner < 3; corner++) {
        const a = part.indices[t + corner];
        const b = part.indices[t + ((corner + 1) % 3)];
        const name = Math.min(a, b) * vertices + Math.max(a, b);
        if (seen.has(name)) continue;
        seen.add(name);
        edges.push(place(a), place(b));
      }
    }
  });
  const vertexCount = rest.length / 3;
  return {
    binding: {
      node: 0,
      nodeName: "",
      mesh: 0,
      primitive: 0,
      vertexCount,
      positionsHash: "",
      meshToAsset: new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
      indices: Uint16Array.from(indices),
      weights: Uint16Array.from(weights),
    },
    rest: Float32Array.from(rest),
    edges: Uint32Array.from(edges),
  };
}
