// What the teacher needs of ONNX Runtime: open a graph of the teacher's folder and run it. ort-node.ts and ort-web.ts are the
// two ways; nothing else of the pipeline sees the runtime's own types.

/** A float32 tensor, row-major. */
export interface Values {
  data: Float32Array;
  shape: readonly number[];
}

/** The same in a buffer of the renderer's device. */
export interface DeviceValues {
  buffer: GPUBuffer;
  shape: readonly number[];
}

/** A result that stays on the device until it is released. */
export interface DeviceResult {
  buffer: GPUBuffer;
  release(): void;
}

export interface GraphSession {
  /** Names of the graph's inputs; what `run` is given beside them is left aside. */
  readonly inputs: readonly string[];
  run(inputs: Readonly<Record<string, Values>>): Promise<Record<string, Values>>;
  /** Only where the runtime works on the renderer's device: inputs may lie there, and the output `name` does. */
  runOnDevice?(inputs: Readonly<Record<string, Values | DeviceValues>>, name: string): Promise<DeviceResult>;
  release(): Promise<void>;
}

export interface GraphFiles {
  directory: string;
  /** File name of the graph. */
  graph: string;
  /** File name of its external data. */
  weights: string;
}

export interface Runtime {
  /** Package and execution provider, for messages: "onnxruntime-node cpu". */
  readonly name: string;
  open(files: GraphFiles): Promise<GraphSession>;
}
