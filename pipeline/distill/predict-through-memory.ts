// For a teacher with a device of its own, or none: the noised clip comes back from the renderer's device, the answer goes up again. All
// arithmetic of the score stays where the clip and the bank of noises are.

import { BUFFER, MAP_READ } from "../device/gpu-flags.ts";
import type { Gpu } from "../device/open-gpu.ts";
import type { Teacher } from "../teacher/teacher.ts";

export interface MemoryPredictor {
  /** As `Teacher.predictOnDevice`; an answer is valid until it is released. */
  predict: NonNullable<Teacher["predictOnDevice"]>;
  dispose(): void;
}

/** Buffers for clips of one size in bytes. */
interface Room {
  staging: GPUBuffer;
  /** Answers that were released. */
  free: GPUBuffer[];
}

export function createMemoryPredictor(gpu: Gpu, teacher: Teacher): MemoryPredictor {
  const { device } = gpu;
  const rooms = new Map<number, Room>();
  const owned: GPUBuffer[] = [];
  const create = (label: string, size: number, usage: number) => {
    const buffer = device.createBuffer({ label, size, usage: usage | BUFFER.copyTarget });
    owned.push(buffer);
    return buffer;
  };
  const roomOf = (size: number) => {
    let room = rooms.get(size);
    if (!room) {
      room = { staging: create("noisy clip", size, BUFFER.mapRead), free: [] };
      rooms.set(size, room);
    }
    return { room, answer: room.free.pop() ?? create("answer", size, BUFFER.storage) };
  };
  return {
    async predict({ clips, ...request }) {
      const { size } = clips;
      const { room, answer } = await gpu.guard("make room for an answer", () => roomOf(size));
      const { staging, free } = room;
      const here = await gpu.guard("read the noisy clip", async () => {
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(clips, 0, staging, 0, size);
        device.queue.submit([encoder.finish()]);
        await staging.mapAsync(MAP_READ);
        const copy = new Float32Array(staging.getMappedRange().slice(0));
        staging.unmap();
        return copy;
      });
      const x0 = await teacher.predict({ clips: here, ...request });
      await gpu.guard("take the answer", () => {
        // Memory shared with WebAssembly's threads is copied first: WebGPU does not take it.
        const own = x0.buffer instanceof ArrayBuffer ? (x0 as Float32Array<ArrayBuffer>) : x0.slice();
        device.queue.writeBuffer(answer, 0, own);
      });
      return { buffer: answer, release: () => free.push(answer) };
    },
    dispose() {
      for (const buffer of owned) buffer.destroy();
    },
  };
}
