// The renderer, forward and backward, on the processor and on the graphics adapter: whole calls of its contract (upload and read-back
// in them) and, on the adapter, what its own clock says of the work alone, which gsplat_reference.py is compared with.
//
// `--device cpu|webgpu` picks one; `--splats`, `--pixels`, `--frames`, `--views` take lists (8000,30000,100000; 64,256,512; 16; 1).
// The processor does only the sizes named, or the smallest where none are: the largest takes it minutes. An emulated adapter is
// taken where VK_ICD_FILENAMES names one. ANIMUS_BENCH_KERNELS=1 times every kernel of the adapter apart.

import { openGpu } from "../../pipeline/device/open-gpu.ts";
import { AnimusError } from "../../pipeline/errors.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createGpuRenderer } from "../../pipeline/render/gpu/gpu-renderer.ts";
import type { Renderer } from "../../pipeline/render/renderer.ts";
import { type Bench, medianOf } from "./harness.ts";
import { benchCameras, benchFrames, benchGradient, benchSplats } from "./renderer-scene.ts";

interface Size {
  splats: number;
  pixels: number;
  frames: number;
  views: number;
}

export default async function rendererBench(bench: Bench): Promise<void> {
  const { device } = bench.flags;
  if (device !== undefined && device !== "cpu" && device !== "webgpu")
    throw new Error("--device is cpu or webgpu here.");
  const times = new Map<string, number>();
  if (device !== "cpu") await onGpu(bench, times);
  if (device !== "webgpu") await onCpu(bench, times);
}

async function onGpu(bench: Bench, times: Map<string, number>): Promise<void> {
  const software = process.env["VK_ICD_FILENAMES"] !== undefined;
  const gpu = await openGpu({ software }).catch((error: AnimusError) => {
    if (bench.flags.device === "webgpu") throw error;
    process.stderr.write(`  ${error.message}\n`);
    return null;
  });
  if (!gpu) return;
  const detail = `webgpu, ${gpu.facts.name}`;
  const kernels = process.env["ANIMUS_BENCH_KERNELS"] === "1";
  for (const size of sizes(bench, gpu.facts.software)) {
    const own: Record<string, number[]> = {};
    const onTime = (parts: Readonly<Record<string, number>>) => {
      for (const [name, time] of Object.entries(parts)) (own[name] ??= []).push(time);
    };
    const stopwatch = gpu.device.features.has("timestamp-query") ? { onTime, kernels } : null;
    const splats = benchSplats(size.splats);
    try {
      const options = { stopwatch, memory: 2 ** 34 };
      const renderer = await createGpuRenderer(gpu, splats, { width: size.pixels, height: size.pixels }, options);
      await measure(bench, "webgpu", detail, size, renderer, gpu.facts.software ? 1 : 15, times, () => {
        for (const list of Object.values(own)) list.length = 0;
      });
      for (const [name, list] of Object.entries(own)) {
        const metric =
          { render: "forward on the device", differentiate: "backward on the device" }[name] ?? `kernel ${name}`;
        if (list.length > 0) bench.record({ metric: named(metric, size), value: medianOf(list), unit: "ms", detail });
      }
    } catch (error) {
      if (!(error instanceof AnimusError) || !/does not fit/.test(error.message)) throw error;
      process.stderr.write(`  ${error.message}\n`);
    }
  }
  gpu.assertSound();
  gpu.dispose();
}

async function onCpu(bench: Bench, times: Map<string, number>): Promise<void> {
  const threads = bench.flags.threads ?? 2;
  for (const size of sizes(bench, true)) {
    const settings = { width: size.pixels, height: size.pixels };
    const renderer = createCpuRenderer(benchSplats(size.splats), settings, { threads });
    const detail = `cpu, threads ${threads}`;
    await measure(bench, detail, detail, size, renderer, 5, times);
    for (const way of ["forward", "backward"]) {
      const fast = times.get(`${named(way, size)} webgpu`);
      const slow = times.get(`${named(way, size)} cpu, threads ${threads}`);
      if (fast && slow) {
        const detail = `threads ${threads}`;
        bench.record({ metric: `${named(way, size)}: cpu / webgpu`, value: slow / fast, unit: "ratio", detail });
      }
    }
  }
}

function sizes({ flags }: Bench, small: boolean): Size[] {
  const { splats = small ? [8000] : [8000, 30_000, 100_000], pixels = small ? [64] : [64, 256, 512] } = flags.sizes;
  const { frames = [16], views = [1] } = flags.sizes;
  return splats.flatMap((s) =>
    pixels.flatMap((p) => frames.flatMap((f) => views.map((v) => ({ splats: s, pixels: p, frames: f, views: v })))),
  );
}

const named = (what: string, { splats, pixels, frames, views }: Size) =>
  `${what}, ${splats} splats, ${pixels} px, ${frames} frames, ${views} views`;

/** @param warm called once what compiles and allocates has done so. */
async function measure(
  bench: Bench,
  device: string,
  detail: string,
  size: Size,
  renderer: Renderer,
  runs: number,
  times: Map<string, number>,
  warm: () => void = () => {},
): Promise<void> {
  const splats = benchSplats(size.splats);
  const posed = benchFrames(splats, size.frames);
  const cameras = benchCameras(size.views);
  const images = await renderer.render(posed, cameras);
  if (!images.some((value) => value < 0.5)) throw new Error(`${detail} drew nothing.`);
  const gradient = benchGradient(images.length);
  const { positions } = await renderer.backward(gradient);
  if (!positions.some((value) => value !== 0)) throw new Error(`${detail} gave no gradient.`);
  await renderer.render(posed, cameras);
  warm();
  const forward = await bench.median(() => renderer.render(posed, cameras), { warmup: 0, runs });
  const backward = await bench.median(() => renderer.backward(gradient), { warmup: 0, runs });
  for (const [way, value] of [
    ["forward", forward],
    ["backward", backward],
  ] as const) {
    times.set(`${named(way, size)} ${device}`, value);
    bench.record({ metric: named(way, size), value, unit: "ms", detail });
  }
  await renderer.dispose();
}
