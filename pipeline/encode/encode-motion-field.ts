// MotionField -> the bytes of a `.motion.glb` file; the layout is described in runtime/README.md. Same field, same bytes.

import { decodeMotionField } from "../../runtime/decode.ts";
import { EXTENSION_NAME, type MotionField } from "../../runtime/field.ts";
import { GLB_BIN, GLB_JSON, GLB_MAGIC } from "../../runtime/glb.ts";
import { AnimusError } from "../errors.ts";

/** @throws AnimusError "internal" where the field is not one that the decoder accepts: nothing unreadable is ever written. */
export function encodeMotionField(field: MotionField): Uint8Array {
  const binary = new BinaryChunk();
  const extension = {
    version: field.version,
    asset: field.asset,
    scale: field.scale,
    bounds: field.bounds,
    handleCount: field.handleCount,
    handles: binary.add(field.handles),
    bindings: field.bindings.map((binding) => ({
      node: binding.node,
      nodeName: binding.nodeName,
      mesh: binding.mesh,
      primitive: binding.primitive,
      vertexCount: binding.vertexCount,
      positionsHash: binding.positionsHash,
      meshToAsset: Array.from(binding.meshToAsset),
      indexBytes: binding.indices.BYTES_PER_ELEMENT,
      indices: binary.add(binding.indices),
      weights: binary.add(binding.weights),
    })),
    clips: field.clips.map((clip) => ({
      name: clip.name,
      prompt: clip.prompt,
      fps: clip.fps,
      frames: clip.frames,
      loop: clip.loop,
      bounds: clip.bounds,
      seed: clip.seed,
      preset: clip.preset,
      teacher: clip.teacher,
      metrics: clip.metrics,
      texels: binary.add(clip.texels),
    })),
  };
  const bytes = glb(
    {
      asset: { version: "2.0", generator: field.generator },
      extensionsUsed: [EXTENSION_NAME],
      extensions: { [EXTENSION_NAME]: extension },
      buffers: [{ byteLength: binary.length }],
      bufferViews: binary.views,
    },
    binary,
  );
  try {
    decodeMotionField(bytes);
  } catch (cause) {
    throw new AnimusError("internal", `The motion field could not be read back: ${(cause as Error).message}`, {
      cause,
    });
  }
  return bytes;
}

/** Collects typed arrays at offsets that are multiples of 4. */
class BinaryChunk {
  readonly views: { buffer: 0; byteOffset: number; byteLength: number }[] = [];
  readonly parts: Uint8Array[] = [];
  length = 0;

  /** @returns the index of the part's buffer view. */
  add(values: Float32Array | Uint16Array | Uint8Array): number {
    this.views.push({ buffer: 0, byteOffset: this.length, byteLength: values.byteLength });
    this.parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    this.length += padded(values.byteLength);
    return this.views.length - 1;
  }
}

function glb(json: object, binary: BinaryChunk): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const jsonLength = padded(text.length);
  const out = new Uint8Array(12 + 8 + jsonLength + 8 + binary.length);
  const view = new DataView(out.buffer);
  const words = [GLB_MAGIC, 2, out.length, jsonLength, GLB_JSON];
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  out.fill(0x20, 20 + text.length, 20 + jsonLength);
  out.set(text, 20);
  view.setUint32(20 + jsonLength, binary.length, true);
  view.setUint32(24 + jsonLength, GLB_BIN, true);
  for (const [i, part] of binary.parts.entries()) out.set(part, 28 + jsonLength + binary.views[i].byteOffset);
  return out;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
