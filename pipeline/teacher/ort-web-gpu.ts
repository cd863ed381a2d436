// Graphs on onnxruntime-web's WebGPU provider, on the device that the renderer draws with. In Node that device is Dawn's, and the
// runtime needs help to find itself in a browser's place. What runs on a GPU where the native package is missing.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { installGpuGlobals } from "../device/gpu-entry.ts";
import type { Gpu } from "../device/open-gpu.ts";
import { graphSession } from "./ort-node.ts";
import type { GraphFiles, Runtime } from "./session.ts";

/** @throws where onnxruntime-web has no WebGPU build or its module does not start. */
export async function webGpuRuntime(gpu: Gpu): Promise<Runtime> {
  await installGpuGlobals();
  const ort = await import("onnxruntime-web/webgpu");
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = 1;
  return {
    name: "onnxruntime-web webgpu",
    async open({ directory, graph, weights }: GraphFiles) {
      const [model, data] = await Promise.all([readFile(join(directory, graph)), readFile(join(directory, weights))]);
      // V8 settles no promise of the GPU before it has optimised the 26 MB module, half a minute: its quick compiler will do.
      setFlagsFromString("--liftoff-only");
      try {
        const session = await ort.InferenceSession.create(model, {
          executionProviders: [{ name: "webgpu", device: gpu.device }],
          graphOptimizationLevel: "all",
          externalData: [{ path: weights, data }],
        });
        return graphSession(session, ort.Tensor);
      } finally {
        setFlagsFromString("--no-liftoff-only");
      }
    },
  };
}
