// Embeds the training captions with the product's own sentence encoder and writes them for text_bank.py.
// Usage: node --import tsx embed-captions.ts captions.json captions.bin [known.json known.bin]
// captions.json: a list of strings; captions that an earlier pair of files knows are copied from there.
//
// File (gzip, little endian): u32 count · u8 tokens[count] · f32 scale[total tokens] · i8 state[total tokens, 512];
// a state is i8 * scale. The step is a 15th of the token's largest value: fine enough beside the spread of paraphrases,
// coarse enough that ten thousand captions fit a small upload.

import { readFile, writeFile } from "node:fs/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { loadTextEncoder, TEXT_WIDTH } from "../text.ts";

const LEVELS = 15;

/** Scales and states of the captions of an earlier run, by caption. Throws where the two files do not belong together. */
async function earlier(list: string, embedded: string) {
  const captions = JSON.parse(await readFile(list, "utf8")) as string[];
  const data = gunzipSync(await readFile(embedded));
  const count = data.readUInt32LE(0);
  if (count !== captions.length)
    throw new Error(`${embedded} holds ${count} captions, ${list} ${captions.length}: name two files of one run`);
  const lengths = data.subarray(4, 4 + count);
  const tokens = lengths.reduce((sum, n) => sum + n, 0);
  const scales = new Float32Array(
    data.buffer.slice(data.byteOffset + 4 + count, data.byteOffset + 4 + count + 4 * tokens),
  );
  const states = data.subarray(4 + count + 4 * tokens);
  const found = new Map<string, { scales: Float32Array; states: Uint8Array }>();
  let at = 0;
  for (const [i, caption] of captions.entries()) {
    const end = at + lengths[i];
    found.set(caption, { scales: scales.slice(at, end), states: states.slice(at * TEXT_WIDTH, end * TEXT_WIDTH) });
    at = end;
  }
  return found;
}

const [input, output, knownList, knownStates] = process.argv.slice(2);
if (!input || !output || (knownList && !knownStates))
  throw new Error("Usage: embed-captions.ts captions.json captions.bin [known.json known.bin]");
const known = knownList ? await earlier(knownList, knownStates) : new Map();
const captions = JSON.parse(await readFile(input, "utf8")) as string[];
const encoder = await loadTextEncoder();
const lengths = new Uint8Array(captions.length);
const scales: number[] = [];
const states: Uint8Array[] = [];
for (const [i, caption] of captions.entries()) {
  const old = known.get(caption);
  if (old) {
    lengths[i] = old.scales.length;
    scales.push(...old.scales);
    states.push(old.states);
    continue;
  }
  const text = await encoder.encode(caption);
  if (text.truncated) process.stderr.write(`cut off after ${text.length} tokens: ${caption}\n`);
  lengths[i] = text.length;
  for (let t = 0; t < text.length; t++) {
    const state = text.tokens.subarray(t * TEXT_WIDTH, (t + 1) * TEXT_WIDTH);
    const scale = state.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / LEVELS;
    scales.push(scale);
    states.push(Uint8Array.from(state, (x) => Math.round(x / scale) & 255));
  }
  if ((i + 1) % 500 === 0) process.stderr.write(`${i + 1} of ${captions.length}\n`);
}
encoder.dispose();
const packed = gzipSync(
  Buffer.concat([
    Buffer.from(Uint32Array.of(captions.length).buffer),
    lengths,
    Buffer.from(Float32Array.from(scales).buffer),
    ...states,
  ]),
  { level: 9 },
);
await writeFile(output, packed);
process.stderr.write(`${captions.length} captions, ${scales.length} tokens, ${(packed.length / 1e6).toFixed(1)} MB\n`);
