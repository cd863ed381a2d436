// Inputs that Python and TypeScript make alike, for the parity vector: the mirror of pipeline/teacher/training/seeded.py.

import type { TeacherManifest } from "../../pipeline/teacher/manifest.ts";
import type { Condition, LoraGradientRequest, TextTokens } from "../../pipeline/teacher/teacher.ts";

/** Value i of stream k: the integer hash lowbias32 (Wellons) of i + k * 0x9E3779B9, scaled to -1..1. */
export function stream(k: number, count: number, scale = 1): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let x = (i + Math.imul(k, 0x9e3779b9)) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97) >>> 0;
    x = (x ^ (x >>> 15)) >>> 0;
    values[i] = Math.fround(x / 2 ** 31 - 1) * scale;
  }
  return values;
}

/** The request of seeded.py: item b has 16 - 4 b text tokens in use, odd items are unconditional. @param guided at its scales, not at 1. */
export function seededRequest(
  manifest: TeacherManifest,
  batch: number,
  views: number,
  guided = false,
): LoraGradientRequest {
  const { frames, width, height, conditioning, lora } = manifest;
  const { tokens, width: textWidth } = conditioning.text;
  const image = views * 3 * width * height;
  const text = stream(2, batch * tokens * textWidth, 3);
  const rest = stream(3, batch * image);
  const cameras = stream(4, batch * views * 2);
  const conditions = Array.from({ length: batch }, (_, b): Condition => {
    const length = tokens - 4 * (b % 4);
    const states = text.slice(b * tokens * textWidth, (b + 1) * tokens * textWidth).fill(0, length * textWidth);
    const used: TextTokens = { prompt: "", tokens: states, length, truncated: false };
    return {
      text: b % 2 === 1 ? null : used,
      rest: rest.slice(b * image, (b + 1) * image),
      cameras: Array.from({ length: views }, (_, v) => ({
        azimuth: cameras[(b * views + v) * 2]!,
        elevation: cameras[(b * views + v) * 2 + 1]!,
      })),
      ...(guided && { guidance: [4, 10, 1, 16][b % 4]! }),
    };
  });
  return {
    clips: stream(0, batch * image * frames),
    levels: Array.from(stream(1, batch), (x) => x * 0.4 + 0.55),
    conditions,
    targets: stream(5, batch * image * frames),
    weights: Array.from(stream(6, batch), (x) => x + 2),
    lora: {
      rank: lora.rank,
      tensors: lora.tensors.map(({ shape }, i) =>
        stream(
          7 + i,
          shape.reduce((size, n) => size * n, 1),
          0.05,
        ),
      ),
    },
  };
}

/** The values at `count` evenly spread places, as export.py picks them. */
export function pick(values: ArrayLike<number>, count: number): number[] {
  return Array.from({ length: count }, (_, i) => values[Math.floor((i * (values.length - 1)) / (count - 1))]!);
}

/** |a - b| / |b|. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(difference / size);
}
