// Opens a teacher's folder on the best device there is and answers the contract of teacher.ts. Checks shapes on the way in and
// numbers on the way out; knows nothing of distillation.

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mayHaveGpu } from "../device/gpu-adapter.ts";
import type { Gpu } from "../device/open-gpu.ts";
import { AnimusError } from "../errors.ts";
import { CUDA_NEEDS } from "./install-cuda.ts";
import { zeroLora } from "./lora.ts";
import { parseManifest, type TeacherManifest } from "./manifest.ts";
import { type NodeProvider, nodeRuntime } from "./ort-node.ts";
import { webRuntime } from "./ort-web.ts";
import { webGpuRuntime } from "./ort-web-gpu.ts";
import { checkFinite, clipShape, conditionInputs, conditionsAlone, loraInputs, sliceItem } from "./requests.ts";
import type { DeviceResult, GraphSession, Runtime } from "./session.ts";
import type { DevicePredictRequest, LoraGradientRequest, Teacher } from "./teacher.ts";
import { loadTextEncoder, type TextEncoder } from "./text.ts";

export type Device = "auto" | "cuda" | "webgpu" | "cpu";

export interface LoadTeacherOptions {
  /** Folder of `teacher.json`; the teacher that ships with the package where left out. */
  directory?: string | undefined;
  device?: Device | undefined;
  /** Threads of the CPU providers; all cores where left out. */
  threads?: number | undefined;
  /** The renderer's device, on which onnxruntime-web may run; null: there is no GPU, which `auto` then does not look for. */
  gpu?: Gpu | null | undefined;
  /** Leave onnxruntime-node aside; for tests and benchmarks. */
  web?: boolean | undefined;
}

/** The folder of the teacher that ships with the package: beside this file in the sources, outside `dist` once built. */
const here = new URL(".", import.meta.url);
const built = here.pathname.endsWith("/dist/pipeline/teacher/");
export const EMBEDDED = fileURLToPath(new URL(built ? "../../../pipeline/teacher/embedded/" : "./embedded/", here));

/**
 * @throws AnimusError "teacher" where the folder, its files or the sentence encoder are at fault, "device" where no runtime of
 * the kind asked for opens the graph.
 */
export async function loadTeacher(options: LoadTeacherOptions = {}): Promise<Teacher> {
  const { directory = EMBEDDED, device = "auto", threads = availableParallelism() } = options;
  const file = join(directory, "teacher.json");
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new AnimusError("teacher", `There is no teacher in ${directory}.`, {
      file,
      cause,
      hint: "Name a folder with a teacher.json by --teacher, or reinstall the package.",
    });
  });
  const manifest = parseManifest(text, file);
  const { runtime, denoise } = await openFirst(
    manifest,
    directory,
    device,
    candidates({ ...options, device, threads }),
  );
  return new OrtTeacher(manifest, directory, runtime, denoise);
}

/** Opens the denoising graph on the first runtime that takes it; on a GPU its half-precision form where the teacher has one. */
async function openFirst(
  manifest: TeacherManifest,
  directory: string,
  device: Device,
  runtimes: readonly (() => Promise<Runtime>)[],
) {
  const failures: string[] = [];
  const { denoise: full, denoiseHalf: half } = manifest.graphs;
  for (const make of runtimes) {
    const runtime = await make().catch((error: unknown) => {
      failures.push(firstLine(error));
      return null;
    });
    if (!runtime) continue;
    for (const graph of half && isGpu(runtime) ? [half, full] : [full]) {
      try {
        const denoise = await runtime.open({ directory, graph, weights: manifest.weights });
        try {
          // Whether a GPU takes half precision shows only when it runs; whether it is one, by its speed.
          const probe = graph === half || (device === "auto" && runtime.name.endsWith("webgpu"));
          const fast = !probe || (await secondPrediction(manifest, denoise)) < FAST_MILLISECONDS;
          if (device === "auto" && !fast) throw new Error(`${runtime.name} is an emulation in software`);
          return { runtime, denoise };
        } catch (error) {
          await denoise.release();
          throw error;
        }
      } catch (error) {
        failures.push(firstLine(error));
      }
    }
  }
  throw new AnimusError("device", `The teacher in ${directory} does not open: ${failures.join("; ")}.`, {
    file: join(directory, manifest.graphs.denoise),
    hint: REMEDIES[device],
  });
}

const REMEDIES: Readonly<Record<Device, string>> = {
  auto: "Check the teacher's files with `animus doctor`.",
  cpu: "Check the teacher's files with `animus doctor`.",
  webgpu: "Update the graphics driver, or use --device cpu.",
  cuda: `The CUDA provider needs ${CUDA_NEEDS}; or use --device webgpu or cpu.`,
};

const firstLine = (error: unknown) => (error instanceof Error ? error.message.split("\n")[0]! : String(error));

const isGpu = ({ name }: Runtime) => !/ (cpu|wasm)$/.test(name);

/** A GPU answers the one-view problem in far less than this; a software adapter takes half a minute. */
const FAST_MILLISECONDS = 300;

/** Milliseconds of the second of two one-view predictions: the first compiles. @throws where the device cannot run the graph. */
async function secondPrediction(manifest: TeacherManifest, session: GraphSession): Promise<number> {
  const image = 3 * manifest.width * manifest.height;
  const condition = { text: null, rest: new Float32Array(image), cameras: [{ azimuth: 0, elevation: 0 }] };
  const clips = new Float32Array(image * manifest.frames);
  const request = { clips, levels: [1], conditions: [condition], lora: null };
  const inputs = { ...conditionInputs(manifest, request), ...loraInputs(manifest, zeroLora(manifest)) };
  const { x0 } = await session.run(inputs);
  checkFinite(x0!.data, "first prediction", manifest.name);
  const begun = performance.now();
  await session.run(inputs);
  return performance.now() - begun;
}

/** The runtimes to try, fastest first. */
function candidates({ device, threads, gpu, web }: LoadTeacherOptions & { device: Device; threads: number }) {
  const node = (provider: NodeProvider) => (web ? [] : [() => nodeRuntime(provider, threads)]);
  const cuda = node("cuda");
  const webgpu = [...node("webgpu"), ...(gpu ? [() => webGpuRuntime(gpu)] : [])];
  const cpu = [...node("cpu"), () => webRuntime(threads)];
  const noGpu = gpu === null || (gpu === undefined && !mayHaveGpu());
  return { cuda, webgpu, cpu, auto: [...cuda, ...(noGpu ? [] : webgpu), ...cpu] }[device];
}

class OrtTeacher implements Teacher {
  readonly manifest: TeacherManifest;
  readonly description: string;
  readonly #directory: string;
  readonly #runtime: Runtime;
  readonly #denoise: GraphSession;
  readonly predictOnDevice?: NonNullable<Teacher["predictOnDevice"]>;
  #gradient: Promise<GraphSession> | null = null;
  #text: Promise<TextEncoder> | null = null;

  constructor(manifest: TeacherManifest, directory: string, runtime: Runtime, denoise: GraphSession) {
    this.manifest = manifest;
    this.#directory = directory;
    this.#runtime = runtime;
    this.#denoise = denoise;
    this.description = `${manifest.name} ${manifest.version} (${directory}) on ${runtime.name}`;
    const { runOnDevice } = denoise;
    if (runOnDevice) this.predictOnDevice = (request) => this.#predictOnDevice(request, runOnDevice);
  }

  async encodeText(prompt: string) {
    this.#text ??= loadTextEncoder({ tokens: this.manifest.conditioning.text.tokens }).catch((cause) => {
      this.#text = null;
      throw cause;
    });
    return (await this.#text).encode(prompt);
  }

  async predict(request: Parameters<Teacher["predict"]>[0]) {
    const lora = request.lora ?? zeroLora(this.manifest);
    const inputs = { ...conditionInputs(this.manifest, request), ...loraInputs(this.manifest, lora) };
    const { x0 } = await this.#run(this.#denoise, inputs);
    return checkFinite(x0!.data, "prediction", this.description);
  }

  async #predictOnDevice(
    { clips, ...request }: DevicePredictRequest,
    run: NonNullable<GraphSession["runOnDevice"]>,
  ): Promise<DeviceResult> {
    const { manifest } = this;
    const clip = { buffer: clips, shape: clipShape(manifest, request) };
    const lora = loraInputs(manifest, request.lora ?? zeroLora(manifest));
    try {
      return await run({ clip, ...conditionsAlone(manifest, request), ...lora }, "x0");
    } catch (cause) {
      throw teacherError(`${this.description} failed`, cause);
    }
  }

  /** The graph takes one item at a time: a batch is the mean over its items. */
  async loraGradient(request: LoraGradientRequest) {
    const { graphs, weights, lora } = this.manifest;
    const files = { directory: this.#directory, graph: graphs.loraGradient, weights };
    this.#gradient ??= this.#runtime.open(files).catch((cause) => {
      this.#gradient = null;
      throw teacherError(`${graphs.loraGradient} of ${this.description} does not open`, cause);
    });
    const session = await this.#gradient;
    const batch = request.levels.length;
    const gradients = zeroLora(this.manifest).tensors;
    let loss = 0;
    for (let item = 0; item < batch; item++) {
      const one = sliceItem(request, item);
      const inputs = conditionInputs(this.manifest, one);
      const outputs = await this.#run(session, {
        ...inputs,
        ...loraInputs(this.manifest, request.lora),
        target: { data: one.targets, shape: inputs.clip.shape },
        weight: { data: Float32Array.from(one.weights), shape: [1] },
      });
      loss += outputs["loss"]!.data[0]! / batch;
      for (const [i, { name }] of lora.tensors.entries()) {
        const part = checkFinite(outputs[`d_${name}`]!.data, `gradient of ${name}`, this.description);
        const sum = gradients[i]!;
        for (let k = 0; k < sum.length; k++) sum[k]! += part[k]! / batch;
      }
    }
    return { loss, gradients };
  }

  async #run(session: GraphSession, inputs: Parameters<GraphSession["run"]>[0]) {
    try {
      return await session.run(inputs);
    } catch (cause) {
      throw teacherError(`${this.description} failed`, cause);
    }
  }

  async dispose() {
    await this.#denoise.release();
    await (await this.#gradient?.catch(() => null))?.release();
    (await this.#text?.catch(() => null))?.dispose();
  }
}

function teacherError(what: string, cause: unknown): AnimusError {
  return new AnimusError("teacher", `${what}: ${(cause as Error).message}`, {
    cause,
    hint: "Check the teacher's files with `animus doctor`, or try --device cpu.",
  });
}
