// The GPU renderer against the CPU's on this machine's own adapter: `node --import tsx test/render/gpu-parity.ts` prints each
// comparison and a verdict, and exits 1 where one fails. The tests do the same on an emulated adapter; this is for real ones.
// `--small` keeps the scenes small enough for an emulation.

import { openGpu } from "../../pipeline/device/open-gpu.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createGpuRenderer } from "../../pipeline/render/gpu/gpu-renderer.ts";
import type { Camera, Renderer, RenderSettings, SplatFrames, Splats } from "../../pipeline/render/renderer.ts";
import { benchCameras, benchFrames, benchSplats } from "../bench/renderer-scene.ts";
import { random, randomScene } from "./scenes.ts";

const VALUES = 1e-4;
const GRADIENTS = 1e-3;

interface Case {
  name: string;
  splats: Splats;
  posed: SplatFrames;
  cameras: Camera[];
  size: RenderSettings;
  /**
   * Splats of equal depth may swap in float32: such scenes allow this share of pixels to differ by more than VALUES, and gradients
   * ten times as much.
   */
  swaps: number;
}

const small = process.argv.includes("--small");

function cases(): Case[] {
  const cameras = benchCameras(2);
  const list: Case[] = [];
  for (const [count, width, height] of small
    ? [[300, 40, 36]]
    : [
        [300, 40, 36],
        [1500, 64, 64],
        [3000, 200, 130],
      ]) {
    const { splats, posed } = randomScene(count!, 2, cameras, 1e-6, count!);
    const size = { width: width!, height: height! };
    list.push({ name: `random cloud, ${count} splats`, splats, posed, cameras, size, swaps: 0 });
  }
  for (const [count, side] of small
    ? [[500, 32]]
    : [
        [8000, 64],
        [30_000, 256],
      ]) {
    const splats = benchSplats(count!);
    const size = { width: side!, height: side! };
    const posed = benchFrames(splats, small ? 1 : 4);
    list.push({ name: `bumpy sphere, ${count} splats`, splats, posed, cameras, size, swaps: 1e-3 });
  }
  return list;
}

async function results(renderer: Renderer, { posed, cameras }: Case) {
  const images = await renderer.render(posed, cameras);
  const next = random(6);
  const gradient = Float32Array.from({ length: images.length }, () => next() - 0.5);
  const { positions, linears } = await renderer.backward(gradient);
  await renderer.dispose();
  return { images, positions, linears };
}

function relativeError(actual: Float32Array, expected: Float32Array): number {
  let [error, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error += (actual[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return Math.sqrt(error / size);
}

const gpu = await openGpu({ software: small });
const { subgroupMinSize, subgroupMaxSize } = gpu.device.adapterInfo;
console.log(`${gpu.facts.name}, subgroups ${gpu.subgroups} (${subgroupMinSize} to ${subgroupMaxSize})`);
let failed = 0;
for (const one of cases()) {
  const { splats, size, swaps } = one;
  const expected = await results(createCpuRenderer(splats, size, { threads: small ? 0 : 8 }), one);
  const actual = await results(await createGpuRenderer(gpu, splats, size), one);
  let [worst, differ] = [0, 0];
  for (let i = 0; i < actual.images.length; i++) {
    const error = Math.abs(actual.images[i] - expected.images[i]);
    worst = Math.max(worst, error);
    if (error > VALUES) differ++;
  }
  const share = differ / actual.images.length;
  const onPositions = relativeError(actual.positions, expected.positions);
  const onLinears = relativeError(actual.linears, expected.linears);
  const bound = swaps > 0 ? 10 * GRADIENTS : GRADIENTS;
  const sound = share <= swaps && onPositions < bound && onLinears < bound;
  if (!sound) failed++;
  console.log(
    `${sound ? "ok    " : "FAILED"} ${one.name}, ${size.width}x${size.height}: worst value ${worst.toExponential(1)}, ` +
      `share above ${VALUES}: ${share.toExponential(1)}, gradients ${onPositions.toExponential(1)} and ${onLinears.toExponential(1)}`,
  );
}
gpu.assertSound();
console.log(
  failed === 0 ? "Verdict: the GPU renderer agrees with the CPU's." : `Verdict: ${failed} comparisons FAILED.`,
);
process.exit(failed === 0 ? 0 : 1);
