// The finished motion at any number of frames, in asset units: what the encoder stores and the metrics measure.

import type { Normalisation } from "../asset/asset.ts";
import type { Handles } from "./handles.ts";
import { evaluateMotion, type Motion, motionBasis } from "./motion.ts";
import { matrixToQuaternion } from "./rotation.ts";

/** Rigid transforms of all handles: x -> R_k (x - c_k) + c_k + tau_k. */
export interface HandleTrack {
  frames: number;
  handles: number;
  /** Unit quaternions xyzw, [frames * handles * 4]. */
  rotations: Float32Array;
  /** tau_k in asset units, [frames * handles * 3]. */
  translations: Float32Array;
}

/** Samples the motion's spline at `frames` frames of one pass (any number; the spline is continuous). */
export function trackMotion(
  motion: Motion,
  handles: Handles,
  normalisation: Normalisation,
  frames: number,
): HandleTrack {
  const pose = evaluateMotion(motion, handles, motionBasis(motion, frames));
  const rotations = new Float32Array(frames * handles.count * 4);
  const translations = new Float32Array(frames * handles.count * 3);
  for (let i = 0; i < frames * handles.count; i++) {
    matrixToQuaternion(pose.rotations, i * 9, rotations, i * 4);
    for (let axis = 0; axis < 3; axis++) {
      const rest = handles.positions[(i % handles.count) * 3 + axis];
      translations[i * 3 + axis] = (pose.centres[i * 3 + axis] - rest) / normalisation.scale;
    }
  }
  return { frames, handles: handles.count, rotations, translations };
}
