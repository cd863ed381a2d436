// Files that are made to cost more than they weigh: JSON of many small values, JSON that nests without end, long strings, numbers
// that claim what is not there. Each is a whole GLB of about the size asked for.

import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { clipOf, randomTrack, synthesise } from "./synthetic-field.ts";

export function glbOf(json: string, binary: Uint8Array = new Uint8Array(4)): Uint8Array {
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / 4) * 4;
  const out = new Uint8Array(28 + padded + binary.length).fill(0x20);
  const view = new DataView(out.buffer);
  [0x46546c67, 2, out.length, padded, 0x4e4f534a].forEach((word, i) => {
    view.setUint32(i * 4, word, true);
  });
  out.set(text, 20);
  view.setUint32(20 + padded, binary.length, true);
  view.setUint32(24 + padded, 0x004e4942, true);
  out.set(binary, 28 + padded);
  return out;
}

/** A motion field's JSON with `member` in place of its scale. */
function withScale(member: string): Uint8Array {
  return glbOf(
    `{"asset":{"version":"2.0"},"buffers":[{"byteLength":4}],"bufferViews":[],` +
      `"extensions":{"ANIMUS_motion_field":{"version":1,"scale":${member},"handleCount":${member}}}}`,
  );
}

const key = (i: number) => `"${i.toString(36).padStart(4, "k")}"`;
const list = (n: number, item: (i: number) => string) => `[${Array.from({ length: n }, (_, i) => item(i)).join(",")}]`;

/** By name; each takes the wanted size in bytes. */
export function hostileFiles(): Record<string, (size: number) => Uint8Array> {
  return {
    "empty objects": (size) => withScale(list(size / 6, () => "{}")),
    "objects of one member": (size) => withScale(list(size / 22, (i) => `{${key(i)}:0}`)),
    "members of one object": (size) => withScale(`{${Array.from({ length: size / 18 }, (_, i) => `${key(i)}:0`)}}`),
    // As many values as are let through.
    "few objects among spaces": (size) => withScale(list(size / 208, (i) => `{${key(i)}:${" ".repeat(90)}0}`)),
    "arrays in arrays": (size) => withScale("[".repeat(size / 4) + "]".repeat(size / 4)),
    "nesting that is let through": () => withScale("[".repeat(30000) + "]".repeat(30000)),
    "a long string": (size) => withScale(`"${"a".repeat(size / 2)}"`),
    "a long string beyond Latin-1": (size) => withScale(`"${"a".repeat(size / 2)}\u20ac"`),
    "a long key": (size) => glbOf(`{"${"a".repeat(size)}":1}`),
    "a chunk nobody reads": (size) => glbOf("{}", new Uint8Array(size)),
    "a valid field": (size) => {
      const made = synthesise({ handles: 128, vertices: 200 });
      const frames = Math.min(Math.ceil(size / (128 * 16)), 60000);
      return encodeMotionField({ ...made.field, clips: [clipOf(made, randomTrack(made.field, frames, made.random))] });
    },
  };
}
