// The teacher: milliseconds a joint four-view prediction (alone, the pair that guidance needs, and the three of Motion Score
// Distillation), a LoRA gradient, load time and memory, on every runtime of this machine; and how far each is from the
// arithmetic floor: the multiply-adds of the network over the peak that the same runtime reaches on plain matrix products in the
// same process. Each runtime is measured in a process of its own (teacher-backend.ts), so that memory and threads are its own.
//
// `--device` picks one of cpu, wasm, webgpu (onnxruntime-node), webgpu-web (onnxruntime-web on the renderer's device), cuda; `--threads` the threads of cpu (2) and of wasm (1 and 2 where left out).
// ANIMUS_BENCH_TEACHER names another teacher's folder.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { mayHaveGpu } from "../../pipeline/device/gpu-adapter.ts";
import type { Bench } from "./harness.ts";

interface Backend {
  device: string;
  threads: number;
}

function backends({ flags }: Bench): Backend[] {
  const threads = flags.threads ?? 2;
  const wasm = flags.threads ? [flags.threads] : [1, 2];
  const all: Backend[] = [
    { device: "cpu", threads },
    ...wasm.map((count) => ({ device: "wasm", threads: count })),
    ...(mayHaveGpu() ? ["webgpu", "webgpu-web", "cuda"].map((device) => ({ device, threads })) : []),
  ];
  return flags.device ? all.filter(({ device }) => device === flags.device) : all;
}

export default async function teacherBench(bench: Bench): Promise<void> {
  const chosen = backends(bench);
  if (chosen.length === 0)
    throw new Error(`No device "${bench.flags.device}" here: cpu, wasm, or webgpu, webgpu-web and cuda with a GPU.`);
  for (const { device, threads } of chosen) {
    process.stderr.write(`  ${device}, ${threads} threads\n`);
    const child = spawnSync(
      process.execPath,
      ["--import", "tsx", join(import.meta.dirname, "teacher-backend.ts"), device, String(threads)],
      { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 2 ** 24 },
    );
    if (child.status === MISSING) continue;
    if (child.status !== 0)
      throw new Error(`${device}: the measuring process ended with ${child.status ?? child.signal}`);
    const detail = device === "cpu" || device === "wasm" ? `${device}, threads ${threads}` : device;
    for (const row of JSON.parse(child.stdout.trim().split("\n").at(-1)!)) {
      bench.record({ ...row, detail: row.detail ? `${detail}, ${row.detail}` : detail });
    }
  }
}

/** Exit status of teacher-backend.ts where the runtime is not on this machine. */
const MISSING = 3;
