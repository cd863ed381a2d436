// Graphs on onnxruntime-web's WebAssembly build: what runs where the native package is missing. Several times slower.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { graphSession } from "./ort-node.ts";
import type { GraphFiles, Runtime } from "./session.ts";

export async function webRuntime(threads: number): Promise<Runtime> {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "error";
  return {
    name: "onnxruntime-web wasm",
    async open({ directory, graph, weights }: GraphFiles) {
      const [model, data] = await Promise.all([readFile(join(directory, graph)), readFile(join(directory, weights))]);
      const session = await ort.InferenceSession.create(model, {
        executionProviders: ["wasm"],
        graphOptimizationLevel: "all",
        externalData: [{ path: weights, data }],
      });
      return graphSession(session, ort.Tensor);
    },
  };
}
