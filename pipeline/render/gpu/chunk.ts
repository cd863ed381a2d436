// One chunk on the device: its buffers and its chain, run and read back. Knows nothing of the other chunks.

import { BUFFER, MAP_READ } from "../../device/gpu-flags.ts";
import type { Gpu } from "../../device/open-gpu.ts";
import type { RenderOptions } from "../render-task.ts";
import type { SplatFrames } from "../renderer.ts";
import { buildChain } from "./chain.ts";
import { POSE_STRIDE } from "./deform.wgsl.ts";
import { runWork, type Step, type Work } from "./kernel.ts";
import type { Kernels } from "./kernels.ts";
import { allocateBuffers, bufferSizes, type Shape } from "./memory.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { Rigging, Surface } from "./surface.ts";

export interface Drawn {
  /** (tile, splat) pairs that the images need. */
  pairs: number;
  /** Index `frame * count + splat` of the first splat without a finite projection. */
  bad: number | null;
  /** [cameras, 3, frames, height, width]; null where they were only counted or not read. Wrong where `pairs` exceeds the chunk's room. */
  images: Float32Array | null;
}

export interface ChunkWork {
  forward: Work;
  backward: Work;
}

export interface Chunk {
  shape: Shape;
  /** Room for this many (tile, splat) pairs. */
  pairs: number;
  /** Takes posed splats for the next `count` or `draw`, from frame `first` on. */
  upload(posed: SplatFrames, first: number): void;
  /** Takes a packed pose (pack-pose.ts) instead. */
  uploadPose(pose: Float32Array, first: number): void;
  /** View axes of every camera, three vec4f each. */
  look(axes: Float32Array): void;
  /** Layout of the images; valid after `draw`. */
  images: GPUBuffer;
  /** dL/dimages, same layout. */
  imageGradient: GPUBuffer;
  count(): Promise<Drawn>;
  /** @param read bring the images here. */
  draw(read: boolean): Promise<Drawn>;
  /** After `draw`. @returns dL/dpositions of all frames, then dL/dlinears of all frames. */
  backward(gradient: Float32Array): Promise<Float32Array>;
  /**
   * The same to the handles.
   * @param gradient null: `imageGradient` was written on the device.
   * @returns dL/dpose of the chunk's frames, packed.
   */
  backwardPose(gradient: Float32Array | null): Promise<Float32Array>;
  /** What `draw` did on the device, and what `backward` or, after a pose, `backwardPose` does there. */
  work(): ChunkWork;
  dispose(): void;
}

const NONE = 0xffffffff;

/** @throws AnimusError (device) where the device has no memory left. */
export async function createChunk(
  gpu: Gpu,
  kernels: Kernels,
  shape: Shape,
  pairs: number,
  look: RenderOptions,
  surface: Surface,
  rigging: Rigging | null,
  stopwatch: Stopwatch | null,
): Promise<Chunk> {
  const { device } = gpu;
  const sizes = bufferSizes(shape, pairs);
  const made = await gpu.guard("allocate the renderer's memory", () => {
    const buffers = allocateBuffers(device, shape, pairs);
    const size = Math.max(sizes.images, sizes.gradient, sizes.poseGradient) + sizes.status;
    const staging = device.createBuffer({ label: "staging", size, usage: BUFFER.mapRead | BUFFER.copyTarget });
    return { buffers, staging, chain: buildChain(gpu, kernels, shape, pairs, look, surface, rigging, buffers) };
  });
  const { buffers, staging, chain } = made;

  /** Whether a pose was given, so that the deformation belongs to the work. */
  let posed = false;
  const drawing = (steps: readonly Step[]): Work => {
    return { what: "render", clear: [buffers.ranges], steps: posed ? [...chain.deform, ...steps] : steps };
  };
  const differentiating = (toPose: boolean): Work => {
    const steps = toPose ? [...chain.gradient, ...chain.deformGradient] : chain.gradient;
    return { what: "differentiate", clear: [buffers.moments], steps };
  };

  /** Does the work and reads the status and then `bytes` of `result`. */
  const run = (work: Work, result: GPUBuffer, bytes: number) =>
    gpu.guard(work.what, async () => {
      const encoder = device.createCommandEncoder();
      if (stopwatch) stopwatch.run(encoder, work);
      else runWork(encoder, work);
      encoder.copyBufferToBuffer(buffers.status, 0, staging, 0, sizes.status);
      if (bytes > 0) encoder.copyBufferToBuffer(result, 0, staging, sizes.status, bytes);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(MAP_READ, 0, sizes.status + bytes);
      const copy = staging.getMappedRange(0, sizes.status + bytes).slice(0);
      staging.unmap();
      await stopwatch?.read();
      return copy;
    });

  const differentiate = async (gradient: Float32Array | null, toPose: boolean) => {
    if (gradient) write(device, buffers.imageGradient, gradient);
    const result = toPose ? "poseGradient" : "gradient";
    return new Float32Array(await run(differentiating(toPose), buffers[result], sizes[result]), sizes.status);
  };

  const render = async (steps: readonly Step[], bytes: number): Promise<Drawn> => {
    device.queue.writeBuffer(buffers.status, 0, Uint32Array.of(0, NONE));
    const copy = await run(drawing(steps), buffers.images, bytes);
    const [counted, bad] = new Uint32Array(copy, 0, 2);
    const images = bytes > 0 ? new Float32Array(copy, sizes.status) : null;
    return { pairs: counted, bad: bad === NONE ? null : bad, images };
  };

  return {
    shape,
    pairs,
    images: buffers.images,
    imageGradient: buffers.imageGradient,
    upload({ positions, linears }, first) {
      posed = false;
      const splats = shape.count * shape.frames;
      write(device, buffers.positions, positions.subarray(first * shape.count * 3).subarray(0, splats * 3));
      write(device, buffers.linears, linears.subarray(first * shape.count * 9).subarray(0, splats * 9));
    },
    uploadPose(pose, first) {
      posed = true;
      const row = shape.handles * POSE_STRIDE;
      write(device, buffers.pose, pose.subarray(first * row, (first + shape.frames) * row));
    },
    look: (axes) => write(device, buffers.cameras, axes),
    count: () => render(chain.count, 0),
    draw: (read) => render(chain.draw, read ? sizes.images : 0),
    backward: (gradient) => differentiate(gradient, false),
    backwardPose: (gradient) => differentiate(gradient, true),
    work: () => ({ forward: drawing(chain.draw), backward: differentiating(posed) }),
    dispose() {
      for (const buffer of Object.values(buffers)) buffer.destroy();
      staging.destroy();
      chain.dispose();
    },
  };
}

/** Memory shared between threads is copied first: WebGPU does not take it. */
function write(device: GPUDevice, buffer: GPUBuffer, values: Float32Array): void {
  const own = values.buffer instanceof ArrayBuffer ? (values as Float32Array<ArrayBuffer>) : values.slice();
  device.queue.writeBuffer(buffer, 0, own);
}
