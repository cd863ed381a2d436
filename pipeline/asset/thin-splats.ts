// The splats that the optimisation looks at: an even choice of a cloud's nodes in the renderer's terms. Colours are those of the file,
// light and all, averaged over the splats around each node.

import type { Splats } from "../render/renderer.ts";
import type { Asset } from "./asset.ts";
import { normalisation, toNormalised } from "./normalise.ts";
import { SIGMA_PER_SPACING } from "./sample-splats.ts";
import { NEIGHBOURS, type SplatSurface, VISIBLE } from "./splat-surface.ts";
import { toSrgb } from "./surface-color.ts";
import { thinPoints } from "./thin-points.ts";

export interface ThinSplats {
  splats: Splats;
  /** The splat of the file that each one is, [count]. */
  sources: Uint32Array;
}

/** @param count at most this many, fewer where the cloud has fewer nodes */
export function thinSplats(asset: Asset, surface: SplatSurface, count: number): ThinSplats {
  const [primitive] = asset.primitives;
  const of = (values: Float32Array, splats: Uint32Array): Float32Array =>
    Float32Array.from({ length: splats.length * 3 }, (_, i) => values[splats[Math.floor(i / 3)] * 3 + (i % 3)]);
  const { nodes, area } = surface;
  const places = of(primitive.positions, nodes);
  const kept =
    nodes.length > count
      ? thinPoints(places, of(primitive.normals, nodes), { count, area })
      : Uint32Array.from(nodes.keys());
  const sources = kept.map((node) => nodes[node]);
  const space = normalisation(asset);
  const colors = nodeColors(primitive.colors!, surface);
  return {
    splats: {
      count: kept.length,
      positions: toNormalised(of(primitive.positions, sources), space),
      normals: of(primitive.normals, sources),
      colors: of(colors, kept),
      sigmas: new Float32Array(kept.length).fill(SIGMA_PER_SPACING * Math.sqrt(area / kept.length) * space.scale),
    },
    sources,
  };
}

/** Mean of the visible splats of a node and of its neighbours, by opacity; sRGB, [nodes * 3]. @param colors linear RGBA */
function nodeColors(colors: Float32Array, { nodes, nodeOf, neighbours }: SplatSurface): Float32Array {
  const sums = new Float64Array(nodes.length * 4);
  nodeOf.forEach((node, splat) => {
    const opacity = colors[splat * 4 + 3];
    if (!(opacity >= VISIBLE)) return;
    for (let c = 0; c < 3; c++) sums[node * 4 + c] += opacity * colors[splat * 4 + c];
    sums[node * 4 + 3] += opacity;
  });
  const mean = new Float32Array(nodes.length * 3);
  for (let n = 0; n < nodes.length; n++) {
    // The nearest two of the neighbours: more would wash out what 48 pixels can show.
    const around = [n, ...neighbours.subarray(n * NEIGHBOURS, n * NEIGHBOURS + 2)];
    const total = around.reduce((sum, node) => sum + sums[node * 4 + 3], 0);
    for (let c = 0; c < 3; c++) {
      mean[n * 3 + c] = toSrgb(around.reduce((sum, node) => sum + sums[node * 4 + c], 0) / total);
    }
  }
  return mean;
}
