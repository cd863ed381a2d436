// The GLB container (glTF 2.0, section 4.4): splits a file into its JSON text and its binary chunk. Knows nothing of motion.

import { FormatError } from "./field.ts";
import { parseJson } from "./parse-json.ts";

export const GLB_MAGIC = 0x46546c67;
export const GLB_JSON = 0x4e4f534a;
export const GLB_BIN = 0x004e4942;

export interface Glb {
  json: unknown;
  /** A copy of the binary chunk at an aligned address; empty where the file has none. */
  binary: ArrayBuffer;
}

/**
 * Parses a GLB file. Allocates no more than the file's own size, whatever its headers claim.
 * @throws FormatError where the container is damaged, with the byte offset.
 */
export function readGlb(bytes: Uint8Array): Glb {
  if (bytes.length < 20) throw new FormatError(`${bytes.length} bytes are too few for a GLB file.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== GLB_MAGIC)
    throw new FormatError("Not a GLB file: byte 0 does not start with 'glTF'.");
  const version = view.getUint32(4, true);
  if (version !== 2) throw new FormatError(`GLB container version ${version} at byte 4: only 2 can be read.`);
  const length = view.getUint32(8, true);
  if (length !== bytes.length) {
    const state = length > bytes.length ? "it is truncated" : "bytes follow its end";
    throw new FormatError(`The header says ${length} bytes, the file has ${bytes.length}: ${state}.`);
  }
  let text: Uint8Array | null = null;
  let binary: ArrayBuffer | null = null;
  for (let at = 12; at < length; ) {
    if (at + 8 > length) throw new FormatError(`Chunk header at byte ${at} does not fit into ${length} bytes.`);
    const size = view.getUint32(at, true);
    const type = view.getUint32(at + 4, true);
    const start = at + 8;
    if (size % 4 !== 0 || size > length - start) {
      throw new FormatError(`Chunk at byte ${at} claims ${size} bytes; ${length - start} are left, in steps of 4.`);
    }
    if (text === null && type !== GLB_JSON) throw new FormatError("The first chunk, at byte 12, is not JSON.");
    if (text === null) text = bytes.subarray(start, start + size);
    else if (type === GLB_BIN && binary === null) binary = new Uint8Array(bytes.subarray(start, start + size)).buffer;
    at = start + size;
  }
  return { json: parseJson(text!, length), binary: binary ?? new ArrayBuffer(0) };
}
