// The renderer on the GPU, behind the same contracts as the CPU's, which is its reference: posed splats, or a pose that is deformed
// there too. Cuts and joins what is drawn chunk by chunk; the order of the work is in chain.ts, the shaders in the .wgsl.ts files.

import type { Gpu } from "../../device/open-gpu.ts";
import { AnimusError } from "../../errors.ts";
import type { Pose } from "../../motion/motion.ts";
import { checkFrames, checkSplats, createCallQueue, renderFirst, requireLength } from "../check-input.ts";
import { COMPOSITE_DEFAULTS } from "../composite.ts";
import { lowPassOf } from "../footprint.ts";
import type { DevicePoseRenderer, PosedScene, PoseRenderer } from "../pose-renderer.ts";
import type { RenderOptions } from "../render-task.ts";
import type { Camera, Renderer, RenderSettings, SplatFrames, Splats } from "../renderer.ts";
import type { Chunk, ChunkWork } from "./chunk.ts";
import { createChunkDrawer, type Source } from "./chunk-drawer.ts";
import { copyPlanes } from "./copy-planes.ts";
import { loadKernels } from "./kernels.ts";
import { addPoseGradient, packPose } from "./pack-pose.ts";
import { TILE } from "./shared.wgsl.ts";
import { createStopwatch, type StopwatchOptions } from "./stopwatch.ts";
import { destroyAll, uploadRigging, uploadSurface } from "./surface.ts";

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

/** What a renderer on the GPU shows besides, for measurements. */
export interface WorkOfGpu {
  /**
   * What the last call that rendered did on the device, and what its gradient does there. It may be encoded again until the next
   * call of the renderer. Null where the frames did not fit at once, or nothing was rendered.
   */
  work(): ChunkWork | null;
}

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
): Promise<Renderer & WorkOfGpu> {
  const { render, backward, dispose, work } = await createRenderer(gpu, splats, null, settings, options);
  return { render, backward, dispose, work };
}

/** The same of a scene's splats, which are also deformed on the device: only the pose and its gradient travel. */
export function createGpuPoseRenderer(
  gpu: Gpu,
  scene: PosedScene,
  settings: RenderSettings,
  options: Partial<GpuRendererOptions> = {},
): Promise<PoseRenderer & WorkOfGpu> {
  return createRenderer(gpu, scene.splats, scene, settings, options);
}

async function createRenderer(
  gpu: Gpu,
  splats: Splats,
  scene: PosedScene | null,
  settings: RenderSettings,
  options: Partial<GpuRendererOptions>,
): Promise<PoseRenderer & WorkOfGpu> {
  const { memory, stopwatch: timing, ...look } = { ...GPU_RENDERER_DEFAULTS, lowPass: lowPassOf(splats), ...options };
  const { count } = splats;
  checkSplats(splats);
  checkSize(settings);
  const plane = settings.width * settings.height;
  const kernels = await loadKernels(gpu);
  const [surface, rigging] = await gpu.guard("hold the splats", () => [
    uploadSurface(gpu.device, splats),
    scene && uploadRigging(gpu.device, scene),
  ]);
  const stopwatch = timing && createStopwatch(gpu.device, timing);
  const handles = rigging?.handles ?? 0;
  const shape = { count, handles, ...settings };
  const drawer = createChunkDrawer(gpu, { kernels, surface, rigging, shape, look, memory, stopwatch });
  const queue = createCallQueue();
  /** The last call; `drawn` is the first frame that the drawer's chunk holds. */
  let last: { kind: "splats" | "pose"; source: Source; cameras: Camera[]; drawn: number } | null = null;

  /** @param keep makes what the caller may change afterwards the renderer's own, where it must be drawn again. */
  const draw = async (kind: "splats" | "pose", source: Source, cameras: readonly Camera[], keep: () => Source) => {
    last = null;
    const result = new Float32Array(cameras.length * 3 * source.frames * plane);
    let drawn = 0;
    for (let first = 0; first < source.frames && cameras.length > 0; ) {
      const { images, frames } = await drawer.draw(source, cameras, first, true);
      drawn = first;
      copyPlanes(images!, 0, frames, result, first, source.frames, plane, frames);
      first += frames;
    }
    last = { kind, source: drawn === 0 ? source : keep(), cameras: cameras.map((camera) => ({ ...camera })), drawn };
    return result;
  };

  /** Takes the gradient back chunk by chunk. @param take asks the chunk and keeps its answer for frames from `first` on. */
  const differentiate = async (
    kind: "splats" | "pose",
    gradient: Float32Array,
    take: (chunk: Chunk, part: Float32Array, first: number, source: Source) => Promise<void>,
  ) => {
    if (last?.kind !== kind) throw renderFirst();
    const { source, cameras, drawn } = last;
    requireLength("gradient", gradient, cameras.length * 3 * source.frames * plane);
    for (let first = 0; first < source.frames && cameras.length > 0; ) {
      // A single chunk still holds what it drew.
      const frames = drawn === 0 ? source.frames : (await drawer.draw(source, cameras, first, false)).frames;
      const part = new Float32Array((gradient.length / source.frames) * frames);
      copyPlanes(gradient, first, source.frames, part, 0, frames, plane, frames);
      await take(drawer.chunk!, part, first, source);
      first += frames;
    }
  };

  const onDevice: DevicePoseRenderer = {
    gpu,
    renderPose: (pose, cameras) =>
      queue.call(async () => {
        const source = poseSource(pose, handles);
        last = null;
        const { frames } = await drawer.draw(source, cameras, 0, false);
        if (frames < source.frames) return null;
        last = { kind: "pose", source, cameras: cameras.map((camera) => ({ ...camera })), drawn: 0 };
        const { images, imageGradient } = drawer.chunk!;
        return { images, gradient: imageGradient };
      }),
    backwardPose: (out) =>
      queue.call(async () => {
        if (last?.kind !== "pose" || last.drawn !== 0) throw renderFirst();
        addPoseGradient(await drawer.chunk!.backwardPose(null), 0, handles, out);
      }),
  };

  return {
    ...(scene ? { onDevice } : {}),
    render: (frames, cameras) =>
      queue.call(async () => {
        checkFrames(frames, count);
        return draw("splats", splatSource(frames), cameras, () => splatSource(copyFrames(frames)));
      }),

    renderPose: (pose, cameras) =>
      queue.call(async () => {
        const source = poseSource(pose, handles);
        return draw("pose", source, cameras, () => source);
      }),

    backward: (gradient) =>
      queue.call(async () => {
        const frames = last?.source.frames ?? 0;
        const positions = new Float32Array(frames * count * 3);
        const linears = new Float32Array(frames * count * 9);
        await differentiate("splats", gradient, async (chunk, part, first) => {
          const onSplats = await chunk.backward(part);
          const split = chunk.shape.frames * count * 3;
          positions.set(onSplats.subarray(0, split), first * count * 3);
          linears.set(onSplats.subarray(split), first * count * 9);
        });
        return { positions, linears };
      }),

    backwardPose: (gradient, out) =>
      queue.call(() =>
        differentiate("pose", gradient, async (chunk, part, first) =>
          addPoseGradient(await chunk.backwardPose(part), first, handles, out),
        ),
      ),

    work: () => (last?.drawn === 0 && last.cameras.length > 0 ? drawer.chunk!.work() : null),

    dispose: async () => {
      await queue.close();
      drawer.dispose();
      destroyAll(surface);
      if (rigging) destroyAll(rigging);
      stopwatch?.dispose();
    },
  };
}

function splatSource(posed: SplatFrames): Source {
  return { frames: posed.frames, put: (chunk, first) => chunk.upload(posed, first) };
}

function poseSource(pose: Pose, handles: number): Source {
  if (pose.handles !== handles) {
    throw new AnimusError("internal", `A pose of ${pose.handles} handles where the scene has ${handles}.`);
  }
  const packed = packPose(pose);
  return { frames: pose.frames, put: (chunk, first) => chunk.uploadPose(packed, first) };
}

function checkSize({ width, height }: RenderSettings): void {
  if (Math.max(width, height) <= MOST_TILES * TILE) return;
  throw new AnimusError("internal", `Images of ${width}x${height} pixels are too large for the GPU renderer.`, {
    hint: `Use at most ${MOST_TILES * TILE} pixels a side.`,
  });
}

function copyFrames({ frames, positions, linears }: SplatFrames): SplatFrames {
  return { frames, positions: positions.slice(), linears: linears.slice() };
}
