// Puts a motion field into the GLB of its model as the extension ANIMUS_motion_field, so that one file holds both. The model's own
// bytes stay as they are; players that do not know the extension show the model at rest.

import { decodeMotionField } from "../../runtime/decode.ts";
import { EXTENSION_NAME, FormatError } from "../../runtime/field.ts";
import { readGlb } from "../../runtime/glb.ts";
import { writeGlb } from "../encode/write-glb.ts";
import { AnimusError } from "../errors.ts";

interface Json {
  asset?: object;
  buffers?: { byteLength: number; uri?: string }[];
  bufferViews?: { buffer: number; byteOffset?: number; byteLength: number }[];
  extensions?: Record<string, Record<string, unknown>>;
  extensionsUsed?: string[];
}

/**
 * @param model bytes of a GLB; a motion that is packed in it already is replaced (its old bytes stay in the buffer)
 * @param motion bytes of a `.motion.glb`
 * @param file names the model in errors
 * @throws AnimusError "input" where the model is no GLB.
 */
export function packMotion(model: Uint8Array, motion: Uint8Array, file: string): Uint8Array {
  const from = readGlb(motion);
  const packed = open(model, file);
  const [source, target] = [from.json as Json, packed.json as Json];
  const binary = new Uint8Array(packed.binary);
  const buffer = target.buffers?.[0];
  if (binary.length > 0 && (buffer === undefined || buffer.uri !== undefined)) {
    throw new AnimusError("input", `${file}: its binary chunk belongs to no buffer.`, { file, hint: HINT });
  }
  if (binary.length === 0 && buffer !== undefined) {
    throw new AnimusError("input", `${file} keeps its buffers in other files.`, { file, hint: HINT });
  }
  const start = Math.ceil(binary.length / 4) * 4;
  const added = new Uint8Array(from.binary);
  const joined = new Uint8Array(start + added.length);
  joined.set(binary);
  joined.set(added, start);
  const views = target.bufferViews ?? [];
  const firstView = views.length;
  for (const view of source.bufferViews ?? []) {
    views.push({ ...view, buffer: 0, byteOffset: (view.byteOffset ?? 0) + start });
  }
  const json: Json = {
    ...target,
    buffers: [{ ...buffer, byteLength: joined.length }, ...(target.buffers ?? []).slice(1)],
    bufferViews: views,
    extensions: { ...target.extensions, [EXTENSION_NAME]: moveViews(source, firstView) },
    extensionsUsed: [...new Set([...(target.extensionsUsed ?? []), EXTENSION_NAME])],
  };
  const bytes = writeGlb(json, [{ offset: 0, bytes: joined }]);
  decodeMotionField(bytes);
  return bytes;
}

const HINT = "Export the model as one binary .glb first.";

function open(model: Uint8Array, file: string): ReturnType<typeof readGlb> {
  try {
    return readGlb(model);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new AnimusError("input", `A motion can be packed into a .glb only: ${file}: ${cause.message}`, {
      file,
      hint: HINT,
      cause,
    });
  }
}

/** The extension with its indices of buffer views moved by `first`. */
function moveViews({ extensions }: Json, first: number): Record<string, unknown> {
  const extension = structuredClone(extensions?.[EXTENSION_NAME]) as Record<string, never>;
  const move = (owner: Record<string, number>, key: string) => {
    owner[key] += first;
  };
  move(extension, "handles");
  for (const binding of extension.bindings as Record<string, number>[]) {
    move(binding, "indices");
    move(binding, "weights");
  }
  for (const clip of extension.clips as Record<string, number>[]) move(clip, "texels");
  return extension;
}
