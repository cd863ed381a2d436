// Where WebGPU comes from: the browser's navigator, or Dawn in Node (the optional package `webgpu`). The one file that knows
// that package.

import { AnimusError } from "../errors.ts";

/** What to do where there is no adapter; the last words of every message about one. */
export const GPU_REMEDY =
  process.platform === "linux"
    ? "Install the graphics driver with its Vulkan part, and the Vulkan loader (Debian, Ubuntu: libvulkan1), or use --device cpu."
    : "Update the graphics driver, or use --device cpu.";

/** Dawn's instance, held for the life of the process: once it is collected, the devices made of it crash. */
let dawn: GPU | null = null;

/** @throws AnimusError (device) where neither is there. */
export async function gpuEntry(): Promise<GPU> {
  if (typeof navigator !== "undefined" && navigator.gpu) return navigator.gpu;
  try {
    const { create } = await import("webgpu");
    dawn ??= create([]);
    return dawn;
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0];
    throw new AnimusError("device", `The package webgpu, which gives Node a GPU, does not load: ${reason}`, {
      cause,
      hint: "npm install webgpu@0.6.2, or use --device cpu.",
    });
  }
}
