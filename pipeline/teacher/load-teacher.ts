// Opens a teacher's folder and answers the contract of teacher.ts on the runtime that open-denoiser.ts found. Checks shapes on the way in and
// numbers on the way out; knows nothing of distillation.

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Gpu } from "../device/open-gpu.ts";
import { AnimusError } from "../errors.ts";
import { zeroLora } from "./lora.ts";
import { parseManifest, type TeacherManifest } from "./manifest.ts";
import { type Device, openDenoiser } from "./open-denoiser.ts";
import { checkFinite, clipShape, conditionInputs, conditionsAlone, loraInputs, sliceItem } from "./requests.ts";
import type { DeviceResult, GraphSession, Runtime } from "./session.ts";
import { readStaticSource } from "./static-source.ts";
import type { DevicePredictRequest, Lora, LoraGradientRequest, Teacher } from "./teacher.ts";
import { loadTextEncoder, type TextEncoder } from "./text.ts";

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
  const { directory = EMBEDDED, device = "auto", threads = availableParallelism(), gpu, web } = options;
  const file = join(directory, "teacher.json");
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new AnimusError("teacher", `There is no teacher in ${directory}.`, {
      file,
      cause,
      hint: "Name a folder with a teacher.json by --teacher, or reinstall the package.",
    });
  });
  const manifest = parseManifest(text, file);
  const staticSource = await readStaticSource(directory, manifest);
  const { runtime, denoise } = await openDenoiser(manifest, directory, { device, threads, gpu, web });
  return new OrtTeacher(manifest, staticSource, directory, runtime, denoise);
}

class OrtTeacher implements Teacher {
  readonly manifest: TeacherManifest;
  readonly staticSource: Lora | null;
  readonly description: string;
  readonly #directory: string;
  readonly #runtime: Runtime;
  readonly #denoise: GraphSession;
  readonly predictOnDevice?: NonNullable<Teacher["predictOnDevice"]>;
  /** The full graph, where `#denoise` is a form without LoRA factors and somebody asked with some. */
  #withFactors: Promise<GraphSession> | null = null;
  #gradient: Promise<GraphSession> | null = null;
  #text: Promise<TextEncoder> | null = null;

  constructor(
    manifest: TeacherManifest,
    staticSource: Lora | null,
    directory: string,
    runtime: Runtime,
    denoise: GraphSession,
  ) {
    this.manifest = manifest;
    this.staticSource = staticSource;
    this.#directory = directory;
    this.#runtime = runtime;
    this.#denoise = denoise;
    this.description = `${manifest.name} ${manifest.version} (${directory}) on ${runtime.name}`;
    if (denoise.runOnDevice) this.predictOnDevice = (request) => this.#predictOnDevice(request);
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
    const { x0 } = await this.#run(await this.#denoiserFor(request.lora), inputs);
    return checkFinite(x0!.data, "prediction", this.description);
  }

  async #predictOnDevice({ clips, ...request }: DevicePredictRequest): Promise<DeviceResult> {
    const { manifest } = this;
    const clip = { buffer: clips, shape: clipShape(manifest, request) };
    const lora = loraInputs(manifest, request.lora ?? zeroLora(manifest));
    const session = await this.#denoiserFor(request.lora);
    try {
      return await session.runOnDevice!({ clip, ...conditionsAlone(manifest, request), ...lora }, "x0");
    } catch (cause) {
      throw teacherError(`${this.description} failed`, cause);
    }
  }

  async #denoiserFor(lora: Lora | null): Promise<GraphSession> {
    const { graphs, lora: known } = this.manifest;
    if (!lora || this.#denoise.inputs.includes(known.tensors[0]!.name)) return this.#denoise;
    this.#withFactors ??= this.#open(graphs.denoise).catch((error) => {
      this.#withFactors = null;
      throw error;
    });
    return this.#withFactors;
  }

  async #open(graph: string): Promise<GraphSession> {
    const files = { directory: this.#directory, graph, weights: this.manifest.weights };
    return this.#runtime.open(files).catch((cause) => {
      throw teacherError(`${graph} of ${this.description} does not open`, cause);
    });
  }

  /** The graph takes one item at a time: a batch is the mean over its items. */
  async loraGradient(request: LoraGradientRequest) {
    const { graphs, lora } = this.manifest;
    this.#gradient ??= this.#open(graphs.loraGradient).catch((error) => {
      this.#gradient = null;
      throw error;
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
    await (await this.#withFactors?.catch(() => null))?.release();
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
