// How long the device itself works, by its own clock: one number for a run of steps, or one for each kernel. For benchmarks only;
// timing kernels apart keeps them from overlapping. The first stamp may be taken before the uploads that went ahead of it are through: a
// large upload counts as work of the first kernel.

import { BUFFER, MAP_READ, QUERY_RESOLVE } from "../../device/gpu-flags.ts";
import { runSteps, type Work } from "./kernel.ts";

/** Takes milliseconds by kernel, or by what was done as a whole ("render", "differentiate"). */
export type OnGpuTime = (times: Readonly<Record<string, number>>) => void;

export interface StopwatchOptions {
  onTime: OnGpuTime;
  /** Time each kernel apart. */
  kernels: boolean;
}

export interface Stopwatch {
  /** Encodes the work, and after it the copy of its times. */
  run(encoder: GPUCommandEncoder, work: Work): void;
  /** Hands over the times of the last run; after it was submitted. */
  read(): Promise<void>;
  dispose(): void;
}

/** Times of one run; WebGPU takes no more than 4096 in a set. */
const MOST = 4096;

/** The device must have been opened with timestamp-query. */
export function createStopwatch(device: GPUDevice, { onTime, kernels }: StopwatchOptions): Stopwatch {
  const set = device.createQuerySet({ type: "timestamp", count: MOST });
  const resolved = device.createBuffer({ size: 8 * MOST, usage: QUERY_RESOLVE | BUFFER.copySource });
  const staging = device.createBuffer({ size: 8 * MOST, usage: BUFFER.mapRead | BUFFER.copyTarget });
  let labels: string[] = [];
  return {
    run(encoder, { what, clear, steps }) {
      for (const buffer of clear) encoder.clearBuffer(buffer);
      labels = kernels ? steps.map(({ label }) => label) : [what];
      const parts = kernels ? steps.map((step) => [step]) : [steps];
      for (const [i, part] of parts.entries()) {
        const clock = { querySet: set, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 };
        runSteps(encoder, part, clock);
      }
      encoder.resolveQuerySet(set, 0, 2 * labels.length, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16 * labels.length);
    },
    async read() {
      await staging.mapAsync(MAP_READ, 0, 16 * labels.length);
      const stamps = new BigUint64Array(staging.getMappedRange(0, 16 * labels.length).slice(0));
      staging.unmap();
      const times: Record<string, number> = {};
      for (const [i, label] of labels.entries()) {
        times[label] = (times[label] ?? 0) + Number(stamps[2 * i + 1] - stamps[2 * i]) / 1e6;
      }
      onTime(times);
    },
    dispose() {
      set.destroy();
      resolved.destroy();
      staging.destroy();
    },
  };
}
