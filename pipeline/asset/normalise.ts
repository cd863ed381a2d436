// Between asset space, where files and players live, and normalised space, where the optimisation happens: centred, with the
// largest side of the bounds 1. Points only; directions do not change.

import type { Asset, Normalisation } from "./asset.ts";

export function normalisation(asset: Pick<Asset, "bounds">): Normalisation {
  const { min, max } = asset.bounds;
  const size = [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
  const scale = 1 / Math.max(...size);
  return {
    centre: [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2],
    scale,
    diagonal: Math.hypot(...size) * scale,
  };
}

/** Asset space to normalised space. @param points [n * 3]; a new array is returned. */
export function toNormalised(points: Float32Array, { centre, scale }: Normalisation): Float32Array {
  return points.map((value, i) => (value - centre[i % 3]) * scale);
}

/** Normalised space to asset space. @param points [n * 3]; a new array is returned. */
export function toAsset(points: Float32Array, { centre, scale }: Normalisation): Float32Array {
  return points.map((value, i) => value / scale + centre[i % 3]);
}
