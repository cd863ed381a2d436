// Linear blend skinning of splats by a pose, forward and backward:
// x_p = sum_k w_pk [A_k (p - c_k) + y_k], L_p = sum_k w_pk A_k (design: handles with four nearest Gaussian weights).

import type { SplatFrames } from "../render/renderer.ts";
import type { Binding, Handles } from "./handles.ts";
import type { Pose, PoseGradient } from "./motion.ts";

/** Points [count * 3] in normalised space at rest -> their positions and linear parts in every frame. */
export function deform(points: Float32Array, binding: Binding, handles: Handles, pose: Pose): SplatFrames {
  const n = binding.count;
  const positions = new Float32Array(pose.frames * n * 3);
  const linears = new Float32Array(pose.frames * n * 9);
  for (let f = 0; f < pose.frames; f++) {
    for (let p = 0; p < n; p++) {
      const x = (f * n + p) * 3;
      const l = (f * n + p) * 9;
      for (let b = 0; b < 4; b++) {
        const weight = binding.weights[p * 4 + b];
        if (weight === 0) continue;
        const k = binding.indices[p * 4 + b];
        const r = (f * pose.handles + k) * 9;
        const y = (f * pose.handles + k) * 3;
        const dx = points[p * 3] - handles.positions[k * 3];
        const dy = points[p * 3 + 1] - handles.positions[k * 3 + 1];
        const dz = points[p * 3 + 2] - handles.positions[k * 3 + 2];
        for (let i = 0; i < 3; i++) {
          const a0 = pose.rotations[r + i * 3];
          const a1 = pose.rotations[r + i * 3 + 1];
          const a2 = pose.rotations[r + i * 3 + 2];
          positions[x + i] += weight * (a0 * dx + a1 * dy + a2 * dz + pose.centres[y + i]);
          linears[l + i * 3] += weight * a0;
          linears[l + i * 3 + 1] += weight * a1;
          linears[l + i * 3 + 2] += weight * a2;
        }
      }
    }
  }
  return { frames: pose.frames, positions, linears };
}

/** Adds dL/d pose to `out`, given the gradients of `deform`'s result. */
export function deformBackward(
  points: Float32Array,
  binding: Binding,
  handles: Handles,
  onFrames: { positions: Float32Array; linears: Float32Array },
  frames: number,
  out: PoseGradient,
): void {
  const n = binding.count;
  for (let f = 0; f < frames; f++) {
    for (let p = 0; p < n; p++) {
      const x = (f * n + p) * 3;
      const l = (f * n + p) * 9;
      for (let b = 0; b < 4; b++) {
        const weight = binding.weights[p * 4 + b];
        if (weight === 0) continue;
        const k = binding.indices[p * 4 + b];
        const r = (f * handles.count + k) * 9;
        const y = (f * handles.count + k) * 3;
        for (let i = 0; i < 3; i++) {
          const g = weight * onFrames.positions[x + i];
          out.centres[y + i] += g;
          for (let j = 0; j < 3; j++) {
            const d = points[p * 3 + j] - handles.positions[k * 3 + j];
            out.rotations[r + i * 3 + j] += g * d + weight * onFrames.linears[l + i * 3 + j];
          }
        }
      }
    }
  }
}
