// The steps of a prefix sum on the GPU (scan.wgsl.ts).

import type { Step } from "./kernel.ts";
import type { Kernels } from "./kernels.ts";
import { SCAN_BLOCK } from "./scan.wgsl.ts";

/** Makes a uniform of four whole numbers. */
export type Words = (...values: number[]) => GPUBuffer;

/** Blocks that one workgroup takes one after the other in less time than three dispatches take. */
const FEW = 4;

/**
 * Replaces `values[0..length)` by the sums of what comes before each.
 * @param sums scratch, one number for every `SCAN_BLOCK` values.
 * @param total its first number becomes the sum of all.
 */
export function scanSteps(
  kernels: Kernels,
  words: Words,
  values: GPUBuffer,
  length: number,
  sums: GPUBuffer,
  total: GPUBuffer,
): Step[] {
  const blocks = Math.ceil(length / SCAN_BLOCK);
  const range = words(length, blocks, 0, 0);
  if (blocks <= FEW) return [kernels.scanFew([range, values, total], 1)];
  return [
    kernels.scanReduce([range, sums, values], blocks),
    kernels.scanSums([range, sums, total], 1),
    kernels.scanApply([range, sums, values], blocks),
  ];
}
