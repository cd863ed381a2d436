// The renderer on the CPU: the reference that every other implementation is checked against, and what runs where there is no
// GPU. Checks its inputs, keeps the shared memory and leaves the work to the pool.

import { checkFrames, checkSplats, createCallQueue, renderFirst, requireLength } from "./check-input.ts";
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
  checkSplats(splats);
  const scene = { splats: shareSplats(splats), settings: { ...settings }, options: look };
  const pool = createRenderPool(scene, threads);
  const next = sharedInts(1);
  let task: RenderTask | undefined;
  let rendered = false;
  const queue = createCallQueue();

  const run = (kind: RenderTask["kind"], shared: RenderTask) => {
    next[0] = 0;
    return pool.run({ ...shared, kind });
  };

  return {
    render: (frames, cameras) =>
      queue.call(async () => {
        checkFrames(frames, count);
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
      queue.call(async () => {
        if (!task || !rendered) throw renderFirst();
        requireLength("gradient", gradient, task.images.length);
        task.gradient.set(gradient);
        await run("backward", task);
        return { positions: task.positionGradient.slice(), linears: task.linearGradient.slice() };
      }),
    dispose: async () => {
      await queue.close();
      await pool.dispose();
    },
  };
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
