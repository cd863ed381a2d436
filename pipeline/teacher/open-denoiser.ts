// Opens the denoising graph on the best runtime there is: by knowledge of which is fastest, and by measurement whether it is right and
// whether a GPU is one.

import { join } from "node:path";
import { mayHaveGpu } from "../device/gpu-adapter.ts";
import type { Gpu } from "../device/open-gpu.ts";
import { AnimusError } from "../errors.ts";
import { CUDA_NEEDS } from "./install-cuda.ts";
import type { TeacherManifest } from "./manifest.ts";
import { type NodeProvider, nodeRuntime } from "./ort-node.ts";
import { webRuntime } from "./ort-web.ts";
import { webGpuRuntime } from "./ort-web-gpu.ts";
import { answer, answerTime, difference, LARGEST_DIFFERENCE } from "./probe.ts";
import type { GraphSession, Runtime } from "./session.ts";

export type Device = "auto" | "cuda" | "webgpu" | "cpu";

export interface RuntimeChoice {
  device: Device;
  threads: number;
  /** The renderer's device; null: there is no GPU. */
  gpu: Gpu | null | undefined;
  /** Leave onnxruntime-node aside. */
  web: boolean | undefined;
}

/** What a GPU is measured by: the processor's answer, and how long it takes there. */
interface Reference {
  values: Float32Array;
  milliseconds: number;
}

const REMEDIES: Readonly<Record<Device, string>> = {
  auto: "Check the teacher's files with `animus doctor`.",
  cpu: "Check the teacher's files with `animus doctor`.",
  webgpu: "Update the graphics driver, or use --device cpu.",
  cuda: `The CUDA provider needs ${CUDA_NEEDS}; or use --device webgpu or cpu.`,
};

/**
 * Opens the graph on the first runtime that takes it and answers rightly; on a GPU a half-precision form where the teacher has one,
 * which may have no inputs for LoRA factors.
 * @throws AnimusError (device) with the reason of every runtime that was tried.
 */
export async function openDenoiser(manifest: TeacherManifest, directory: string, choice: RuntimeChoice) {
  const failures: string[] = [];
  const { denoise: full } = manifest.graphs;
  const open = (runtime: Runtime, graph: string) => runtime.open({ directory, graph, weights: manifest.weights });
  let reference: Promise<Reference> | null = null;

  for (const make of candidates(choice)) {
    const runtime = await make().catch((error: unknown) => {
      failures.push(firstLine(error));
      return null;
    });
    if (!runtime) continue;
    const gpu = isGpu(runtime);
    for (const graph of formsFor(runtime, manifest)) {
      try {
        const denoise = await open(runtime, graph);
        try {
          if (manifest.guidance && !denoise.inputs.includes("guidance")) {
            throw new Error(`${graph} has no input "guidance", which "guidance" in teacher.json promises`);
          }
          if (gpu) {
            reference ??= answerOnCpu(manifest, choice, (cpu) => open(cpu, full));
            await checkGpu(manifest, runtime, denoise, await reference, choice.device === "auto");
          }
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
    file: join(directory, full),
    hint: REMEDIES[choice.device],
  });
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message.split("\n")[0]! : String(error));

const isGpu = ({ name }: Runtime) => !/ (cpu|wasm)$/.test(name);

/** Files of the graph for a runtime, fastest first. */
function formsFor(runtime: Runtime, { graphs }: TeacherManifest): string[] {
  const cuda = / cuda$/.test(runtime.name) ? graphs.denoiseCuda : undefined;
  const half = isGpu(runtime) ? graphs.denoiseHalf : undefined;
  return [cuda, half, graphs.denoise].filter((graph) => graph !== undefined);
}

/** @throws where its answer is not the processor's or, with `mustBeFaster`, comes later. */
async function checkGpu(
  manifest: TeacherManifest,
  { name }: Runtime,
  session: GraphSession,
  { values, milliseconds }: Reference,
  mustBeFaster: boolean,
): Promise<void> {
  const off = difference(await answer(manifest, session), values);
  if (off > LARGEST_DIFFERENCE) {
    throw new Error(`${name} computes wrongly on this GPU (its prediction is off by ${(100 * off).toFixed(1)} %)`);
  }
  if (mustBeFaster && (await answerTime(manifest, session)) > milliseconds) {
    throw new Error(`${name} is no faster than the processor here`);
  }
}

async function answerOnCpu(
  manifest: TeacherManifest,
  choice: RuntimeChoice,
  open: (runtime: Runtime) => Promise<GraphSession>,
): Promise<Reference> {
  const failures: string[] = [];
  for (const make of candidates({ ...choice, device: "cpu" })) {
    try {
      const session = await open(await make());
      const values = await answer(manifest, session);
      const milliseconds = await answerTime(manifest, session);
      await session.release();
      return { values, milliseconds };
    } catch (error) {
      failures.push(firstLine(error));
    }
  }
  throw new Error(`no runtime on the processor to check it against: ${failures.join("; ")}`);
}

/** The runtimes to try, fastest first. */
function candidates({ device, threads, gpu, web }: RuntimeChoice): (() => Promise<Runtime>)[] {
  const node = (provider: NodeProvider) => (web ? [] : [() => nodeRuntime(provider, threads)]);
  const cuda = node("cuda");
  const webgpu = [...node("webgpu"), ...(gpu ? [() => webGpuRuntime(gpu)] : [])];
  const cpu = [...node("cpu"), () => webRuntime(threads)];
  const noGpu = gpu === null || (gpu === undefined && !mayHaveGpu());
  return { cuda, webgpu, cpu, auto: [...cuda, ...(noGpu ? [] : webgpu), ...cpu] }[device];
}
