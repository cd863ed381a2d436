// A pose as the deforming kernels read it (deform.wgsl.ts), and their gradient back into the pose's own layout.

import type { Pose, PoseGradient } from "../../motion/motion.ts";
import { POSE_STRIDE } from "./deform.wgsl.ts";

/** @returns [frames * handles * POSE_STRIDE] */
export function packPose({ frames, handles, rotations, centres }: Pose): Float32Array {
  const packed = new Float32Array(frames * handles * POSE_STRIDE);
  for (let k = 0; k < frames * handles; k++) {
    for (let i = 0; i < 9; i++) packed[k * POSE_STRIDE + i] = rotations[k * 9 + i];
    for (let i = 0; i < 3; i++) packed[k * POSE_STRIDE + 9 + i] = centres[k * 3 + i];
  }
  return packed;
}

/** Adds the gradient of some frames, the first of which is `first`, to `out`. */
export function addPoseGradient(packed: Float32Array, first: number, handles: number, out: PoseGradient): void {
  const offset = first * handles;
  for (let k = 0; k < packed.length / POSE_STRIDE; k++) {
    for (let i = 0; i < 9; i++) out.rotations[(offset + k) * 9 + i] += packed[k * POSE_STRIDE + i];
    for (let i = 0; i < 3; i++) out.centres[(offset + k) * 3 + i] += packed[k * POSE_STRIDE + 9 + i];
  }
}
