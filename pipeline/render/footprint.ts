// How wide a pixel's own footprint is: the variance that every projected splat gains. Chosen so that these renders agree with
// the teacher's training pictures, which draw points as dots of 3 half pixels, and of 5 where a surface is sparsely covered.

import type { Splats } from "./renderer.ts";

/** Pixels squared. Measured on twelve models: 23.1 and 22.9 dB over the foreground against the training pictures. */
export const DENSE_LOW_PASS = 0.26;
export const SPARSE_LOW_PASS = 0.66;
/** Surface area in normalised units from which the training pictures use the wider dots. */
export const SPARSE_AREA = 1.3;
/** A splat's sigma over the distance between splats, as the sampler chooses it. */
const SIGMA_PER_SPACING = 0.6;

/** @returns the low-pass variance for an asset, from the area its splats cover. */
export function lowPassOf({ sigmas }: Splats): number {
  let sum = 0;
  for (const sigma of sigmas) sum += (sigma / SIGMA_PER_SPACING) ** 2;
  return sum > SPARSE_AREA ? SPARSE_LOW_PASS : DENSE_LOW_PASS;
}
