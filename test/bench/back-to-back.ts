// Times a renderer's work on the device while the device never rests: the same dispatches as in its calls, many times over, without
// upload, read-back or pause, after the device was loaded for a while. A call measured alone finds the device at the clock of a card
// that has nothing to do, and its first time stamp may wait for the uploads. Measures only; draws nothing of its own.

import { BUFFER, MAP_READ, QUERY_RESOLVE } from "../../pipeline/device/gpu-flags.ts";
import type { Gpu } from "../../pipeline/device/open-gpu.ts";
import { runWork, type Work } from "../../pipeline/render/gpu/kernel.ts";
import { medianOf } from "./harness.ts";

export interface BackToBackOptions {
  /** Milliseconds of load before anything is timed. */
  warm: number;
  /** How many times over in one submission. */
  times: number;
  /** Timed submissions. */
  rounds: number;
}

export interface BackToBackTimes {
  /** Milliseconds of the works once, by the device's clock, median of the rounds; null where it has none. */
  device: number | null;
  /** The same by the wall clock, over all rounds. */
  wall: number;
}

/** @param works done one after the other, and all again. */
export async function timeBackToBack(
  { device, guard }: Gpu,
  works: readonly Work[],
  { warm, times, rounds }: BackToBackOptions,
): Promise<BackToBackTimes> {
  return guard("work back to back", async () => {
    const clock = device.features.has("timestamp-query") ? createClock(device, 2 * rounds) : null;
    const encode = (round: number) => {
      const encoder = device.createCommandEncoder();
      clock?.stamp(encoder, 2 * round);
      for (let i = 0; i < times; i++) for (const work of works) runWork(encoder, work);
      clock?.stamp(encoder, 2 * round + 1);
      return encoder.finish();
    };
    const timed = Array.from({ length: rounds }, (_, round) => encode(round));
    const { done: before } = await load(device, () => encode(0), warm);
    const ends = timed.map((commands) => submit(device, commands));
    const begun = await before;
    const wall = ((await ends.at(-1)!) - begun) / (rounds * times);
    const stamps = await clock?.read();
    if (!stamps) return { device: null, wall };
    const spans = timed.map((_, round) => (stamps[2 * round + 1] - stamps[2 * round]) / times);
    return { device: medianOf(spans), wall };
  });
}

/** Loads the device with the works for about `milliseconds`, and waits for the end. */
export async function keepBusy({ device, guard }: Gpu, works: readonly Work[], milliseconds: number): Promise<void> {
  const encode = () => {
    const encoder = device.createCommandEncoder();
    for (const work of works) runWork(encoder, work);
    return encoder.finish();
  };
  await guard("be kept busy", async () => {
    const { done } = await load(device, encode, milliseconds);
    await done;
  });
}

/**
 * Submits again and again, always one ahead, for `milliseconds`.
 * @returns the end of the last submission, which the device may still be at.
 */
async function load(device: GPUDevice, encode: () => GPUCommandBuffer, milliseconds: number) {
  const begun = performance.now();
  let [present, ahead] = [submit(device, encode()), submit(device, encode())];
  while ((await present) - begun < milliseconds) [present, ahead] = [ahead, submit(device, encode())];
  return { done: ahead };
}

/** @returns when the device was through, milliseconds of performance.now(). */
async function submit(device: GPUDevice, commands: GPUCommandBuffer): Promise<number> {
  device.queue.submit([commands]);
  await device.queue.onSubmittedWorkDone();
  return performance.now();
}

/** Stamps of the moments at which all that was encoded before is done. */
function createClock(device: GPUDevice, count: number) {
  const querySet = device.createQuerySet({ type: "timestamp", count });
  const resolved = device.createBuffer({ size: 8 * count, usage: QUERY_RESOLVE | BUFFER.copySource });
  const staging = device.createBuffer({ size: 8 * count, usage: BUFFER.mapRead | BUFFER.copyTarget });
  return {
    /** The end of an empty pass: unlike the beginning of one, it comes after everything before it. */
    stamp(encoder: GPUCommandEncoder, index: number): void {
      encoder.beginComputePass({ timestampWrites: { querySet, endOfPassWriteIndex: index } }).end();
    },
    /** Milliseconds, of no particular origin; once. */
    async read(): Promise<number[]> {
      const encoder = device.createCommandEncoder();
      encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(MAP_READ);
      const stamps = [...new BigUint64Array(staging.getMappedRange())];
      for (const resource of [querySet, resolved, staging]) resource.destroy();
      return stamps.map((stamp) => Number(stamp - stamps[0]) / 1e6);
    },
  };
}
