// The distillation as a whole: milliseconds an iteration by device, split into its stages; seconds of a clip by preset; memory.
// Each device is measured in a process of its own (distill-backend.ts), on the sample fox.
//
// `--device` picks one of cpu, webgpu, webgpu-web (onnxruntime-web on the renderer's device: the clip never leaves it, and the teacher's
// time shows in the backward pass, which waits for it), cuda; `--iterations` how many of the loop are timed (20, on cpu 6); `--presets draft,standard`
// builds whole clips (none where left out: on cpu each takes minutes); `--threads`. An emulated adapter is taken where
// VK_ICD_FILENAMES names one; say `--splats 300 --iterations 1` then.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { mayHaveGpu } from "../../pipeline/device/gpu-adapter.ts";
import type { Bench } from "./harness.ts";

/** Exit status of distill-backend.ts where the device is not on this machine. */
const MISSING = 3;

export default async function distillBench(bench: Bench): Promise<void> {
  const { device, threads = 2, sizes, presets = [] } = bench.flags;
  const all = ["cpu", ...(mayHaveGpu() ? ["webgpu", "webgpu-web", "cuda"] : [])];
  const chosen = device === undefined ? all : [device];
  const perIteration = new Map<string, number>();
  for (const name of chosen) {
    process.stderr.write(`  ${name}\n`);
    const iterations = sizes.iterations?.[0] ?? (name === "cpu" ? 6 : 20);
    const request = { device: name, threads, iterations, splats: sizes.splats?.[0] ?? null, presets };
    const child = spawnSync(
      process.execPath,
      ["--import", "tsx", join(import.meta.dirname, "distill-backend.ts"), JSON.stringify(request)],
      { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 2 ** 24 },
    );
    if (child.status === MISSING) continue;
    if (child.status !== 0)
      throw new Error(`${name}: the measuring process ended with ${child.status ?? child.signal}`);
    for (const row of JSON.parse(child.stdout.trim().split("\n").at(-1)!)) {
      bench.record(row);
      if (row.metric === "iteration") perIteration.set(name, row.value);
    }
  }
  for (const [name, value] of perIteration) {
    const slow = perIteration.get("cpu");
    if (name === "cpu" || slow === undefined) continue;
    bench.record({
      metric: `iteration: cpu / ${name}`,
      value: slow / value,
      unit: "ratio",
      detail: `threads ${threads}`,
    });
  }
}
