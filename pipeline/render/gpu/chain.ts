// The dispatches of one chunk, built once for its buffers: count, draw, gradient. The order of the renderer's work on the GPU is
// this file.

import { BUFFER } from "../../device/gpu-flags.ts";
import type { Gpu } from "../../device/open-gpu.ts";
import { NEAR, pixelScale } from "../camera.ts";
import { FLATNESS, SUPPORT } from "../project-splats.ts";
import type { RenderOptions } from "../render-task.ts";
import { BACKGROUND, CAMERA_DISTANCE } from "../renderer.ts";
import type { Step } from "./kernel.ts";
import type { Kernels } from "./kernels.ts";
import { allTilesOf, type Buffers, entriesOf, type Shape, tilesOf } from "./memory.ts";
import { DEPTH_BITS } from "./project.wgsl.ts";
import { radixSteps } from "./radix-sort.ts";
import { scanSteps } from "./scan.ts";
import { PARAMS_BYTES, WORKGROUP } from "./shared.wgsl.ts";
import type { Rigging, Surface } from "./surface.ts";

export interface Chain {
  /** From the pose to positions and linears; empty without handles. */
  deform: Step[];
  /** Up to the number of pairs, in status[0]; nothing of it depends on the room for pairs. */
  count: Step[];
  /** From the start to the images. */
  draw: Step[];
  /** From dL/dimages to `gradient`; the steps of `draw` come before. */
  gradient: Step[];
  /** From `gradient` to the pose's; empty without handles. */
  deformGradient: Step[];
  dispose(): void;
}

export function buildChain(
  gpu: Gpu,
  kernels: Kernels,
  shape: Shape,
  pairs: number,
  look: RenderOptions,
  { surface, colors }: Surface,
  rigging: Rigging | null,
  b: Buffers,
): Chain {
  const uniforms: GPUBuffer[] = [];
  const uniform = (bytes: number, fill: (view: DataView) => void) => {
    const buffer = gpu.device.createBuffer({ size: bytes, usage: BUFFER.uniform, mappedAtCreation: true });
    fill(new DataView(buffer.getMappedRange()));
    buffer.unmap();
    uniforms.push(buffer);
    return buffer;
  };
  const params = uniform(PARAMS_BYTES, (view) => writeParams(view, shape, pairs, look));
  const words = (...values: number[]) =>
    uniform(16, (view) => {
      for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
    });
  const entries = entriesOf(shape);
  const tiles = allTilesOf(shape);
  const perEntry = Math.ceil(entries / WORKGROUP);

  const project = kernels.project(
    [params, surface, b.positions, b.linears, b.cameras, b.projected, b.depths, b.order, b.status],
    perEntry,
  );
  const scan = (values: GPUBuffer, length: number, total: GPUBuffer) =>
    scanSteps(kernels, words, values, length, b.sums, total);
  const sort = (pairs_: Parameters<typeof radixSteps>[2], length: number, bits: number, counted: boolean) =>
    radixSteps(
      kernels,
      words,
      pairs_,
      { length, bits, counted, status: b.status, histogram: b.histogram },
      (values, n) => scan(values, n, b.scrap),
    );
  const countOver = (order: GPUBuffer) => [
    kernels.countTiles([params, b.projected, order, b.firsts], perEntry),
    ...scan(b.firsts, entries, b.status),
  ];

  const byDepth = sort(
    { keys: b.depths, values: b.order, keysSpare: b.depthsSpare, valuesSpare: b.orderSpare },
    entries,
    DEPTH_BITS,
    false,
  );
  const byTile = sort(
    { keys: b.tiles, values: b.slots, keysSpare: b.tilesSpare, valuesSpare: b.slotsSpare },
    pairs,
    Math.max(1, Math.ceil(Math.log2(tiles))),
    true,
  );
  const inTile = [params, b.ranges, byTile.values, b.entries, b.projected, colors, b.images];
  const draw = [
    project,
    ...byDepth.steps,
    ...countOver(byDepth.values),
    kernels.fillSlots([params, b.projected, byDepth.values, b.firsts, b.tiles, b.slots, b.entries], perEntry),
    ...byTile.steps,
    kernels.findRanges([params, b.status, byTile.keys, b.ranges], Math.ceil(pairs / WORKGROUP)),
    kernels.rasterise(inTile, tiles),
  ];
  const gradient = [
    kernels.rasteriseGradient([...inTile, b.imageGradient, b.moments], tiles),
    kernels.projectGradient(
      [params, surface, b.positions, b.linears, b.cameras, b.projected, b.moments, b.gradient],
      Math.ceil((shape.frames * shape.count) / WORKGROUP),
    ),
  ];
  const dispose = () => {
    for (const buffer of uniforms) buffer.destroy();
  };
  const posed = rigging ? deformSteps(kernels, shape, params, rigging, b) : { deform: [], deformGradient: [] };
  return { count: [project, ...countOver(b.order)], draw, gradient, ...posed, dispose };
}

function deformSteps(kernels: Kernels, { count, frames, handles }: Shape, params: GPUBuffer, r: Rigging, b: Buffers) {
  const forward = [params, r.points, r.bound, r.weights, r.rest, b.pose, b.positions, b.linears];
  const backward = [params, r.points, r.weights, r.rest, r.starts, r.members, b.gradient, b.poseGradient];
  return {
    deform: [kernels.deform(forward, Math.ceil((count * frames) / WORKGROUP))],
    deformGradient: [kernels.deformGradient(backward, frames * handles)],
  };
}

/** The struct Params of shared.wgsl.ts. */
function writeParams(view: DataView, shape: Shape, pairs: number, { lowPass, opacity, stop }: RenderOptions): void {
  const { count, frames, cameras, width, height } = shape;
  const whole = [count, frames, cameras, width, height, tilesOf(width), tilesOf(height), pairs];
  const scale = [pixelScale(width), -pixelScale(height)];
  const real = [lowPass, opacity, stop, ...scale, 1 - FLATNESS ** 2, SUPPORT, BACKGROUND, NEAR, CAMERA_DISTANCE];
  for (const [i, value] of whole.entries()) view.setUint32(4 * i, value, true);
  for (const [i, value] of real.entries()) view.setFloat32(4 * (whole.length + i), value, true);
}
