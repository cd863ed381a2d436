// The renderer's memory on the device: what a chunk of frames needs, how many frames fit, and the buffers themselves.

import type { AdapterLimits } from "../../device/gpu-adapter.ts";
import { BUFFER } from "../../device/gpu-flags.ts";
import { AnimusError } from "../../errors.ts";
import { POSE_STRIDE } from "./deform.wgsl.ts";
import { DIGITS, SORT_BLOCK } from "./radix-sort.wgsl.ts";
import { MOMENTS } from "./rasterise-gradient.wgsl.ts";
import { SCAN_BLOCK } from "./scan.wgsl.ts";
import { PROJECTED_BYTES, TILE } from "./shared.wgsl.ts";

/** What one chain of dispatches draws: every camera of some frames. */
export interface Shape {
  count: number;
  frames: number;
  cameras: number;
  width: number;
  height: number;
  /** Handles that pose the splats; 0 where none do. */
  handles: number;
}

export const tilesOf = (size: number) => Math.ceil(size / TILE);
export const imagesOf = ({ frames, cameras }: Shape) => frames * cameras;
/** (image, splat) pairs. */
export const entriesOf = (shape: Shape) => imagesOf(shape) * shape.count;
export const allTilesOf = (shape: Shape) => imagesOf(shape) * tilesOf(shape.width) * tilesOf(shape.height);

/** Bytes of each buffer. `pairs`: room for this many (tile, splat) pairs. */
export function bufferSizes(shape: Shape, pairs: number) {
  const { count, frames, cameras, width, height, handles } = shape;
  const entries = entriesOf(shape);
  const longest = Math.max(entries, pairs);
  const histogram = DIGITS * Math.ceil(longest / SORT_BLOCK);
  return {
    positions: 12 * frames * count,
    linears: 36 * frames * count,
    pose: 4 * POSE_STRIDE * frames * handles,
    poseGradient: 4 * POSE_STRIDE * frames * handles,
    cameras: 48 * cameras,
    projected: PROJECTED_BYTES * entries,
    depths: 4 * entries,
    depthsSpare: 4 * entries,
    order: 4 * entries,
    orderSpare: 4 * entries,
    firsts: 4 * entries,
    histogram: 4 * histogram,
    sums: 4 * Math.ceil(Math.max(longest, histogram) / SCAN_BLOCK),
    ranges: 8 * allTilesOf(shape),
    images: 12 * imagesOf(shape) * width * height,
    imageGradient: 12 * imagesOf(shape) * width * height,
    gradient: 48 * frames * count,
    tiles: 4 * pairs,
    tilesSpare: 4 * pairs,
    slots: 4 * pairs,
    slotsSpare: 4 * pairs,
    entries: 4 * pairs,
    moments: 4 * MOMENTS * pairs,
    status: 8,
    scrap: 4,
  };
}

export type BufferName = keyof ReturnType<typeof bufferSizes>;
export type Buffers = Record<BufferName, GPUBuffer>;

/** What does not fit, in words, or null where all does. */
export function misfit(shape: Shape, pairs: number, limits: AdapterLimits, memory: number): string | null {
  const sizes = Object.entries(bufferSizes(shape, pairs));
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  const tooBig = sizes.find(([, bytes]) => bytes > most);
  if (tooBig) return `the buffer "${tooBig[0]}" of ${mebibytes(tooBig[1])} (the adapter takes ${mebibytes(most)})`;
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  return total > memory ? `${mebibytes(total)} in all (the renderer may use ${mebibytes(memory)})` : null;
}

/**
 * The most frames that fit at once with `pairs(frames)` pairs.
 * @throws AnimusError (device) where not even one does.
 */
export function framesThatFit(
  shape: Shape,
  pairs: (frames: number) => number,
  limits: AdapterLimits,
  memory: number,
): number {
  const problem = (frames: number) => misfit({ ...shape, frames }, pairs(frames), limits, memory);
  const needed = problem(1);
  if (needed) {
    const { count, cameras, width, height } = shape;
    throw new AnimusError(
      "device",
      `One frame of ${count} splats from ${cameras} cameras at ${width}x${height} pixels does not fit the GPU: it needs ${needed}.`,
      { hint: "Use fewer or smaller splats, fewer cameras or smaller images, or --device cpu." },
    );
  }
  let [fits, fails] = [1, shape.frames + 1];
  while (fails - fits > 1) {
    const middle = (fits + fails) >> 1;
    if (problem(middle)) fails = middle;
    else fits = middle;
  }
  return fits;
}

export function allocateBuffers(device: GPUDevice, shape: Shape, pairs: number): Buffers {
  const usage = BUFFER.storage | BUFFER.copySource | BUFFER.copyTarget;
  const sizes = Object.entries(bufferSizes(shape, pairs));
  // Bindings must not be empty.
  const made = sizes.map(([label, size]) => [label, device.createBuffer({ label, size: Math.max(size, 8), usage })]);
  return Object.fromEntries(made) as Buffers;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
