// A question that every runtime must answer alike, and quickly: how a GPU is told from an emulation, and a driver or kernel that
// computes nonsense from one that does not. A runtime's kernels may be wrong on one kind of GPU alone, without any error.

import { zeroLora } from "./lora.ts";
import type { TeacherManifest } from "./manifest.ts";
import { checkFinite, conditionInputs, loraInputs } from "./requests.ts";
import type { GraphSession } from "./session.ts";

/** Relative difference of two answers up to which a runtime is sound: half precision stays below, wrong kernels do not. */
export const LARGEST_DIFFERENCE = 0.02;

/** One view, unconditional, of a clip and a picture of deterministic noise. */
function question(manifest: TeacherManifest) {
  const image = 3 * manifest.width * manifest.height;
  const condition = { text: null, rest: noise(image, 1), cameras: [{ azimuth: 0.5, elevation: 0.2 }] };
  const request = { clips: noise(image * manifest.frames, 2), levels: [0.8], conditions: [condition], lora: null };
  return { ...conditionInputs(manifest, request), ...loraInputs(manifest, zeroLora(manifest)) };
}

/** @throws where the runtime cannot run the graph, or its answer is not finite. */
export async function answer(manifest: TeacherManifest, session: GraphSession): Promise<Float32Array> {
  const { x0 } = await session.run(question(manifest));
  return checkFinite(x0!.data, "first prediction", manifest.name);
}

/** Milliseconds of one more answer: the first compiles. */
export async function answerTime(manifest: TeacherManifest, session: GraphSession): Promise<number> {
  const inputs = question(manifest);
  const begun = performance.now();
  await session.run(inputs);
  return performance.now() - begun;
}

/** |a - b| / |b| */
export function difference(a: Float32Array, b: Float32Array): number {
  let [error, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    error += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(error / size);
}

/** Uniform in -1..1: the integer hash lowbias32 (Wellons) of the index. */
function noise(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    let x = (i + Math.imul(seed, 0x9e3779b9)) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97) >>> 0;
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 31 - 1;
  });
}
