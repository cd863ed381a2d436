// Graphs on onnxruntime-web's WebGPU provider, on the device that the renderer draws with. In Node that device is Dawn's, and the
// runtime needs help to find itself in a browser's place. What runs on a GPU where the native package is missing.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { installGpuGlobals } from "../device/gpu-entry.ts";
import type { Gpu } from "../device/open-gpu.ts";
import type { DeviceValues, GraphFiles, GraphSession, Runtime, Values } from "./session.ts";

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
          preferredOutputLocation: "gpu-buffer",
        });
        return deviceSession(session, ort.Tensor);
      } finally {
        setFlagsFromString("--no-liftoff-only");
      }
    },
  };
}

/** Outputs stay in the device's memory; `run` brings them here. */
function deviceSession(session: InferenceSession, TensorClass: typeof Tensor): GraphSession {
  const feed = (inputs: Readonly<Record<string, Values | DeviceValues>>) => {
    const feeds: Record<string, Tensor> = {};
    for (const name of session.inputNames) {
      const values = inputs[name];
      if (!values) throw new Error(`the graph wants an input "${name}"`);
      feeds[name] =
        "buffer" in values
          ? TensorClass.fromGpuBuffer(values.buffer as never, { dataType: "float32", dims: values.shape })
          : new TensorClass("float32", values.data, values.shape);
    }
    return feeds;
  };
  return {
    inputs: session.inputNames,
    async run(inputs) {
      const outputs = await session.run(feed(inputs));
      const results: Record<string, Values> = {};
      for (const name of session.outputNames) {
        const tensor = outputs[name]!;
        results[name] = { data: (await tensor.getData(true)) as Float32Array, shape: tensor.dims };
      }
      return results;
    },
    async runOnDevice(inputs, name) {
      const output = (await session.run(feed(inputs)))[name]!;
      return { buffer: output.gpuBuffer as unknown as GPUBuffer, release: () => output.dispose() };
    },
    release: () => session.release(),
  };
}
