// Runs in the page: makes the Babylon.js engine that the query parameter `engine` asks for, on a small canvas.

import type { AbstractEngine } from "@babylonjs/core/Engines/abstractEngine.js";
import { Engine } from "@babylonjs/core/Engines/engine.js";
import { WebGPUEngine } from "@babylonjs/core/Engines/webgpuEngine.js";

/** @param size width and height in pixels */
export async function createEngine(size = 128): Promise<AbstractEngine> {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  canvas.style.width = canvas.style.height = `${size}px`;
  document.body.append(canvas);
  if (new URLSearchParams(location.search).get("engine") === "webgpu") {
    const engine = new WebGPUEngine(canvas, { antialias: false });
    await engine.initAsync();
    return engine;
  }
  return new Engine(canvas, false, { preserveDrawingBuffer: true, stencil: true });
}
