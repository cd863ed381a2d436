// Where WebGPU comes from: the browser's navigator, or Dawn in Node (the optional package `webgpu`). The one file that knows
// that package.

import { AnimusError } from "../errors.ts";

/** What to do where there is no adapter; the last words of every message about one. */
export const GPU_REMEDY =
  process.platform === "linux"
    ? "Install the graphics driver with its Vulkan part, and the Vulkan loader (Debian, Ubuntu: libvulkan1; NVIDIA without a desktop may want libegl1 libgl1 libgles2 libopengl0 libxext6 too), or use --device cpu."
    : "Update the graphics driver, or use --device cpu.";

/** A browser blurs time against spies on a page; there is no page here, and a benchmark wants to see microseconds. */
const DAWN_FLAGS = ["disable-dawn-features=timestamp_quantization"];

/** Dawn's instance, held for the life of the process: once it is collected, the devices made of it crash. */
let dawn: GPU | null = null;

/** @throws AnimusError (device) where neither is there. */
export async function gpuEntry(): Promise<GPU> {
  if (typeof navigator !== "undefined" && navigator.gpu) return navigator.gpu;
  try {
    const { create } = await import("webgpu");
    dawn ??= create(DAWN_FLAGS);
    return dawn;
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0];
    throw new AnimusError("device", `The package webgpu, which gives Node a GPU, does not load: ${reason}`, {
      cause,
      hint: "npm install webgpu@0.6.2, or use --device cpu.",
    });
  }
}

/**
 * Puts WebGPU where a browser has it: its names into the global scope and `navigator.gpu`. Only for libraries that look there. Dawn's
 * queue takes no memory shared between threads, which WebAssembly's is: it gets a copy.
 * @throws AnimusError (device) as gpuEntry.
 */
export async function installGpuGlobals(): Promise<void> {
  const gpu = await gpuEntry();
  if (typeof navigator !== "undefined" && navigator.gpu) return;
  const { globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  if (typeof navigator === "undefined")
    Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  const { prototype } = (globals as { GPUQueue: { prototype: GPUQueue } }).GPUQueue;
  const writeBuffer = prototype.writeBuffer as (this: GPUQueue, ...args: unknown[]) => undefined;
  prototype.writeBuffer = function (buffer, offset, data, dataOffset = 0, size?: number) {
    const bytes = ArrayBuffer.isView(data) ? data.buffer : data;
    if (bytes instanceof ArrayBuffer) return writeBuffer.call(this, buffer, offset, data, dataOffset, size);
    const unit = ArrayBuffer.isView(data) ? ((data as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1) : 1;
    const start = (ArrayBuffer.isView(data) ? data.byteOffset : 0) + dataOffset * unit;
    const length = size === undefined ? data.byteLength - dataOffset * unit : size * unit;
    return writeBuffer.call(this, buffer, offset, new Uint8Array(bytes as ArrayBufferLike, start, length).slice());
  };
}
