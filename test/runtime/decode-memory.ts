// Run by decode-safety.test.ts in a process of its own: decodes one file and prints by how much the process's largest size grew,
// garbage that nobody has collected yet included.

import { readFileSync } from "node:fs";
import { decodeMotionField } from "../../runtime/decode.ts";
import { FormatError } from "../../runtime/field.ts";

const bytes = new Uint8Array(readFileSync(process.argv[2]));
// Warm: the decoder's own code is not what a file costs.
try {
  decodeMotionField(bytes.subarray(0, 40));
} catch {}
// An earlier peak counts against the file: the figure is an upper bound.
const before = process.memoryUsage.rss();
let outcome = "a field";
try {
  decodeMotionField(bytes);
} catch (error) {
  outcome = error instanceof FormatError ? error.message : `not a FormatError: ${(error as Error).stack}`;
}
const grown = process.resourceUsage().maxRSS * 1024 - before;
console.log(JSON.stringify({ size: bytes.length, grown, outcome: outcome.slice(0, 300) }));
