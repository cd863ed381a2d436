// The CPU sampler: a clip at any time -> the transforms of its handles. Every other player of motion fields (the plugin's
// GPU passes) is tested against this one. It allocates nothing where the caller passes `out`.

import type { FieldClip, MotionField } from "./field.ts";
import { halfToFloat } from "./half.ts";

/**
 * Transforms of all handles at one moment, [handles * 8], in the layout of the texels: unit quaternion xyzw, translation xyz
 * in units of `MotionField.scale`, uniform scale. Poses can be blended; matrices cannot.
 */
export type HandlePose = Float32Array;

/**
 * Where a time lies in a clip's rows.
 * @param time seconds, any finite number; a loop wraps it, other clips hold their first and last frame.
 * @returns fractional row in 0..rows - 1; a loop stays below `rows - 1`, whose row repeats row 0.
 */
export function clipRow(clip: FieldClip, time: number): number {
  const frame = time * clip.fps;
  if (!clip.loop) return Math.min(Math.max(frame, 0), clip.frames - 1);
  const wrapped = frame - Math.floor(frame / clip.frames) * clip.frames;
  return wrapped < clip.frames ? wrapped : 0;
}

/** The pose of a clip at `time` seconds: quaternions by normalised linear interpolation between rows, the rest linearly. */
export function samplePose(
  field: MotionField,
  clip: FieldClip,
  time: number,
  out: HandlePose = new Float32Array(field.handleCount * 8),
): HandlePose {
  const row = clipRow(clip, time);
  const first = Math.floor(row);
  const u = row - first;
  const stride = field.handleCount * 8;
  const a = first * stride;
  const b = Math.min(first + 1, clip.rows - 1) * stride;
  for (let i = 0; i < stride; i++) {
    const from = halfToFloat(clip.texels[a + i]);
    out[i] = from + (halfToFloat(clip.texels[b + i]) - from) * u;
  }
  for (let i = 0; i < stride; i += 8) normaliseQuaternion(out, i);
  return out;
}

/** `a` at weight 0, `b` at weight 1, the shorter way round in between; `out` may be `a` or `b`. */
export function blendPoses(
  a: HandlePose,
  b: HandlePose,
  weight: number,
  out: HandlePose = new Float32Array(a.length),
): HandlePose {
  for (let i = 0; i < a.length; i += 8) {
    const dot = a[i] * b[i] + a[i + 1] * b[i + 1] + a[i + 2] * b[i + 2] + a[i + 3] * b[i + 3];
    const side = dot < 0 ? -weight : weight;
    for (let c = 0; c < 4; c++) out[i + c] = a[i + c] * (1 - weight) + b[i + c] * side;
    for (let c = 4; c < 8; c++) out[i + c] = a[i + c] * (1 - weight) + b[i + c] * weight;
    normaliseQuaternion(out, i);
  }
  return out;
}

/**
 * Matrices M_k = T(c_k + scale tau_k) s_k R_k T(-c_k) of a pose, asset space to asset space.
 * @returns [handles * 12], per handle a row-major 3x4: x' = m0 x + m1 y + m2 z + m3, and so on.
 */
export function poseMatrices(
  field: MotionField,
  pose: HandlePose,
  out: Float32Array = new Float32Array(field.handleCount * 12),
): Float32Array {
  const { handles, scale } = field;
  for (let k = 0; k < field.handleCount; k++) {
    const p = k * 8;
    const x = pose[p];
    const y = pose[p + 1];
    const z = pose[p + 2];
    const w = pose[p + 3];
    const s = pose[p + 7];
    const m = k * 12;
    out[m] = s * (1 - 2 * (y * y + z * z));
    out[m + 1] = s * 2 * (x * y - z * w);
    out[m + 2] = s * 2 * (x * z + y * w);
    out[m + 4] = s * 2 * (x * y + z * w);
    out[m + 5] = s * (1 - 2 * (x * x + z * z));
    out[m + 6] = s * 2 * (y * z - x * w);
    out[m + 8] = s * 2 * (x * z - y * w);
    out[m + 9] = s * 2 * (y * z + x * w);
    out[m + 10] = s * (1 - 2 * (x * x + y * y));
    const cx = handles[k * 3];
    const cy = handles[k * 3 + 1];
    const cz = handles[k * 3 + 2];
    for (let axis = 0; axis < 3; axis++) {
      const r = m + axis * 4;
      const turned = out[r] * cx + out[r + 1] * cy + out[r + 2] * cz;
      out[r + 3] = handles[k * 3 + axis] + scale * pose[p + 4 + axis] - turned;
    }
  }
  return out;
}

/** `poseMatrices` of `samplePose`: what a player of a single clip needs. */
export function sampleHandles(field: MotionField, clip: FieldClip, time: number, out?: Float32Array): Float32Array {
  return poseMatrices(field, samplePose(field, clip, time), out);
}

/** Opposite quaternions cancel halfway; the result is then the identity rather than not a number. */
function normaliseQuaternion(pose: HandlePose, i: number): void {
  const length = Math.sqrt(pose[i] ** 2 + pose[i + 1] ** 2 + pose[i + 2] ** 2 + pose[i + 3] ** 2);
  if (length < 1e-6) {
    pose[i] = pose[i + 1] = pose[i + 2] = 0;
    pose[i + 3] = 1;
    return;
  }
  for (let c = 0; c < 4; c++) pose[i + c] /= length;
}
