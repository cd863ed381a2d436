// The prefix sum on the GPU against the plain loop: in one workgroup and in three kernels, with subgroups and without.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { BUFFER, MAP_READ } from "../../pipeline/device/gpu-flags.ts";
import type { Gpu } from "../../pipeline/device/open-gpu.ts";
import { runSteps } from "../../pipeline/render/gpu/kernel.ts";
import { loadKernels } from "../../pipeline/render/gpu/kernels.ts";
import { scanSteps } from "../../pipeline/render/gpu/scan.ts";
import { openTestGpu } from "../device/test-gpu.ts";
import { random } from "./scenes.ts";

const gpus = [await openTestGpu({ subgroups: true }), await openTestGpu({ subgroups: false })];
const reason = gpus.find((gpu) => typeof gpu === "string") ?? false;
after(() => {
  for (const gpu of gpus) if (typeof gpu !== "string") gpu.dispose();
});

/** @returns the sums, then the sum of all; beyond `length` the buffer must stay as it is. */
async function scan(gpu: Gpu, values: Uint32Array<ArrayBuffer>, length: number) {
  const { device } = gpu;
  const made: GPUBuffer[] = [];
  const buffer = (bytes: number, usage: number) => {
    made.push(device.createBuffer({ size: bytes, usage }));
    return made.at(-1)!;
  };
  const words = (...numbers: number[]) => {
    const uniform = buffer(16, BUFFER.uniform | BUFFER.copyTarget);
    device.queue.writeBuffer(uniform, 0, Uint32Array.from(numbers));
    return uniform;
  };
  const storage = BUFFER.storage | BUFFER.copySource | BUFFER.copyTarget;
  const [data, sums, total] = [values.byteLength, 4096, 8].map((bytes) => buffer(bytes, storage));
  device.queue.writeBuffer(data!, 0, values);
  const encoder = device.createCommandEncoder();
  const steps = scanSteps(await loadKernels(gpu), words, data!, length, sums!, total!);
  runSteps(encoder, steps);
  const staging = buffer(values.byteLength + 4, BUFFER.mapRead | BUFFER.copyTarget);
  encoder.copyBufferToBuffer(data!, 0, staging, 0, values.byteLength);
  encoder.copyBufferToBuffer(total!, 0, staging, values.byteLength, 4);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(MAP_READ);
  const result = new Uint32Array(staging.getMappedRange().slice(0));
  for (const one of made) one.destroy();
  return { result, kernels: steps.length };
}

describe("the prefix sum on the GPU", { skip: reason }, () => {
  for (const [length, kernels] of [
    [1, 1],
    [2047, 1],
    [8192, 1],
    [8193, 3],
    [70_001, 3],
  ] as const) {
    test(`of ${length} numbers by ${kernels} kernel${kernels > 1 ? "s" : ""} is the loop's`, async () => {
      const next = random(length);
      const values = Uint32Array.from({ length: length + 3 }, () => Math.floor(1000 * next()));
      const expected = new Uint32Array(length + 4);
      expected.set(values);
      let sum = 0;
      for (let i = 0; i < length; i++) {
        expected[i] = sum;
        sum += values[i]!;
      }
      expected[length + 3] = sum;
      for (const gpu of gpus as Gpu[]) {
        const actual = await scan(gpu, values, length);
        assert.equal(actual.kernels, kernels);
        assert.deepEqual(actual.result, expected);
        gpu.assertSound();
      }
    });
  }
});
