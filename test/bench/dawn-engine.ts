// Babylon's WebGPU engine in Node, on Dawn: the graphics device of a machine that has no browser. The canvas is an object that gives one
// texture; scenes draw into render targets of their own.

import { WebGPUEngine } from "@babylonjs/core/Engines/webgpuEngine.js";
import { adapterFacts, findAdapter } from "../../pipeline/device/gpu-adapter.ts";
import { gpuEntry } from "../../pipeline/device/gpu-entry.ts";

export interface DawnEngine {
  engine: WebGPUEngine;
  /** Of the adapter, for people. */
  name: string;
  software: boolean;
}

/** @throws AnimusError "device" where there is no adapter. */
export async function createDawnEngine(size: number): Promise<DawnEngine> {
  const entry = await gpuEntry();
  const { globals } = (await import("webgpu")) as unknown as { globals: Record<string, { prototype: object }> };
  // Dawn's sets of features know no forEach.
  Object.assign(globals.GPUSupportedFeatures.prototype, {
    forEach(this: Iterable<string>, visit: (feature: string) => void) {
      for (const feature of this) visit(feature);
    },
  });
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu: entry, userAgent: "Node" }, configurable: true });
  const { name, software } = adapterFacts(await findAdapter());
  const engine = new WebGPUEngine(canvasOf(size), { antialias: false, powerPreference: "high-performance" });
  await engine.initAsync();
  return { engine, name, software };
}

function canvasOf(size: number): HTMLCanvasElement {
  let texture: GPUTexture | null = null;
  const context = {
    configure({ device, format, usage = 0 }: GPUCanvasConfiguration) {
      const needed = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
      texture = device.createTexture({ size: [size, size], format, usage: usage | needed });
    },
    unconfigure() {},
    getCurrentTexture: () => texture,
  };
  const canvas = {
    width: size,
    height: size,
    clientWidth: size,
    clientHeight: size,
    style: {},
    getContext: () => context,
    getBoundingClientRect: () => ({ left: 0, top: 0, width: size, height: size }),
    addEventListener() {},
    removeEventListener() {},
    setAttribute() {},
  };
  return canvas as unknown as HTMLCanvasElement;
}
