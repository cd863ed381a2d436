// `npm run fuzz [-- COUNT [SEED]]`: a million mutated files through the decoder. Each gives a field that plays or a FormatError;
// anything else, a file that takes longer than ten seconds included, ends the run with what reproduces it.

import { Worker } from "node:worker_threads";

const HANG_SECONDS = 10;
const count = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 1);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error("Usage: npm run fuzz -- [COUNT [SEED]], both whole numbers, COUNT 1 or more.");
  process.exit(2);
}

const shared = new SharedArrayBuffer(4);
const progress = new Int32Array(shared);
const started = performance.now();
// tsx hooks into the main thread only: a worker has to ask for it.
const hook = `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))}; register();`;
const worker = new Worker(new URL("./fuzz-worker.ts", import.meta.url), {
  execArgv: ["--import", `data:text/javascript,${encodeURIComponent(hook)}`],
  workerData: { seed, count, shared },
  // A decoder that made much of little would end here.
  resourceLimits: { maxOldGenerationSizeMb: 256 },
});

let last = -1;
const watchdog = setInterval(() => {
  const done = Atomics.load(progress, 0);
  if (done === last) fail(`File ${done} of seed ${seed} was not decoded within ${HANG_SECONDS} s.`);
  last = done;
  console.log(`${done} of ${count} files`);
}, HANG_SECONDS * 1000);

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

worker.on("error", (error) => fail(`Seed ${seed}, file ${Atomics.load(progress, 0)}: ${error.stack}`));
worker.on(
  "message",
  (report: { failed?: string; round?: number; file?: string; accepted: number; slowest: number }) => {
    clearInterval(watchdog);
    if (report.failed !== undefined)
      fail(`Seed ${seed}, file ${report.round} (base64):\n${report.file}\n${report.failed}`);
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `${count} mutated files in ${seconds.toFixed(0)} s: ${report.accepted} accepted, the others refused with a FormatError. ` +
        `Slowest: ${report.slowest.toFixed(1)} ms.`,
    );
  },
);
