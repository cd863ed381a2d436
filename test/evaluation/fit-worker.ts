// One thread of the fit pool: fits the clips that it is sent and measures what needs the fit's pictures, or how legs swing. Sends numbers
// and paths.

import { parentPort } from "node:worker_threads";
import { type FitRequest, fitMotion } from "./fit-motion.ts";
import { legSwings, type SwingRequest } from "./leg-swings.ts";
import { fallenApart, type Gait, objectPsnr } from "./measures.ts";

export interface FitResult {
  /** Which splats were followed, [n], and where they went, [frames * n * 3]. */
  kept: Uint32Array;
  positions: Float32Array;
  /** PSNR of the clip against the fit's own pictures over the object, dB, one a view. */
  identity: number[];
  /** The same for the last two views after steps on the first two alone. */
  apart: number[];
  /** Share of the object that the fitted body does not explain. */
  fallen: number;
}

export type FitTask = { fit: FitRequest } | { swings: SwingRequest };
export type FitReply = { result: FitResult | Gait } | { error: string };

parentPort?.on("message", async (task: FitTask) => {
  try {
    const result = "fit" in task ? await fit(task.fit) : await legSwings(task.swings);
    parentPort?.postMessage({ result } satisfies FitReply);
  } catch (error) {
    parentPort?.postMessage({ error: (error as Error).message } satisfies FitReply);
  }
});

async function fit(request: FitRequest): Promise<FitResult> {
  const { kept, positions, render, coverage, apart } = await fitMotion(request);
  const shape = { views: request.cameras.length, frames: request.frames, size: request.size };
  return {
    kept,
    positions,
    identity: objectPsnr(request.clip, render, shape),
    apart: objectPsnr(request.clip, apart, shape).slice(2),
    fallen: fallenApart(request.clip, render, coverage, shape),
  };
}
