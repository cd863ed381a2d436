// What every renderer asks of its inputs, and that calls come one at a time.

import { AnimusError } from "../errors.ts";
import type { SplatFrames, Splats } from "./renderer.ts";

/** @throws AnimusError (internal) */
export function requireLength(name: string, array: Float32Array, length: number): void {
  if (array.length === length) return;
  throw new AnimusError("internal", `${name} has ${array.length} numbers where ${length} are needed.`);
}

/** @throws AnimusError (internal) where array lengths disagree with the count. */
export function checkSplats({ count, positions, normals, colors, sigmas }: Splats): void {
  requireLength("splats.positions", positions, count * 3);
  requireLength("splats.normals", normals, count * 3);
  requireLength("splats.colors", colors, count * 3);
  requireLength("splats.sigmas", sigmas, count);
}

/** @throws AnimusError (internal) where array lengths disagree with the counts. */
export function checkFrames({ frames, positions, linears }: SplatFrames, count: number): void {
  requireLength("frames.positions", positions, frames * count * 3);
  requireLength("frames.linears", linears, frames * count * 9);
}

/** Runs calls in the order they were made, each after the end of the one before, until it is closed. */
export interface CallQueue {
  /** @throws AnimusError (internal) after `close`. */
  call<T>(work: () => Promise<T>): Promise<T>;
  /** Settles after the last call. */
  close(): Promise<void>;
}

export function createCallQueue(): CallQueue {
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  return {
    call(work) {
      const result = last.then(() => {
        if (closed) throw new AnimusError("internal", "The renderer was disposed of.");
        return work();
      });
      last = result.catch(() => {});
      return result;
    },
    async close() {
      closed = true;
      await last;
    },
  };
}

export function notFinite(splat: number, frame: number): AnimusError {
  return new AnimusError("internal", `Splat ${splat} of frame ${frame} has no finite position and shape.`, {
    hint: "The motion has diverged: lower its learning rate.",
  });
}

export function renderFirst(): AnimusError {
  return new AnimusError("internal", "`backward` needs a `render` before it.");
}
