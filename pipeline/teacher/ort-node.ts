// Graphs on onnxruntime-node: the native CPU, WebGPU (Dawn) and CUDA providers. The package is optional; where it is missing
// or its provider is, importing or opening throws and load-teacher.ts goes on to the next.

import { join } from "node:path";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { hasCudaLibrary } from "./install-cuda.ts";
import type { GraphFiles, GraphSession, Runtime } from "./session.ts";

export type NodeProvider = "cpu" | "webgpu" | "cuda";

/** @throws where onnxruntime-node is not installed or was built without `provider`. */
export async function nodeRuntime(provider: NodeProvider, threads: number): Promise<Runtime> {
  const ort = await import("onnxruntime-node");
  const known = ort.listSupportedBackends().some(({ name }) => name === provider);
  // Asked for CUDA without its library, which is no part of the package, the runtime complains aloud.
  if (!known || (provider === "cuda" && !hasCudaLibrary())) {
    const remedy = provider === "cuda" ? "; animus install-cuda fetches it" : "";
    throw new Error(`onnxruntime-node has no ${provider} provider here${remedy}`);
  }
  ort.env.logLevel = "fatal";
  return {
    name: `onnxruntime-node ${provider}`,
    async open({ directory, graph }: GraphFiles) {
      // The native runtime finds the external data beside the graph.
      const session = await ort.InferenceSession.create(join(directory, graph), {
        executionProviders: [provider],
        // Beside a GPU, threads that wait for work of the processor only get in its way.
        intraOpNumThreads: provider === "cuda" ? 1 : threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: "all",
        logSeverityLevel: 4,
      });
      return graphSession(session, ort.Tensor);
    },
  };
}

/** Wraps a session of either runtime: both implement onnxruntime-common. */
export function graphSession(session: InferenceSession, TensorClass: typeof Tensor): GraphSession {
  return {
    inputs: session.inputNames,
    async run(inputs) {
      const feeds: Record<string, Tensor> = {};
      for (const name of session.inputNames) {
        const values = inputs[name];
        if (!values) throw new Error(`the graph wants an input "${name}"`);
        feeds[name] = new TensorClass("float32", values.data, values.shape);
      }
      const outputs = await session.run(feeds);
      const results: Record<string, { data: Float32Array; shape: readonly number[] }> = {};
      for (const name of session.outputNames) {
        const tensor = outputs[name]!;
        results[name] = { data: (await tensor.getData()) as Float32Array, shape: tensor.dims };
      }
      return results;
    },
    release: () => session.release(),
  };
}
