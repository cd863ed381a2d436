// Draws frames chunk by chunk: as many at once as fit the device, with room for as many (tile, splat) pairs as were counted. Keeps
// the last chunk, because most calls want the same again.

import type { Gpu } from "../../device/open-gpu.ts";
import { viewAxes } from "../camera.ts";
import { notFinite } from "../check-input.ts";
import type { RenderOptions } from "../render-task.ts";
import type { Camera } from "../renderer.ts";
import { type Chunk, createChunk } from "./chunk.ts";
import type { Kernels } from "./kernels.ts";
import { framesThatFit, type Shape } from "./memory.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { Rigging, Surface } from "./surface.ts";

/** Room for pairs beyond what was counted: motions change from step to step. */
const SLACK = 1.25;

/** Frames to draw, whether they are splats or a pose. */
export interface Source {
  frames: number;
  /** Gives a chunk its frames, from `first` on. */
  put(chunk: Chunk, first: number): void;
}

export interface DrawnFrames {
  images: Float32Array | null;
  frames: number;
}

export interface ChunkDrawer {
  /**
   * Draws the frames from `first` on that fit, on what is then `chunk`. The counting pass comes first where nothing was counted yet.
   * @param read bring the images here; null otherwise.
   * @throws AnimusError (device) where not even one fits; AnimusError (internal) that names a splat that is not finite.
   */
  draw(source: Source, cameras: readonly Camera[], first: number, read: boolean): Promise<DrawnFrames>;
  /** What was drawn last. */
  readonly chunk: Chunk | null;
  dispose(): void;
}

export interface DrawerOptions {
  kernels: Kernels;
  surface: Surface;
  rigging: Rigging | null;
  /** Without frames and cameras, which each call names. */
  shape: Omit<Shape, "frames" | "cameras">;
  look: RenderOptions;
  memory: number;
  stopwatch: Stopwatch | null;
}

export function createChunkDrawer(gpu: Gpu, options: DrawerOptions): ChunkDrawer {
  const { kernels, surface, rigging, look, memory, stopwatch } = options;
  const { count } = options.shape;
  let chunk: Chunk | null = null;
  /** (tile, splat) pairs a frame as counted so far. */
  let pairsPerFrame = 0;
  const pairsOf = (frames: number) => Math.max(1, Math.ceil(SLACK * frames * pairsPerFrame));

  /** A chunk of this shape with at least this room for pairs, the present one where it will do. */
  const chunkFor = async (shape: Shape, pairs: number): Promise<Chunk> => {
    if (chunk && sameShape(chunk.shape, shape) && chunk.pairs >= pairs) return chunk;
    chunk?.dispose();
    chunk = null;
    chunk = await createChunk(gpu, kernels, shape, pairs, look, surface, rigging, stopwatch);
    return chunk;
  };

  return {
    async draw(source, cameras, first, read) {
      for (;;) {
        const whole: Shape = { ...options.shape, frames: source.frames, cameras: cameras.length };
        const fit = framesThatFit(whole, pairsOf, gpu.facts.limits, memory);
        const frames = Math.min(fit, source.frames - first);
        const present = await chunkFor({ ...whole, frames }, pairsOf(frames));
        source.put(present, first);
        present.look(axesOf(cameras));
        const counted = pairsPerFrame > 0;
        const { pairs, bad, images } = counted ? await present.draw(read) : await present.count();
        if (bad !== null) throw notFinite(bad % count, first + Math.floor(bad / count));
        if (counted && pairs <= present.pairs) return { images, frames };
        pairsPerFrame = Math.max(pairs / frames, pairsPerFrame, 1);
      }
    },
    get chunk() {
      return chunk;
    },
    dispose: () => chunk?.dispose(),
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
