// The whole files that fuzzing starts from, and what must hold of anything the decoder makes of a damaged one.

import assert from "node:assert/strict";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { deformPositions } from "../../runtime/deform.ts";
import { FormatError } from "../../runtime/field.ts";
import { sampleHandles } from "../../runtime/sample.ts";
import { clipOf, randomTrack, synthesise } from "./synthetic-field.ts";

/** Small files: a loop and a clip that plays once, one and two bytes an index, one handle, no clip at all. */
export function fuzzCorpus(): Uint8Array[] {
  return [1, 6, 20, 300].flatMap((handles, i) => {
    const made = synthesise({ handles, vertices: 4 + i, seed: 40 + i, offset: 0.2 });
    const loop = clipOf(made, randomTrack(made.field, 5, made.random));
    const once = clipOf(made, randomTrack(made.field, 1 + i, made.random), { name: "jump", loop: false });
    const clips = handles > 100 ? [once] : [loop, once];
    return [{ ...made.field, clips }, ...(i === 1 ? [made.field] : [])].map(encodeMotionField);
  });
}

/**
 * Decodes; plays what came out.
 * @returns true where the bytes were accepted.
 * @throws AssertionError for any other outcome than a field that plays, in finite numbers, or a FormatError.
 */
export function decodesSafely(bytes: Uint8Array): boolean {
  let field: ReturnType<typeof decodeMotionField>;
  try {
    field = decodeMotionField(bytes);
  } catch (error) {
    assert.ok(error instanceof FormatError, (error as Error).stack);
    assert.ok(
      error.message.length > 0 && error.message.length < 500,
      `a message of ${error.message.length} characters`,
    );
    return false;
  }
  const clip = field.clips[0];
  const binding = field.bindings[0];
  if (clip === undefined || binding === undefined) return true;
  const matrices = sampleHandles(field, clip, clip.duration * 0.37);
  const moved = deformPositions(binding, matrices, new Float32Array(binding.vertexCount * 3));
  assert.ok(matrices.every(Number.isFinite) && moved.every(Number.isFinite), "a pose that is not finite");
  return true;
}
