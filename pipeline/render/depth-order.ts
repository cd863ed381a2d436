// Front-to-back order of the visible splats of one image: a stable radix sort over the bits of their depths. The order is a
// constant to the gradients.

import { PROJECTED_STRIDE, type ProjectedSplats } from "./project-splats.ts";

const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const DEPTH = 7;

/** Scratch of `sortByDepth`. */
export interface DepthOrder {
  /** Splat indices from front to back, the first `visible` entries. */
  order: Uint32Array;
  spare: Uint32Array;
  keys: Float32Array;
  buckets: Uint32Array;
}

export function allocateDepthOrder(count: number): DepthOrder {
  return {
    order: new Uint32Array(count),
    spare: new Uint32Array(count),
    keys: new Float32Array(count),
    buckets: new Uint32Array(BUCKETS),
  };
}

/** Sorts by depth in single precision; equal depths keep the order of their indices. Depths must be positive. */
export function sortByDepth({ data, indices, visible }: ProjectedSplats, scratch: DepthOrder): void {
  const { keys, buckets } = scratch;
  const bits = new Uint32Array(keys.buffer);
  let [from, to] = [scratch.order, scratch.spare];
  for (let k = 0; k < visible; k++) {
    from[k] = indices[k];
    keys[indices[k]] = data[indices[k] * PROJECTED_STRIDE + DEPTH];
  }
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    buckets.fill(0);
    for (let k = 0; k < visible; k++) buckets[(bits[from[k]] >>> shift) & (BUCKETS - 1)]++;
    for (let bucket = 0, start = 0; bucket < BUCKETS; bucket++) {
      const size = buckets[bucket];
      buckets[bucket] = start;
      start += size;
    }
    for (let k = 0; k < visible; k++) {
      const index = from[k];
      to[buckets[(bits[index] >>> shift) & (BUCKETS - 1)]++] = index;
    }
    [from, to] = [to, from];
  }
  scratch.order = from;
  scratch.spare = to;
}
