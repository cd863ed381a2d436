// Mixes several clips at their times into one pose with the runtime's sampler; what the weights leave is the rest pose. Poses
// are blended, never matrices. crowd-pass.glsl.ts and crowd-pass.wgsl.ts mirror it on the GPU.

import type { FieldClip, MotionField } from "../runtime/field.ts";
import { blendPoses, type HandlePose, samplePose } from "../runtime/sample.ts";

export interface PoseLayer {
  clip: FieldClip;
  /** Seconds from the start of the clip. */
  time: number;
  /** Share of the pose; the weights of all layers but the additive ones sum to at most 1. */
  weight: number;
  /** Moves what the other layers show, by `weight` of its own motion. Additive layers come last. */
  additive?: boolean;
}

/** The pose that moves nothing. [handles * 8] */
export function restPose(handles: number, out: HandlePose = new Float32Array(handles * 8)): HandlePose {
  for (let i = 0; i < out.length; i++) out[i] = i % 8 === 3 || i % 8 === 7 ? 1 : 0;
  return out;
}

/**
 * @param out [handles * 8], overwritten
 * @param scratch as large as `out`
 */
export function mixPose(
  field: MotionField,
  layers: readonly PoseLayer[],
  out: HandlePose,
  scratch: HandlePose,
): HandlePose {
  let total = 0;
  for (const { clip, time, weight, additive } of layers) {
    if (weight <= 0 || additive) continue;
    if (total === 0) samplePose(field, clip, time, out);
    else blendPoses(out, samplePose(field, clip, time, scratch), weight / (total + weight), out);
    total += weight;
  }
  if (total === 0) restPose(field.handleCount, out);
  else if (total < 1 - 1e-6) blendPoses(restPose(field.handleCount, scratch), out, total, out);
  for (const { clip, time, weight, additive } of layers) {
    if (!additive || weight <= 0) continue;
    const added = samplePose(field, clip, time, scratch);
    if (weight !== 1) blendPoses(restPose(field.handleCount), added, weight, added);
    addPose(out, added);
  }
  return out;
}

/** Moves first as `added` and then as `base`, handle by handle: an arm that waves goes on waving on a body that has turned. */
export function addPose(base: HandlePose, added: HandlePose): void {
  for (let i = 0; i < base.length; i += 8) {
    const [x, y, z, w, tx, ty, tz, s] = base.subarray(i, i + 8);
    const [ax, ay, az, aw, bx, by, bz, as] = added.subarray(i, i + 8);
    // v + 2 u x (u x v + w v), with u the vector part of the base's quaternion.
    const [cx, cy, cz] = [y * bz - z * by + w * bx, z * bx - x * bz + w * by, x * by - y * bx + w * bz];
    base[i] = w * ax + x * aw + y * az - z * ay;
    base[i + 1] = w * ay - x * az + y * aw + z * ax;
    base[i + 2] = w * az + x * ay - y * ax + z * aw;
    base[i + 3] = w * aw - x * ax - y * ay - z * az;
    base[i + 4] = tx + s * (bx + 2 * (y * cz - z * cy));
    base[i + 5] = ty + s * (by + 2 * (z * cx - x * cz));
    base[i + 6] = tz + s * (bz + 2 * (x * cy - y * cx));
    base[i + 7] = s * as;
  }
}
