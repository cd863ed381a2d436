// A cloud of splats for the tests: opaque, long and flat ones in the box of the test model, as the bytes of a .splat file, with a
// motion for it. Runs in Node and in the page.

import type { MotionField } from "../../runtime/field.ts";
import { hashPositions } from "../../runtime/hash.ts";
import { bind, type FieldOptions, makeField } from "./make-field.ts";

export const COUNT = 3000;
/** File space to asset space: turned half about z, as splat files are stored upside down. */
const TURN = [-1, -1, 1];

/** Linear congruential numbers in 0..1: the same cloud in Node and in the page. */
function numbers(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** 32 bytes a splat: centre and scales as float32, RGBA and a quaternion wxyz as bytes. */
export function splatFile(count = COUNT): Uint8Array<ArrayBuffer> {
  const random = numbers();
  const { min, max } = makeField({ clips: [] }).bounds;
  const bytes = new Uint8Array(count * 32);
  const floats = new Float32Array(bytes.buffer);
  for (let s = 0; s < count; s++) {
    for (let c = 0; c < 3; c++) {
      const place = Math.fround(min[c] + random() * (max[c] - min[c]));
      floats[s * 8 + c] = TURN[c] * place;
      floats[s * 8 + 3 + c] = [0.12, 0.05, 0.015][c] * (0.7 + 0.6 * random());
      bytes[s * 32 + 24 + c] = 40 + 200 * ((floats[s * 8 + c] * TURN[c] - min[c]) / (max[c] - min[c]));
    }
    bytes[s * 32 + 27] = 255;
    for (let c = 0; c < 4; c++) bytes[s * 32 + 28 + c] = 255 * random();
  }
  return bytes;
}

export function splatField(file: Uint8Array<ArrayBuffer>, changes: Partial<FieldOptions> = {}): MotionField {
  const floats = new Float32Array(file.buffer);
  const stored = Float32Array.from(
    { length: (file.length / 32) * 3 },
    (_, i) => floats[Math.floor(i / 3) * 8 + (i % 3)],
  );
  const field = makeField(changes);
  const rest = stored.map((value, i) => value * TURN[i % 3]);
  const binding = {
    ...field.bindings[0],
    node: 0,
    nodeName: "",
    mesh: 0,
    primitive: 0,
    vertexCount: stored.length / 3,
    positionsHash: hashPositions(stored),
    meshToAsset: Float32Array.from([TURN[0], 0, 0, 0, 0, TURN[1], 0, 0, 0, 0, TURN[2], 0, 0, 0, 0, 1]),
    ...bind(rest, field.handles, 0.5),
  };
  return { ...field, asset: { ...field.asset, name: "cloud" }, bindings: [binding] };
}
