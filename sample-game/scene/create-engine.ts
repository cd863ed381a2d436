// Makes the engine that `?engine=webgl2|webgpu` asks for: WebGPU where nothing is asked and the browser has it, else WebGL2.

import type { AbstractEngine } from "@babylonjs/core/Engines/abstractEngine.js";

export type EngineName = "webgl2" | "webgpu";

export interface MadeEngine {
  engine: AbstractEngine;
  name: EngineName;
}

/**
 * @param wanted value of the query parameter, null where there is none
 * @param onLost WebGPU was chosen freely and its device is gone for good: start again with WebGL2
 * @throws Error where the browser has neither, or not the one that was asked for.
 */
export async function createEngine(
  canvas: HTMLCanvasElement,
  wanted: string | null,
  onLost: () => void,
): Promise<MadeEngine> {
  if (wanted !== null && wanted !== "webgl2" && wanted !== "webgpu") {
    throw new Error(`There is no engine "${wanted}": use ?engine=webgl2 or ?engine=webgpu.`);
  }
  if (wanted !== "webgl2") {
    try {
      const engine = await createWebGpu(canvas);
      if (wanted === null) engine.onContextLostObservable.addOnce(onLost);
      return { engine, name: "webgpu" };
    } catch (error) {
      if (wanted === "webgpu") throw error;
      console.info(`WebGPU is not available (${error instanceof Error ? error.message : error}); using WebGL2.`);
    }
  }
  const { Engine } = await import("@babylonjs/core/Engines/engine.js");
  const engine = new Engine(canvas, true, { stencil: true });
  if (engine.version < 2)
    throw new Error("this browser has no WebGL2. Enable hardware acceleration or use another one.");
  return { engine, name: "webgl2" };
}

async function createWebGpu(canvas: HTMLCanvasElement): Promise<AbstractEngine> {
  const { WebGPUEngine } = await import("@babylonjs/core/Engines/webgpuEngine.js");
  if (!(await WebGPUEngine.IsSupportedAsync)) throw new Error("the browser has no adapter for it");
  const engine = new WebGPUEngine(canvas, { antialias: true, stencil: true });
  await engine.initAsync();
  return engine;
}
