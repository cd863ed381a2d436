// Typed views of a GLB's binary chunk through its glTF buffer views, each checked before it is made. Copies nothing.

import { FormatError } from "./field.ts";
import type { JsonReader } from "./json-reader.ts";

/** All views together may not claim more than the buffer holds, so that a small file cannot stand for a large field. */
export class BufferViews {
  private readonly list: JsonReader[];
  private readonly binary: ArrayBuffer;
  private readonly length: number;
  private claimed = 0;

  constructor(root: JsonReader, binary: ArrayBuffer) {
    const buffer = root.get("buffers").item(0);
    if (!buffer.get("uri").missing) buffer.get("uri").fail("absent: the data lies in the binary chunk");
    this.length = buffer.get("byteLength").integer(1, 0xffffffff);
    if (this.length > binary.byteLength) {
      throw new FormatError(`buffers[0] claims ${this.length} bytes, the binary chunk has ${binary.byteLength}.`);
    }
    this.list = root.get("bufferViews").items();
    this.binary = binary;
  }

  bytes(reference: JsonReader, count: number): Uint8Array {
    return new Uint8Array(this.binary, this.locate(reference, count, 1), count);
  }

  shorts(reference: JsonReader, count: number): Uint16Array {
    return new Uint16Array(this.binary, this.locate(reference, count, 2), count);
  }

  /** Values whose magnitude is at most `limit`. */
  floats(reference: JsonReader, count: number, limit: number): Float32Array {
    const values = new Float32Array(this.binary, this.locate(reference, count, 4), count);
    if (!values.every((value) => Math.abs(value) <= limit)) {
      throw new FormatError(`${reference.path} holds a number that is not in -${limit}..${limit}.`);
    }
    return values;
  }

  /** Offset of the referenced view in the chunk; the view must hold exactly `count` values of `size` bytes. */
  private locate(reference: JsonReader, count: number, size: number): number {
    const view = this.list[reference.integer(0, this.list.length - 1)];
    view.get("buffer").integer(0, 0);
    const offset = view.get("byteOffset").missing ? 0 : view.get("byteOffset").integer(0, this.length);
    const bytes = view.get("byteLength").integer(1, this.length);
    if (bytes !== count * size) {
      throw new FormatError(
        `${view.path}, for ${reference.path}, has ${bytes} bytes where ${count * size} are needed.`,
      );
    }
    if (offset + bytes > this.length || offset % 4 !== 0) {
      throw new FormatError(
        `${view.path} (offset ${offset}, ${bytes} bytes) leaves the buffer or is not aligned to 4.`,
      );
    }
    this.claimed += bytes;
    if (this.claimed > this.length) throw new FormatError("The buffer views overlap: together they exceed the buffer.");
    return offset;
  }
}
