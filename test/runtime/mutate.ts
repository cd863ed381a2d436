// Damages motion files in the ways that damaged and hostile files are damaged: bytes, lengths, chunks, the JSON's structure and
// the texels. The same seed damages the same way.

import type { Random } from "../../pipeline/distill/random.ts";

const HEADER = 28;

/** Numbers that sit at the edges of integer types, of the format's limits and of floating point. */
const EDGES = [
  0,
  -1,
  1,
  2,
  3,
  4,
  255,
  256,
  65535,
  65536,
  0x7fffffff,
  0x80000000,
  0xffffffff,
  2 ** 53,
  1e15,
  1e308,
  -1e308,
  0.5,
];
const ODD = [null, true, false, "", "0", "__proto__", [], {}, [[]], "\ud800", "x".repeat(300)];

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)];
const below = (random: Random, n: number): number => Math.floor(random() * n);

type Mutator = (bytes: Uint8Array, random: Random, corpus: readonly Uint8Array[]) => Uint8Array;

const jsonLength = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);

function glb(json: Uint8Array, binary: Uint8Array): Uint8Array {
  const padded = Math.ceil(json.length / 4) * 4;
  const out = new Uint8Array(HEADER + padded + binary.length).fill(0x20);
  const view = new DataView(out.buffer);
  [0x46546c67, 2, out.length, padded, 0x4e4f534a].forEach((word, i) => {
    view.setUint32(i * 4, word, true);
  });
  out.set(json, 20);
  view.setUint32(20 + padded, binary.length, true);
  view.setUint32(24 + padded, 0x004e4942, true);
  out.set(binary, HEADER + padded);
  return out;
}

/** Every place in a JSON value: its owner and key. */
function places(value: unknown, list: [owner: Record<string, unknown>, key: string][] = []): typeof list {
  if (typeof value !== "object" || value === null) return list;
  for (const key of Object.keys(value)) {
    list.push([value as Record<string, unknown>, key]);
    places((value as Record<string, unknown>)[key], list);
  }
  return list;
}

function changeJson(bytes: Uint8Array, random: Random): Uint8Array {
  const split = 20 + jsonLength(bytes);
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(20, split)));
  for (let n = 1 + below(random, 3); n > 0; n--) {
    const all = places(json);
    if (all.length === 0) break;
    const [owner, key] = pick(random, all);
    const value = owner[key];
    const way = below(random, 6);
    if (way === 0) owner[key] = pick(random, EDGES);
    else if (way === 1) owner[key] = structuredClone(pick(random, ODD));
    else if (way === 2) delete owner[key];
    else if (way === 3 && typeof value === "number") owner[key] = value + pick(random, [-1, 1, 0.5, 4, -4]);
    else if (way === 4 && Array.isArray(value)) value.push(structuredClone(value[below(random, value.length)] ?? 0));
    else {
      const [other, name] = pick(random, all);
      owner[key] = structuredClone(other[name]);
    }
  }
  return glb(new TextEncoder().encode(JSON.stringify(json)), bytes.subarray(split + 8));
}

const MUTATORS: readonly Mutator[] = [
  // Bytes anywhere.
  (bytes, random) => {
    for (let n = 1 + below(random, 4); n > 0; n--) bytes[below(random, bytes.length)] = below(random, 256);
    return bytes;
  },
  // Bytes of the headers and of the JSON's text.
  (bytes, random) => {
    const end = HEADER + jsonLength(bytes);
    for (let n = 1 + below(random, 4); n > 0; n--) bytes[below(random, end)] ^= 1 << below(random, 8);
    return bytes;
  },
  // A length, a type or a version.
  (bytes, random) => {
    const words = [0, 4, 8, 12, 16, 20 + jsonLength(bytes), 24 + jsonLength(bytes)];
    const value = random() < 0.5 ? pick(random, EDGES) : below(random, bytes.length * 2);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(pick(random, words), value >>> 0, true);
    return bytes;
  },
  // A truncation, or what a broken download leaves: the end without its middle. The header's length is mended half of the time.
  (bytes, random) => {
    const start = below(random, bytes.length);
    const end = random() < 0.5 ? bytes.length : start + below(random, bytes.length - start);
    const cut = new Uint8Array(bytes.length - (end - start));
    cut.set(bytes.subarray(0, start));
    cut.set(bytes.subarray(end), start);
    if (cut.length >= 12 && random() < 0.5) new DataView(cut.buffer).setUint32(8, cut.length, true);
    return cut;
  },
  // The head of one file and the tail of another.
  (bytes, random, corpus) => {
    const other = pick(random, corpus);
    const at = below(random, Math.min(bytes.length, other.length));
    const joined = new Uint8Array(other.length);
    joined.set(bytes.subarray(0, at));
    joined.set(other.subarray(at), at);
    return joined;
  },
  changeJson,
  changeJson,
  // Halves of the texels and weights: infinities, negatives, other quaternions.
  (bytes, random) => {
    const start = HEADER + jsonLength(bytes);
    for (let n = 1 + below(random, 3); n > 0; n--) {
      const at = start + 2 * below(random, (bytes.length - start) / 2);
      const value =
        random() < 0.3 ? pick(random, [0x7c00, 0xfc00, 0x7e00, 0x8000, 0x0001, 0x3c00, 0xffff]) : below(random, 65536);
      new DataView(bytes.buffer, bytes.byteOffset).setUint16(at, value, true);
    }
    return bytes;
  },
];

/** A damaged copy of one file of the corpus, which must hold whole files. */
export function mutate(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  return pick(random, MUTATORS)(pick(random, corpus).slice(), random, corpus);
}
