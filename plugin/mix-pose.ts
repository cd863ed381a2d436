// Mixes several clips at their times into one pose with the runtime's sampler; what the weights leave is the rest pose. Poses
// are blended, never matrices. crowd-pass.glsl.ts and crowd-pass.wgsl.ts mirror it on the GPU.

import type { FieldClip, MotionField } from "../runtime/field.ts";
import { blendPoses, type HandlePose, samplePose } from "../runtime/sample.ts";

export interface PoseLayer {
  clip: FieldClip;
  /** Seconds from the start of the clip. */
  time: number;
  /** Share of the pose; the weights of all layers sum to at most 1. */
  weight: number;
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
  for (const { clip, time, weight } of layers) {
    if (weight <= 0) continue;
    if (total === 0) samplePose(field, clip, time, out);
    else blendPoses(out, samplePose(field, clip, time, scratch), weight / (total + weight), out);
    total += weight;
  }
  if (total === 0) return restPose(field.handleCount, out);
  return total < 1 - 1e-6 ? blendPoses(restPose(field.handleCount, scratch), out, total, out) : out;
}
