// The scaling law: milliseconds of a step of the loop without the teacher (pose, render, regularisers, and all of it backwards) and
// of the preparation, against frames, splats, handles and views, each doubled while the others stay; and the exponent p of
// time ~ n^p over the upper half of each sweep. Nothing may be quadratic. Each time is the fastest of several calls: what else the
// machine does must not bend a curve. With --record it also draws scaling-<device>.svg.
//
// `--device cpu|webgpu` (cpu where left out), `--frames`, `--splats`, `--handles`, `--views` name other values; `--threads`.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { importAsset } from "../../pipeline/asset/import-asset.ts";
import { normalisation } from "../../pipeline/asset/normalise.ts";
import { sampleSplats } from "../../pipeline/asset/sample-splats.ts";
import { openGpu } from "../../pipeline/device/open-gpu.ts";
import { regularise } from "../../pipeline/distill/regularisers.ts";
import { PRESET_SETTINGS } from "../../pipeline/distill/settings.ts";
import { bindAsset } from "../../pipeline/motion/bind.ts";
import * as motions from "../../pipeline/motion/motion.ts";
import { placeHandles } from "../../pipeline/motion/place-handles.ts";
import { surfaceGraph } from "../../pipeline/motion/surface-graph.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createGpuPoseRenderer } from "../../pipeline/render/gpu/gpu-renderer.ts";
import { createPoseRenderer, type PosedScene } from "../../pipeline/render/pose-renderer.ts";
import type { Bench } from "./harness.ts";
import { benchCameras, benchGradient } from "./renderer-scene.ts";
import { type Sweep, scalingPlot } from "./scaling-plot.ts";

const MODEL = join(import.meta.dirname, "../../sample-game/assets/fox/fox.glb");
/** As a build with the embedded teacher has them. */
const BASE = { frames: 16, splats: 4096, handles: 128, views: 4 };
const SIZE = { width: 48, height: 48 };
const VALUES = {
  frames: [4, 8, 16, 32, 64],
  splats: [1024, 2048, 4096, 8192, 16384, 32768],
  handles: [32, 64, 128, 256, 512],
  views: [1, 2, 4, 8],
};
type Axis = keyof typeof BASE;

export default async function scalingBench(bench: Bench): Promise<void> {
  const device = bench.flags.device ?? "cpu";
  const threads = bench.flags.threads ?? 2;
  const gpu = device === "webgpu" ? await openGpu({ software: process.env["VK_ICD_FILENAMES"] !== undefined }) : null;
  const detail = gpu ? `webgpu, ${gpu.facts.name}` : `cpu, threads ${threads}`;
  const asset = await importAsset(MODEL);
  const graph = surfaceGraph(asset, normalisation(asset));
  const sweeps: Sweep[] = [];

  const prepare = (splats: number, handleCount: number): PosedScene => {
    const samples = sampleSplats(asset, { count: splats });
    const handles = placeHandles(graph, { count: handleCount });
    return { splats: samples.splats, handles, binding: bindAsset(graph, handles, samples).splats };
  };

  const stepTime = async ({ frames, splats, handles, views }: typeof BASE) => {
    const scene = prepare(splats, handles);
    const renderer = gpu
      ? await createGpuPoseRenderer(gpu, scene, SIZE)
      : createPoseRenderer(createCpuRenderer(scene.splats, SIZE, { threads }), scene);
    const motion = motions.createMotion(scene.handles.count, 8, true);
    motion.values.fill(0.01);
    const basis = motions.motionBasis(motion, frames);
    const cameras = benchCameras(views);
    const onImages = benchGradient(views * 3 * frames * SIZE.width * SIZE.height);
    const step = async () => {
      const pose = motions.evaluateMotion(motion, scene.handles, basis);
      await renderer.renderPose(pose, cameras);
      const gradient = motions.createPoseGradient(pose);
      await renderer.backwardPose(onImages, gradient);
      regularise(pose, scene.handles, true, PRESET_SETTINGS.draft.regularisers, null, gradient);
      motions.backpropagateMotion(motion, pose, gradient, basis);
    };
    const time = await fastest(step, 7);
    await renderer.dispose();
    return time;
  };

  for (const axis of Object.keys(BASE) as Axis[]) {
    const sweep: Sweep = { axis, what: "step", points: [] };
    for (const value of bench.flags.sizes[axis] ?? VALUES[axis]) {
      sweep.points.push([value, await stepTime({ ...BASE, ...smallerBase(bench), [axis]: value })]);
    }
    sweeps.push(sweep);
  }
  for (const axis of ["splats", "handles"] as const) {
    const sweep: Sweep = { axis, what: "preparation", points: [] };
    for (const value of bench.flags.sizes[axis] ?? VALUES[axis]) {
      const at = { ...BASE, ...smallerBase(bench), [axis]: value };
      sweep.points.push([value, await fastest(() => prepare(at.splats, at.handles), 3)]);
    }
    sweeps.push(sweep);
  }
  gpu?.assertSound();
  gpu?.dispose();

  for (const { axis, what, points } of sweeps) {
    const where = what === "step" ? detail : "cpu, one thread";
    for (const [value, time] of points) {
      bench.record({ metric: `${what}, ${axis} ${value}`, value: time, unit: "ms", detail: where });
    }
    if (points.length > 1) {
      bench.record({ metric: `${what} against ${axis}`, value: exponent(points), unit: "exponent", detail: where });
    }
  }
  if (bench.flags.record) {
    await writeFile(join(import.meta.dirname, `scaling-${device}.svg`), scalingPlot(sweeps, detail));
  }
}

/** Where only small values are asked for, the others stay small too: an emulation takes minutes for a build's. */
function smallerBase({ flags }: Bench): Partial<typeof BASE> {
  const axes = (Object.keys(BASE) as Axis[]).filter((axis) => flags.sizes[axis] !== undefined);
  return Object.fromEntries(axes.map((axis) => [axis, Math.min(BASE[axis], flags.sizes[axis]![0]!)]));
}

async function fastest(call: () => unknown, runs: number): Promise<number> {
  await call();
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    await call();
    best = Math.min(best, performance.now() - begun);
  }
  return best;
}

/** Slope of log time against log n over the upper half: fixed costs hide the law below. */
function exponent(points: readonly (readonly [number, number])[]): number {
  const [from, to] = [points[Math.floor((points.length - 1) / 2)]!, points.at(-1)!];
  return Math.log(to[1] / from[1]) / Math.log(to[0] / from[0]);
}
