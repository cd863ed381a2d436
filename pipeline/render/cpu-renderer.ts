// The renderer on the CPU: the reference that every other implementation is checked against, and what runs where there is no
// GPU. Checks its inputs, keeps the shared memory and leaves the work to the pool.

import { AnimusError } from "../errors.ts";
import { COMPOSITE_DEFAULTS } from "./composite.ts";
import { lowPassOf } from "./footprint.ts";
import { createRenderPool } from "./render-pool.ts";
import type { RenderOptions, RenderTask } from "./render-task.ts";
import type { Renderer, RenderSettings, SplatFrames, Splats } from "./renderer.ts";

export interface CpuRendererOptions extends RenderOptions {
  /** Worker threads; 0 renders in the calling thread. The result is the same, bit for bit. */
  threads: number;
}

/** `lowPass` follows from the splats. */
export const CPU_RENDERER_DEFAULTS: Omit<CpuRendererOptions, "lowPass"> = { threads: 2, ...COMPOSITE_DEFAULTS };

/**
 * Makes a renderer of one asset's splats.
 *
 * @example
 * const renderer = createCpuRenderer(splats, { width: 48, height: 48 }, { threads: 2 });
 * const images = await renderer.render({ frames: 1, positions, linears }, [{ azimuth: 0, elevation: 0.2 }]);
 * const { positions: dLdPositions } = await renderer.backward(dLdImages);
 * await renderer.dispose();
 *
 * @throws AnimusError (internal) where array lengths disagree, a position is not finite, `backward` comes before `render`, or
 * the renderer was disposed of.
 */
export function createCpuRenderer(
  splats: Splats,
  settings: RenderSettings,
  options: Partial<CpuRendererOptions> = {},
): Renderer {
  const { threads, ...look } = { ...CPU_RENDERER_DEFAULTS, lowPass: lowPassOf(splats), ...options };
  const { count } = splats;
  requireLength("splats.positions", splats.positions, count * 3);
  requireLength("splats.normals", splats.normals, count * 3);
  requireLength("splats.colors", splats.colors, count * 3);
  requireLength("splats.sigmas", splats.sigmas, count);
  const scene = { splats: shareSplats(splats), settings: { ...settings }, options: look };
  const pool = createRenderPool(scene, threads);
  const next = sharedInts(1);
  let task: RenderTask | undefined;
  let rendered = false;
  let disposed = false;
  let last: Promise<unknown> = Promise.resolve();

  /** One call at a time, in the order they were made. */
  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(() => {
      if (disposed) throw new AnimusError("internal", "The renderer was disposed of.");
      return work();
    });
    last = result.catch(() => {});
    return result;
  };

  const run = (kind: RenderTask["kind"], shared: RenderTask) => {
    next[0] = 0;
    return pool.run({ ...shared, kind });
  };

  return {
    render: (frames, cameras) =>
      enqueue(async () => {
        requireLength("frames.positions", frames.positions, frames.frames * count * 3);
        requireLength("frames.linears", frames.linears, frames.frames * count * 9);
        const imageLength = cameras.length * 3 * frames.frames * settings.width * settings.height;
        if (task?.frames.frames !== frames.frames || task.images.length !== imageLength) {
          task = allocateTask(frames, imageLength, next);
        }
        task.cameras = cameras.map((camera) => ({ ...camera }));
        task.frames.positions.set(frames.positions);
        task.frames.linears.set(frames.linears);
        rendered = false;
        await run("render", task);
        rendered = true;
        return task.images.slice();
      }),
    backward: (gradient) =>
      enqueue(async () => {
        if (!task || !rendered) throw new AnimusError("internal", "`backward` needs a `render` before it.");
        requireLength("gradient", gradient, task.images.length);
        task.gradient.set(gradient);
        await run("backward", task);
        return { positions: task.positionGradient.slice(), linears: task.linearGradient.slice() };
      }),
    dispose: async () => {
      disposed = true;
      await last;
      await pool.dispose();
    },
  };
}

function requireLength(name: string, array: Float32Array, length: number): void {
  if (array.length === length) return;
  throw new AnimusError("internal", `${name} has ${array.length} numbers where ${length} are needed.`);
}

/** Memory that all threads see. `slice` of such an array is ordinary memory again. */
function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
}

function sharedInts(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}

function shareSplats(splats: Splats): Splats {
  const share = (array: Float32Array) => {
    const shared = sharedFloats(array.length);
    shared.set(array);
    return shared;
  };
  return {
    count: splats.count,
    positions: share(splats.positions),
    normals: share(splats.normals),
    colors: share(splats.colors),
    sigmas: share(splats.sigmas),
  };
}

function allocateTask({ frames, positions, linears }: SplatFrames, imageLength: number, next: Int32Array): RenderTask {
  return {
    kind: "render",
    frames: { frames, positions: sharedFloats(positions.length), linears: sharedFloats(linears.length) },
    cameras: [],
    images: sharedFloats(imageLength),
    gradient: sharedFloats(imageLength),
    positionGradient: sharedFloats(positions.length),
    linearGradient: sharedFloats(linears.length),
    next,
  };
}
