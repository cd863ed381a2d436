// What computes: the renderer and the teacher, chosen together. The one place where `--device` turns into both. It opens them
// and says what it took; how each works is in its own room.

import { type Gpu, openGpu } from "./device/open-gpu.ts";
import { AnimusError } from "./errors.ts";
import { createCpuRenderer } from "./render/cpu-renderer.ts";
import { createGpuPoseRenderer } from "./render/gpu/gpu-renderer.ts";
import { createPoseRenderer, type PosedScene, type PoseRenderer } from "./render/pose-renderer.ts";
import type { RenderSettings } from "./render/renderer.ts";
import { loadTeacher } from "./teacher/load-teacher.ts";
import type { Device } from "./teacher/open-denoiser.ts";
import type { Teacher } from "./teacher/teacher.ts";

export interface BackendOptions {
  /**
   * cpu: both on the processor. webgpu: both on the graphics adapter. cuda: the teacher on CUDA, the renderer on the adapter where
   * there is one. auto: the best of these that works.
   */
  device: Device;
  /** Threads of what runs on the processor. */
  threads: number;
  /** Folder of `teacher.json`; the teacher that ships with the package where left out. */
  directory?: string | undefined;
  /** Takes one line for people where `auto` or `cuda` does without the GPU. */
  onNote?: (text: string) => void;
  /** Render on an emulation of a GPU too, the teacher then on the CPU; for tests. */
  software?: boolean;
  /** Leave onnxruntime-node aside; for tests and benchmarks. */
  web?: boolean;
}

export interface Backend {
  readonly teacher: Teacher;
  /** The device that renders; null where the processor does. */
  readonly gpu: Gpu | null;
  /** What renders and what predicts, for people. */
  readonly description: string;
  createRenderer(scene: PosedScene, settings: RenderSettings): Promise<PoseRenderer>;
  /**
   * Settles once everything given to the GPU is done: ask before anything is written.
   * @throws AnimusError (device) once the GPU reported an error that nobody expected or was lost, then for ever.
   */
  assertSound(): Promise<void>;
  dispose(): Promise<void>;
}

/** @throws AnimusError (device, teacher) where the device asked for cannot be had. */
export async function openBackend(options: BackendOptions): Promise<Backend> {
  const { device, threads, directory, web } = options;
  const gpu = device === "cpu" ? null : await findGpu(options);
  try {
    // A network on an emulation of a GPU takes minutes where the processor takes a second.
    const emulated = gpu?.facts.software && device !== "cuda";
    const teacher = await loadTeacher({ directory, threads, gpu, web, device: emulated ? "cpu" : device });
    return createBackend(teacher, gpu, threads);
  } catch (error) {
    gpu?.dispose();
    throw error;
  }
}

/** @returns null where there is no GPU and the choice can do without. */
async function findGpu({ device, software = false, onNote }: BackendOptions): Promise<Gpu | null> {
  try {
    return await openGpu({ software });
  } catch (error) {
    if (device === "webgpu" || !(error instanceof AnimusError)) throw error;
    onNote?.(`${error.message} ${device === "cuda" ? "Rendering" : "Building"} on the CPU.`);
    return null;
  }
}

function createBackend(teacher: Teacher, gpu: Gpu | null, threads: number): Backend {
  const settled = () => gpu?.device.queue.onSubmittedWorkDone().catch(() => {}); // A lost device is told by assertSound.
  return {
    teacher,
    gpu,
    description: `${teacher.description}; renderer on ${gpu ? gpu.facts.name : `${threads} CPU threads`}`,
    async createRenderer(scene, settings) {
      if (gpu) return createGpuPoseRenderer(gpu, scene, settings);
      return createPoseRenderer(createCpuRenderer(scene.splats, settings, { threads }), scene);
    },
    async assertSound() {
      await settled();
      gpu?.assertSound();
    },
    async dispose() {
      await teacher.dispose();
      gpu?.dispose();
    },
  };
}
