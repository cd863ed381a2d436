// The GLB container (glTF 2.0, section 4.4), written: a JSON chunk and a binary chunk, both padded to four bytes.

import { GLB_BIN, GLB_JSON, GLB_MAGIC } from "../../runtime/glb.ts";

/** @param parts bytes and where they lie in the binary chunk, in ascending order; what lies between is zero */
export function writeGlb(json: object, parts: readonly { offset: number; bytes: Uint8Array }[]): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const jsonLength = padded(text.length);
  const last = parts.at(-1);
  const binaryLength = last === undefined ? 0 : padded(last.offset + last.bytes.length);
  const out = new Uint8Array(12 + 8 + jsonLength + 8 + binaryLength);
  const view = new DataView(out.buffer);
  const words = [GLB_MAGIC, 2, out.length, jsonLength, GLB_JSON];
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  out.fill(0x20, 20 + text.length, 20 + jsonLength);
  out.set(text, 20);
  view.setUint32(20 + jsonLength, binaryLength, true);
  view.setUint32(24 + jsonLength, GLB_BIN, true);
  for (const { offset, bytes } of parts) out.set(bytes, 28 + jsonLength + offset);
  return out;
}

export function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
