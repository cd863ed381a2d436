// The worker of fuzz.ts: decodes mutated files one after the other and counts in shared memory, so that its owner sees a hang.

import { parentPort, workerData } from "node:worker_threads";
import { createRandom } from "../../pipeline/distill/random.ts";
import { decodesSafely, fuzzCorpus } from "./fuzz-corpus.ts";
import { mutate } from "./mutate.ts";

const { seed, count, shared } = workerData as { seed: number; count: number; shared: SharedArrayBuffer };
const progress = new Int32Array(shared);
const corpus = fuzzCorpus();
const random = createRandom(seed);
let accepted = 0;
let slowest = 0;
for (let i = 0; i < count; i++) {
  const bytes = mutate(corpus, random);
  const started = performance.now();
  try {
    if (decodesSafely(bytes)) accepted++;
  } catch (error) {
    parentPort?.postMessage({ failed: (error as Error).stack, round: i, file: Buffer.from(bytes).toString("base64") });
    process.exit(1);
  }
  slowest = Math.max(slowest, performance.now() - started);
  Atomics.store(progress, 0, i + 1);
}
parentPort?.postMessage({ accepted, slowest });
