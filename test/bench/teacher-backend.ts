// One runtime's part of teacher.bench.ts, in a process of its own: `tsx teacher-backend.ts <device> <threads>` prints its rows as
// one line of JSON. Exit status 3: this machine has no such runtime.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGpu } from "../../pipeline/device/open-gpu.ts";
import { EMBEDDED } from "../../pipeline/teacher/load-teacher.ts";
import { parseManifest, type TeacherManifest } from "../../pipeline/teacher/manifest.ts";
import { nodeRuntime } from "../../pipeline/teacher/ort-node.ts";
import { webRuntime } from "../../pipeline/teacher/ort-web.ts";
import { webGpuRuntime } from "../../pipeline/teacher/ort-web-gpu.ts";
import { checkFinite, conditionInputs, loraInputs } from "../../pipeline/teacher/requests.ts";
import type { Runtime } from "../../pipeline/teacher/session.ts";
import { pick, relativeError, seededRequest } from "../teacher/seeded.ts";
import { timeMedian } from "./harness.ts";
import { countMultiplyAdds, total, totalOfGradient } from "./multiply-adds.ts";
import { initialiserShapes, productChain } from "./onnx-file.ts";

const [device, threads] = [process.argv[2]!, Number(process.argv[3])];
const gpu = device.startsWith("webgpu") || device === "cuda";
const runs = { warmup: 2, runs: gpu ? 20 : device === "wasm" ? 3 : 7 };
/** Side of the matrices whose product is the peak, and how many products more the longer of two chains has. */
const [PEAK_SIZE, PEAK_PRODUCTS] = gpu ? [4096, 16] : [768, 8];

/** Values that PyTorch gave for the shipped weights. */
const vector = JSON.parse(await readFile(new URL("../teacher/parity.json", import.meta.url), "utf8"));
/** Relative: half precision and a GPU's own sines stay below this; a wrong graph does not. */
const LARGEST_ERROR = 0.03;

const rows: { metric: string; value: number; unit: string; detail?: string }[] = [];

async function openRuntime(): Promise<Runtime> {
  if (device === "wasm") return webRuntime(threads);
  if (device === "webgpu-web") return webGpuRuntime(await openGpu());
  return nodeRuntime(device as "cpu", threads);
}

/** Operations a second, of which a multiply-add is two: the time by which a longer chain of products exceeds a shorter one. */
async function peak(runtime: Runtime, half: boolean): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "peak-"));
  const times: number[] = [];
  try {
    for (const products of [2, 2 + PEAK_PRODUCTS]) {
      await writeFile(join(directory, "peak.onnx"), productChain(PEAK_SIZE, products, half));
      await writeFile(join(directory, "none.bin"), "");
      const session = await runtime.open({ directory, graph: "peak.onnx", weights: "none.bin" });
      const inputs = {
        column: { data: new Float32Array(PEAK_SIZE).fill(1), shape: [PEAK_SIZE, 1] },
        row: { data: new Float32Array(PEAK_SIZE).fill(1 / PEAK_SIZE), shape: [1, PEAK_SIZE] },
      };
      const { most } = await session.run(inputs);
      if (Math.abs(most!.data[0]! * PEAK_SIZE - 1) > 0.02)
        throw new Error(`products of matrices went wrong: ${most!.data[0]}`);
      times.push(await timeMedian(() => session.run(inputs), { warmup: 2, runs: 9 }));
      await session.release();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
  return (2 * PEAK_SIZE ** 3 * PEAK_PRODUCTS) / ((times[1]! - times[0]!) / 1000);
}

async function measure(manifest: TeacherManifest, directory: string, runtime: Runtime, graph: string, name: string) {
  const half = graph !== manifest.graphs.denoise;
  const label = half ? { detail: "half precision" } : {};
  const { views, frames, width, height, conditioning, lora, weights } = manifest;
  const shapes = [...initialiserShapes(await readFile(join(directory, graph)))]
    .filter(([key]) => key.startsWith("half."))
    .map(([key, shape]) => [key.slice("half.".length), shape] as const);
  const textTokens = conditioning.text.tokens;
  const count = countMultiplyAdds(new Map(shapes), {
    views,
    frames,
    pixels: width * height,
    textTokens,
    rank: lora.rank,
  });
  const speed = await peak(runtime, half);
  rows.push({ metric: `${name} peak of matrix products`, value: speed / 1e9, unit: "GFLOP/s", ...label });

  const begun = performance.now();
  const session = await runtime.open({ directory, graph, weights });
  const factors = session.inputs.includes(lora.tensors[0]!.name);
  const adds = total(count) - (factors ? 0 : count.lora);
  const first = seededRequest(manifest, 1, views);
  const inputsOf = (request: typeof first) => ({
    ...conditionInputs(manifest, request),
    ...loraInputs(manifest, request.lora),
  });
  await session.run(inputsOf(first));
  rows.push({ metric: `${name} load and first prediction`, value: performance.now() - begun, unit: "ms", ...label });

  if (vector.weightsHash === manifest.weightsHash) {
    const { batch, views, guided, values } = vector.denoise.findLast(
      (entry: { factors?: boolean }) => (entry.factors ?? true) === factors,
    );
    const { x0 } = await session.run(inputsOf(seededRequest(manifest, batch, views, guided)));
    const error = relativeError(pick(x0!.data, values.length), values);
    if (!(error < LARGEST_ERROR))
      throw new Error(`${runtime.name} (${graph}) is wrong: relative error ${error} against PyTorch`);
    rows.push({ metric: `${name} error against PyTorch`, value: error, unit: "ratio", ...label });
  }
  for (const batch of [1, 2, 3]) {
    const inputs = inputsOf(seededRequest(manifest, batch, views));
    const { x0 } = await session.run(inputs);
    checkFinite(x0!.data, "prediction", `${runtime.name} (${graph})`);
    const time = await timeMedian(() => session.run(inputs), runs);
    const floor = (2 * batch * adds * 1000) / speed;
    rows.push({ metric: `${name} prediction, batch ${batch}`, value: time, unit: "ms", ...label });
    rows.push({ metric: `${name} prediction, batch ${batch} / floor`, value: time / floor, unit: "ratio", ...label });
  }
  await session.release();
  return { count, speed };
}

async function measureGradient(
  manifest: TeacherManifest,
  directory: string,
  runtime: Runtime,
  floorOperations: number,
  speed: number,
) {
  const { graphs, weights, views } = manifest;
  const session = await runtime.open({ directory, graph: graphs.loraGradient, weights });
  const request = seededRequest(manifest, 1, views);
  const condition = conditionInputs(manifest, request);
  const inputs = {
    ...condition,
    ...loraInputs(manifest, request.lora),
    target: { data: request.targets, shape: condition.clip.shape },
    weight: { data: Float32Array.from(request.weights), shape: [1] },
  };
  const time = await timeMedian(() => session.run(inputs), runs);
  rows.push({ metric: "LoRA gradient", value: time, unit: "ms" });
  rows.push({ metric: "LoRA gradient / floor", value: time / ((floorOperations * 1000) / speed), unit: "ratio" });
  await session.release();
}

const directory = process.env["ANIMUS_BENCH_TEACHER"] ?? EMBEDDED;
const file = join(directory, "teacher.json");
const manifest = parseManifest(await readFile(file, "utf8"), file);
const runtime = await openRuntime().catch((error: Error) => {
  console.error(`    ${error.message}`);
  process.exit(3);
});
const { denoise, denoiseHalf, denoiseCuda } = manifest.graphs;
const { count, speed } = await measure(manifest, directory, runtime, denoise, "float");
rows.unshift({ metric: "multiply-adds of a prediction", value: total(count) / 1e9, unit: "G" });
const half = device === "cuda" ? (denoiseCuda ?? denoiseHalf) : denoiseHalf;
if (gpu && half) {
  await measure(manifest, directory, runtime, half, "half").catch((error: Error) => {
    if (!/f16/.test(error.message)) throw error;
    console.error("    this GPU has no half precision");
  });
}
await measureGradient(manifest, directory, runtime, 2 * totalOfGradient(count), speed);
rows.push({ metric: "peak memory of the process", value: process.resourceUsage().maxRSS / 1024, unit: "MB" });
console.log(JSON.stringify(rows));
process.exit(0);
