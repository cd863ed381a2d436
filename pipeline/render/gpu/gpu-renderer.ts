// The renderer on the GPU, behind the same contract as the CPU's, which is its reference. Splits the frames into chunks that
// fit the device, uploads, runs the chain of chain.ts and reads the result; the shaders are in the .wgsl.ts files.

import { BUFFER } from "../../device/gpu-flags.ts";
import type { Gpu } from "../../device/open-gpu.ts";
import { AnimusError } from "../../errors.ts";
import { viewAxes } from "../camera.ts";
import { checkFrames, checkSplats, createCallQueue, notFinite, renderFirst, requireLength } from "../check-input.ts";
import { COMPOSITE_DEFAULTS } from "../composite.ts";
import { lowPassOf } from "../footprint.ts";
import type { RenderOptions } from "../render-task.ts";
import type { Camera, Renderer, RenderSettings, SplatFrames, Splats } from "../renderer.ts";
import type { Surface } from "./chain.ts";
import { type Chunk, createChunk } from "./chunk.ts";
import { copyPlanes } from "./copy-planes.ts";
import { loadKernels } from "./kernels.ts";
import { framesThatFit, type Shape } from "./memory.ts";
import { TILE } from "./shared.wgsl.ts";
import { createStopwatch, type StopwatchOptions } from "./stopwatch.ts";

export interface GpuRendererOptions extends RenderOptions {
  /** The most memory on the device, bytes; more frames than fit are drawn one chunk after another. */
  memory: number;
  /** Tells how long the device worked; null where nobody asks. */
  stopwatch: StopwatchOptions | null;
}

export const GPU_RENDERER_DEFAULTS: Omit<GpuRendererOptions, "lowPass"> = {
  memory: 2 ** 31,
  stopwatch: null,
  ...COMPOSITE_DEFAULTS,
};

/** Room for pairs beyond what was counted: motions change from step to step. */
const SLACK = 1.25;
/** Tiles a side: their numbers are packed into bytes. */
const MOST_TILES = 255;

/**
 * Makes a renderer of one asset's splats. Its results are the same bits every time on the same device, and the CPU renderer's
 * within 1e-4 (images) and a thousandth (gradients); two splats whose depths differ by less than 3e-7 may swap.
 * @throws AnimusError (internal) as createCpuRenderer; AnimusError (device) where a frame does not fit or the device fails.
 */
export async function createGpuRenderer(
  gpu: Gpu,
  splats: Splats,
  settings: RenderSettings,
  options: Partial<GpuRendererOptions> = {},
): Promise<Renderer> {
  const { memory, stopwatch: timing, ...look } = { ...GPU_RENDERER_DEFAULTS, lowPass: lowPassOf(splats), ...options };
  const { count } = splats;
  checkSplats(splats);
  const { width, height } = settings;
  if (Math.max(width, height) > MOST_TILES * TILE) {
    throw new AnimusError("internal", `Images of ${width}x${height} pixels are too large for the GPU renderer.`, {
      hint: `Use at most ${MOST_TILES * TILE} pixels a side.`,
    });
  }
  const kernels = await loadKernels(gpu);
  const surface = await gpu.guard("hold the splats", () => uploadSurface(gpu.device, splats));
  const stopwatch = timing && createStopwatch(gpu.device, timing);
  const queue = createCallQueue();
  let chunk: Chunk | null = null;
  /** The last rendered call; `drawn` is the first frame that `chunk` holds. */
  let last: { posed: SplatFrames; cameras: Camera[]; shape: Shape; drawn: number } | null = null;
  /** (tile, splat) pairs a frame as counted so far. */
  let pairsPerFrame = 0;

  const shapeOf = (frames: number, cameras: number): Shape => ({ count, frames, cameras, width, height });
  const pairsOf = (frames: number) => Math.max(1, Math.ceil(SLACK * frames * pairsPerFrame));

  /** A chunk of this shape with at least this room for pairs, the present one where it will do. */
  const chunkFor = async (shape: Shape, pairs: number): Promise<Chunk> => {
    if (chunk && sameShape(chunk.shape, shape) && chunk.pairs >= pairs) return chunk;
    chunk?.dispose();
    chunk = null;
    chunk = await createChunk(gpu, kernels, shape, pairs, look, surface, stopwatch);
    return chunk;
  };

  /** Draws frames from `first` on, as many as fit. The counting pass comes first where nothing was counted yet. */
  const drawChunk = async (posed: SplatFrames, cameras: readonly Camera[], first: number) => {
    for (;;) {
      const rest = shapeOf(posed.frames - first, cameras.length);
      const whole = shapeOf(posed.frames, cameras.length);
      const fit = framesThatFit(whole, pairsOf, gpu.facts.limits, memory);
      const shape = { ...rest, frames: Math.min(fit, rest.frames) };
      const present = await chunkFor(shape, pairsOf(shape.frames));
      present.upload(posed, first, axesOf(cameras));
      const { pairs, bad, images } = pairsPerFrame === 0 ? await present.count() : await present.draw();
      if (bad !== null) throw notFinite(bad % count, first + Math.floor(bad / count));
      const counted = pairs / shape.frames;
      if (images && pairs <= present.pairs) return { images, shape };
      pairsPerFrame = Math.max(counted, pairsPerFrame, 1);
    }
  };

  return {
    render: (frames, cameras) =>
      queue.call(async () => {
        checkFrames(frames, count);
        last = null;
        const shape = shapeOf(frames.frames, cameras.length);
        const result = new Float32Array(cameras.length * 3 * frames.frames * width * height);
        let drawn = 0;
        for (let first = 0; first < frames.frames && cameras.length > 0; ) {
          const part = await drawChunk(frames, cameras, first);
          drawn = first;
          if (part.shape.frames === frames.frames) result.set(part.images);
          else
            copyPlanes(
              part.images,
              0,
              part.shape.frames,
              result,
              first,
              frames.frames,
              width * height,
              part.shape.frames,
            );
          first += part.shape.frames;
        }
        const posed = drawn === 0 ? frames : copyFrames(frames);
        last = { posed, cameras: cameras.map((camera) => ({ ...camera })), shape, drawn };
        return result;
      }),

    backward: (gradient) =>
      queue.call(async () => {
        if (!last) throw renderFirst();
        const { posed, cameras, shape } = last;
        requireLength("gradient", gradient, shape.cameras * 3 * shape.frames * width * height);
        const positions = new Float32Array(shape.frames * count * 3);
        const linears = new Float32Array(shape.frames * count * 9);
        for (let first = 0; first < shape.frames && shape.cameras > 0; ) {
          // A single chunk still holds what it drew.
          const frames = last.drawn === 0 ? shape.frames : (await drawChunk(posed, cameras, first)).shape.frames;
          const part = new Float32Array((gradient.length / shape.frames) * frames);
          copyPlanes(gradient, first, shape.frames, part, 0, frames, width * height, frames);
          const onSplats = await chunk!.backward(part);
          positions.set(onSplats.subarray(0, frames * count * 3), first * count * 3);
          linears.set(onSplats.subarray(frames * count * 3), first * count * 9);
          first += frames;
        }
        return { positions, linears };
      }),

    dispose: async () => {
      await queue.close();
      chunk?.dispose();
      surface.surface.destroy();
      surface.colors.destroy();
      stopwatch?.dispose();
    },
  };
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.count === b.count && a.frames === b.frames && a.cameras === b.cameras;
}

/** View axes of every camera, three vec4f each. */
function axesOf(cameras: readonly Camera[]): Float32Array {
  const axes = new Float32Array(cameras.length * 12);
  for (const [k, camera] of cameras.entries()) {
    for (const [i, value] of viewAxes(camera).entries()) axes[k * 12 + Math.floor(i / 3) * 4 + (i % 3)] = value;
  }
  return axes;
}

function uploadSurface(device: GPUDevice, { count, normals, sigmas, colors }: Splats): Surface {
  const upload = (label: string, fill: (values: Float32Array) => void) => {
    const usage = BUFFER.storage;
    const buffer = device.createBuffer({ label, size: Math.max(16, count * 16), usage, mappedAtCreation: true });
    fill(new Float32Array(buffer.getMappedRange()));
    buffer.unmap();
    return buffer;
  };
  return {
    surface: upload("surface", (values) => {
      for (let i = 0; i < count; i++) {
        values.set(normals.subarray(i * 3, i * 3 + 3), i * 4);
        values[i * 4 + 3] = sigmas[i];
      }
    }),
    colors: upload("colors", (values) => {
      for (let i = 0; i < count; i++) values.set(colors.subarray(i * 3, i * 3 + 3), i * 4);
    }),
  };
}

function copyFrames({ frames, positions, linears }: SplatFrames): SplatFrames {
  return { frames, positions: positions.slice(), linears: linears.slice() };
}
