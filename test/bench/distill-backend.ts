// One device's part of distill.bench.ts, in a process of its own: `tsx distill-backend.ts <request as JSON>` prints its rows as one
// line of JSON. Exit status 3: this machine has no such device.

import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importAsset } from "../../pipeline/asset/import-asset.ts";
import { normalisation } from "../../pipeline/asset/normalise.ts";
import { sampleSplats } from "../../pipeline/asset/sample-splats.ts";
import { type Backend, openBackend } from "../../pipeline/backend.ts";
import { buildClip } from "../../pipeline/build.ts";
import { CLIP_DEFAULTS, type PresetName } from "../../pipeline/clip-spec.ts";
import { distill } from "../../pipeline/distill/distill.ts";
import { HANDLES, PRESET_SETTINGS, SPLATS } from "../../pipeline/distill/settings.ts";
import { AnimusError } from "../../pipeline/errors.ts";
import type { Stage } from "../../pipeline/events.ts";
import { bindAsset } from "../../pipeline/motion/bind.ts";
import { placeHandles } from "../../pipeline/motion/place-handles.ts";
import { surfaceGraph } from "../../pipeline/motion/surface-graph.ts";
import type { PoseRenderer } from "../../pipeline/render/pose-renderer.ts";
import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { medianOf } from "./harness.ts";

interface Request {
  device: "cpu" | "webgpu" | "webgpu-web" | "cuda";
  threads: number;
  iterations: number;
  splats: number | null;
  presets: PresetName[];
}

/** ANIMUS_BENCH_SCORE=cpu: the arithmetic of the score on the processor though the renderer is on a GPU, for comparison. */
const scoreOnGpu = process.env["ANIMUS_BENCH_SCORE"] !== "cpu";

const MISSING = 3;
const MODEL = join(import.meta.dirname, "../../sample-game/assets/fox/fox.glb");
const PROMPT = "a fox walking";

const request: Request = JSON.parse(process.argv[2]!);
const rows: { metric: string; value: number; unit: string; detail: string }[] = [];
let detail = "";
const record = (metric: string, value: number, unit: string) => rows.push({ metric, value, unit, detail });

const begun = performance.now();
const backend = await openBackend({
  device: request.device === "webgpu-web" ? "webgpu" : request.device,
  web: request.device === "webgpu-web",
  threads: request.threads,
  software: process.env["VK_ICD_FILENAMES"] !== undefined,
  onNote: (text) => process.stderr.write(`    ${text}\n`),
}).catch((error: unknown) => {
  if (!(error instanceof AnimusError) || error.code !== "device") throw error;
  process.stderr.write(`    ${error.message}\n`);
  process.exit(MISSING);
});
detail = `${request.device}: ${backend.description.replace(/^.*?\) on /, "")}, threads ${request.threads}`;
record("open teacher and renderer", performance.now() - begun, "ms");
await timeLoop();
for (const preset of request.presets) await timeClip(preset);
await recordMemory(backend);
await backend.assertSound();
console.log(JSON.stringify(rows));
process.exit(0);

/** Calls of the loop by stage, milliseconds, since the loop began. */
async function timeLoop(): Promise<void> {
  const asset = await importAsset(MODEL);
  const samples = sampleSplats(asset, { count: request.splats ?? SPLATS });
  const graph = surfaceGraph(asset, normalisation(asset));
  const handles = placeHandles(graph, { count: HANDLES });
  const binding = bindAsset(graph, handles, samples).splats;
  const { width, height } = backend.teacher.manifest;
  const scene = { splats: samples.splats, handles, binding };
  const spent: Record<string, number[]> = { render: [], teacher: [], backward: [] };
  const gradientTimes: number[] = [];
  const timed =
    <A extends unknown[], R>(list: number[], call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const from = performance.now();
      const result = await call(...args);
      list.push(performance.now() - from);
      return result;
    };
  const { onDevice, ...plain } = await backend.createRenderer(scene, { width, height });
  const renderer: PoseRenderer = {
    ...plain,
    renderPose: timed(spent["render"]!, plain.renderPose),
    backwardPose: timed(spent["backward"]!, plain.backwardPose),
    ...(scoreOnGpu &&
      onDevice && {
        onDevice: {
          gpu: onDevice.gpu,
          renderPose: timed(spent["render"]!, onDevice.renderPose),
          backwardPose: timed(spent["backward"]!, onDevice.backwardPose),
        },
      }),
  };
  const { teacher: answering } = backend;
  const teacher: Teacher = {
    manifest: answering.manifest,
    description: answering.description,
    encodeText: (text) => answering.encodeText(text),
    predict: timed(spent["teacher"]!, (ask) => answering.predict(ask)),
    ...(answering.predictOnDevice && { predictOnDevice: timed(spent["teacher"]!, answering.predictOnDevice) }),
    loraGradient: timed(gradientTimes, (ask) => answering.loraGradient(ask)),
    dispose: async () => {},
  };
  const ends: number[] = [];
  const draft = PRESET_SETTINGS.draft;
  await distill({
    prompt: PROMPT,
    ...scene,
    loop: true,
    seed: 1,
    teacher,
    renderer,
    settings: {
      ...draft,
      iterations: request.iterations + 1,
      rigs: 1,
      source: { ...draft.source, factors: "trained", maxSteps: 2 },
      noises: 2,
    },
    onStage: (stage) => {
      if (stage !== "distill") return;
      for (const list of Object.values(spent)) list.length = 0;
    },
    onProgress: (_, loss) => {
      if (loss !== null) ends.push(performance.now());
    },
  });
  await plain.dispose();
  // What is left of the training of the source in `ends` came before; the first iteration only starts the clock.
  const loop = ends.slice(-request.iterations - 1);
  const iterations = loop.slice(1).map((end, i) => end - loop[i]!);
  const sums = Object.entries(spent).map(([name, list]) => [name, perIteration(list)] as const);
  record("iteration", medianOf(iterations), "ms");
  for (const [name, times] of sums) record(`iteration: ${name}`, medianOf(times), "ms");
  const rest = iterations.map((time, i) => sums.reduce((left, [, times]) => left - times[i]!, time));
  record("iteration: pose, score, regularisers, step", medianOf(rest), "ms");
  record("source step", medianOf(gradientTimes), "ms");
}

/** Sums of the calls of each iteration but the first. */
function perIteration(times: number[]): number[] {
  const calls = times.length / (request.iterations + 1);
  if (!Number.isInteger(calls)) throw new Error(`${times.length} calls in ${request.iterations + 1} iterations`);
  return Array.from({ length: request.iterations }, (_, i) =>
    times.slice((i + 1) * calls, (i + 2) * calls).reduce((sum, time) => sum + time, 0),
  );
}

async function timeClip(preset: PresetName): Promise<void> {
  const out = await mkdtemp(join(tmpdir(), "animus-bench-"));
  const stages: [Stage, number][] = [];
  try {
    const { seconds, metrics } = await buildClip({
      asset: MODEL,
      id: { asset: "fox.glb", clip: "main" },
      clip: { ...CLIP_DEFAULTS, name: "main", prompt: PROMPT, preset },
      keep: [],
      key: "bench",
      out,
      backend,
      events: (event) => {
        if (event.type === "stage") stages.push([event.stage, performance.now()]);
      },
      ...(request.splats === null ? {} : { splats: request.splats }),
    });
    const end = performance.now();
    record(`${preset} clip`, seconds, "s");
    for (const [i, [stage, from]] of stages.entries()) {
      record(`${preset} clip: ${stage}`, ((stages[i + 1]?.[1] ?? end) - from) / 1000, "s");
    }
    record(`${preset} clip: path length`, metrics.pathLength, "diagonals");
  } finally {
    await rm(out, { recursive: true });
  }
}

async function recordMemory({ gpu }: Backend): Promise<void> {
  record("peak memory of the process", process.resourceUsage().maxRSS / 1024, "MB");
  if (!gpu && request.device === "cpu") return;
  const query = ["--query-gpu=memory.used", "--format=csv,noheader,nounits"];
  const smi = spawnSync("nvidia-smi", query, { encoding: "utf8" });
  if (smi.status === 0)
    record("memory of the GPU in use, all processes", Number(smi.stdout.trim().split("\n")[0]), "MB");
}
