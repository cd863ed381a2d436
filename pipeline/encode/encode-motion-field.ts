// MotionField -> the bytes of a `.motion.glb` file; the layout is described in runtime/README.md. Same field, same bytes.

import { decodeMotionField } from "../../runtime/decode.ts";
import { EXTENSION_NAME, type MotionField } from "../../runtime/field.ts";
import { AnimusError } from "../errors.ts";
import { padded, writeGlb } from "./write-glb.ts";

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
  const bytes = writeGlb(
    {
      asset: { version: "2.0", generator: field.generator },
      extensionsUsed: [EXTENSION_NAME],
      extensions: { [EXTENSION_NAME]: extension },
      buffers: [{ byteLength: binary.length }],
      bufferViews: binary.views,
    },
    binary.parts,
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
  readonly parts: { offset: number; bytes: Uint8Array }[] = [];
  length = 0;

  /** @returns the index of the part's buffer view. */
  add(values: Float32Array | Uint16Array | Uint8Array): number {
    this.views.push({ buffer: 0, byteOffset: this.length, byteLength: values.byteLength });
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.parts.push({ offset: this.length, bytes });
    this.length += padded(values.byteLength);
    return this.views.length - 1;
  }
}
