// The steps of a radix sort on the GPU (radix-sort.wgsl.ts): one histogram, prefix sum and scatter for every four bits.

import type { Step } from "./kernel.ts";
import type { Kernels } from "./kernels.ts";
import { DIGIT_BITS, DIGITS, SORT_BLOCK } from "./radix-sort.wgsl.ts";
import type { Words } from "./scan.ts";

export interface SortBuffers {
  keys: GPUBuffer;
  values: GPUBuffer;
  keysSpare: GPUBuffer;
  valuesSpare: GPUBuffer;
}

export interface SortOptions {
  length: number;
  /** Bits of the keys that may differ, from the lowest. */
  bits: number;
  /** Sort only the first `status[0]` pairs where those are fewer. */
  counted: boolean;
  status: GPUBuffer;
  /** Scratch: `DIGITS` numbers for every `SORT_BLOCK` pairs. */
  histogram: GPUBuffer;
}

/** @returns the steps, and the buffers that hold the sorted pairs after them. */
export function radixSteps(
  kernels: Kernels,
  words: Words,
  buffers: SortBuffers,
  { length, bits, counted, status, histogram }: SortOptions,
  scan: (values: GPUBuffer, length: number) => Step[],
): { steps: Step[]; keys: GPUBuffer; values: GPUBuffer } {
  let { keys, values, keysSpare, valuesSpare } = buffers;
  const blocks = Math.ceil(length / SORT_BLOCK);
  const steps: Step[] = [];
  for (let shift = 0; shift < bits; shift += DIGIT_BITS) {
    const pass = words(length, blocks, shift, counted ? 1 : 0);
    steps.push(
      kernels.radixCount([pass, status, keys, histogram], blocks),
      ...scan(histogram, DIGITS * blocks),
      kernels.radixScatter([pass, status, keys, values, histogram, keysSpare, valuesSpare], blocks),
    );
    [keys, keysSpare] = [keysSpare, keys];
    [values, valuesSpare] = [valuesSpare, values];
  }
  return { steps, keys, values };
}
