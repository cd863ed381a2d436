// Benchmarks: `npm run bench [-- word... --device D --threads N --splats A,B --record]` runs every test/bench/*.bench.ts whose name contains
// one of the words, prints one table and, with --record, appends it to history.csv. Speed lives here, never in timed tests.
//
// A bench file's default export is `async (bench: Bench) => void` (harness.ts). It measures with `bench.median(call, { warmup,
// runs })` and hands in each number by `bench.record({ metric, value, unit, detail })`. Rules: numbers that are to be compared
// are measured in the same run, and the ratio is recorded beside them (a machine's speed changes from hour to hour); metric
// names stay as they are, because history is read by them; honour `bench.flags.device`, `.threads` and `.sizes` where they mean something;
// skip what this machine has not (no GPU, say) without a row; throw on a wrong result, never time it.

import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Bench, CSV_HEADER, csvLine, formatTable, parseFlags, type Row, timeMedian } from "./harness.ts";

const here = import.meta.dirname;
const HISTORY = join(here, "history.csv");

/** CPU model and cores, then the GPU where there is a driver's tool to name it. */
function machine(): string {
  const gpu = spawnSync("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"], { encoding: "utf8" });
  const name = gpu.status === 0 ? ` + ${gpu.stdout.trim().split("\n")[0]}` : "";
  return `${(cpus()[0]?.model ?? "unknown CPU").trim()} x${availableParallelism()}${name}`;
}

/** The commit that was measured; "+" where files differ from it, "" outside a repository. */
function commit(): string {
  const git = spawnSync("git", ["describe", "--always", "--abbrev=10", "--dirty=+"], { cwd: here, encoding: "utf8" });
  return process.env["ANIMUS_BENCH_COMMIT"] ?? (git.status === 0 ? git.stdout.trim() : "");
}

const flags = (() => {
  try {
    return parseFlags(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
})();
const files = readdirSync(here)
  .filter((file) => file.endsWith(".bench.ts"))
  .filter((file) => flags.words.length === 0 || flags.words.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) {
  console.error(`No test/bench/*.bench.ts matches ${flags.words.join(", ")}.`);
  process.exit(2);
}

const rows: Row[] = [];
let failed = false;
for (const file of files) {
  const name = file.slice(0, -".bench.ts".length);
  const bench: Bench = {
    flags,
    record: ({ metric, value, unit, detail = "" }) => {
      if (!Number.isFinite(value)) throw new Error(`${name}: ${metric} is ${value}`);
      rows.push({ bench: name, metric, value, unit, detail });
    },
    median: timeMedian,
  };
  process.stderr.write(`${name} ...\n`);
  try {
    const { default: run } = await import(pathToFileURL(join(here, file)).href);
    await run(bench);
  } catch (error) {
    failed = true;
    console.error(error);
  }
}

console.log(`${machine()}\n${formatTable(rows)}`);
if (flags.record && rows.length > 0) {
  const { version } = JSON.parse(readFileSync(join(here, "../../package.json"), "utf8"));
  const when = { date: new Date().toISOString().slice(0, 10), version, commit: commit(), machine: machine() };
  if (!existsSync(HISTORY)) writeFileSync(HISTORY, `${CSV_HEADER}\n`);
  appendFileSync(HISTORY, rows.map((row) => `${csvLine(when, row)}\n`).join(""));
}
process.exit(failed ? 1 : 0);
