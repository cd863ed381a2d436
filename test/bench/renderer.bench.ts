// The renderer, forward and backward, on the processor and on the graphics adapter: whole calls of its contract (upload and read-back
// in them) and, on the adapter, what its own clock says of the work alone: within such calls, which leave the adapter idle most of the
// time, within the same calls straight after a load, and many times over without a pause (back-to-back.ts), which gsplat_reference.py
// is compared with.
//
// `--device cpu|webgpu` picks one; `--splats`, `--pixels`, `--frames`, `--views` take lists (8000,30000,100000; 64,256,512; 16; 1),
// `--iterations` says how many times over (20). The processor does only the sizes named, or the smallest where none are: the largest
// takes it minutes. An emulated adapter is taken where VK_ICD_FILENAMES names one. ANIMUS_BENCH_KERNELS=1 times every kernel apart.

import { type Gpu, openGpu } from "../../pipeline/device/open-gpu.ts";
import { AnimusError } from "../../pipeline/errors.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import type { ChunkWork } from "../../pipeline/render/gpu/chunk.ts";
import { createGpuRenderer } from "../../pipeline/render/gpu/gpu-renderer.ts";
import type { Renderer } from "../../pipeline/render/renderer.ts";
import { keepBusy, timeBackToBack } from "./back-to-back.ts";
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
  for (const size of sizes(bench, gpu.facts.software)) {
    try {
      await onGpuAt(bench, gpu, size, detail, times);
    } catch (error) {
      if (!(error instanceof AnimusError) || !/does not fit/.test(error.message)) throw error;
      process.stderr.write(`  ${error.message}\n`);
    }
  }
  gpu.assertSound();
  gpu.dispose();
}

async function onGpuAt(bench: Bench, gpu: Gpu, size: Size, detail: string, times: Map<string, number>): Promise<void> {
  const { software } = gpu.facts;
  const kernels = process.env["ANIMUS_BENCH_KERNELS"] === "1";
  const own: Record<string, number[]> = {};
  const onTime = (parts: Readonly<Record<string, number>>) => {
    for (const [name, time] of Object.entries(parts)) (own[name] ??= []).push(time);
  };
  const forget = () => {
    for (const list of Object.values(own)) list.length = 0;
  };
  const recordOwn = (when: string) => {
    for (const [name, list] of Object.entries(own)) {
      const metric =
        { render: "forward on the device", differentiate: "backward on the device" }[name] ?? `kernel ${name}`;
      if (list.length > 0) {
        bench.record({ metric: named(metric + when, size), value: medianOf(list), unit: "ms", detail });
      }
    }
  };
  const stopwatch = gpu.device.features.has("timestamp-query") ? { onTime, kernels } : null;
  const splats = benchSplats(size.splats);
  const settings = { width: size.pixels, height: size.pixels };
  const renderer = await createGpuRenderer(gpu, splats, settings, { stopwatch, memory: 2 ** 34 });
  try {
    const calls = await measure(bench, "webgpu", detail, size, renderer, software ? 1 : 15, times, forget);
    recordOwn("");
    const work = renderer.work();
    if (!work) {
      process.stderr.write("  Not all frames fit at once: nothing is timed back to back.\n");
      return;
    }
    await backToBack(bench, gpu, size, detail, work);
    forget();
    for (let run = 0; run < (software ? 1 : 5); run++) {
      await keepBusy(gpu, [work.forward], software ? 0 : 200);
      await calls.forward();
      await keepBusy(gpu, [work.backward], software ? 0 : 200);
      await calls.backward();
    }
    recordOwn(" after a load");
  } finally {
    await renderer.dispose();
  }
}

async function backToBack(bench: Bench, gpu: Gpu, size: Size, detail: string, { forward, backward }: ChunkWork) {
  const { software } = gpu.facts;
  const times = bench.flags.sizes.iterations?.[0] ?? (software ? 2 : 20);
  const options = software ? { warm: 0, times, rounds: 1 } : { warm: 500, times, rounds: 3 };
  for (const [way, works] of [
    ["forward", [forward]],
    ["backward", [backward]],
    ["forward and backward", [forward, backward]],
  ] as const) {
    const { device, wall } = await timeBackToBack(gpu, works, options);
    const record = (what: string, value: number) =>
      bench.record({ metric: named(`${way}, back to back${what}`, size), value, unit: "ms", detail });
    if (device !== null) record("", device);
    record(", wall clock", wall);
  }
}

async function onCpu(bench: Bench, times: Map<string, number>): Promise<void> {
  const threads = bench.flags.threads ?? 2;
  for (const size of sizes(bench, true)) {
    const settings = { width: size.pixels, height: size.pixels };
    const renderer = createCpuRenderer(benchSplats(size.splats), settings, { threads });
    const detail = `cpu, threads ${threads}`;
    await measure(bench, detail, detail, size, renderer, 5, times);
    await renderer.dispose();
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

/**
 * @param warm called once what compiles and allocates has done so.
 * @returns the calls that were timed.
 */
async function measure(
  bench: Bench,
  device: string,
  detail: string,
  size: Size,
  renderer: Renderer,
  runs: number,
  times: Map<string, number>,
  warm: () => void = () => {},
): Promise<Record<"forward" | "backward", () => Promise<unknown>>> {
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
  const calls = { forward: () => renderer.render(posed, cameras), backward: () => renderer.backward(gradient) };
  for (const way of ["forward", "backward"] as const) {
    const value = await bench.median(calls[way], { warmup: 0, runs });
    times.set(`${named(way, size)} ${device}`, value);
    bench.record({ metric: named(way, size), value, unit: "ms", detail });
  }
  return calls;
}
