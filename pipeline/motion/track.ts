// The finished motion at any number of frames, in asset units: what the encoder stores and the metrics measure.

import type { Normalisation } from "../asset/asset.ts";
import type { Handles } from "./handles.ts";
import { evaluateMotion, type Motion, motionBasis, type Pose } from "./motion.ts";
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

/**
 * Samples the motion's spline at `frames` frames of one pass (any number; the spline is continuous). A loop starts at its slowest
 * moment, or at the rest that it is held to: that is where clips meet with the least haste, and it moves no frame of the motion.
 */
export function trackMotion(
  motion: Motion,
  handles: Handles,
  normalisation: Normalisation,
  frames: number,
): HandleTrack {
  const pose = evaluateMotion(motion, handles, motionBasis(motion, frames));
  const first = motion.loop && motion.held.start === "free" ? slowestFrame(pose) : 0;
  const count = handles.count;
  const rotations = new Float32Array(frames * count * 4);
  const translations = new Float32Array(frames * count * 3);
  for (let i = 0; i < frames * count; i++) {
    const from = ((Math.floor(i / count) + first) % frames) * count + (i % count);
    matrixToQuaternion(pose.rotations, from * 9, rotations, i * 4);
    for (let axis = 0; axis < 3; axis++) {
      const rest = handles.positions[(i % count) * 3 + axis];
      translations[i * 3 + axis] = (pose.centres[from * 3 + axis] - rest) / normalisation.scale;
    }
  }
  return { frames, handles: count, rotations, translations };
}

/** The frame whose handles have come the least way from the frame before, around the seam. */
function slowestFrame({ frames, handles, centres }: Pose): number {
  const stride = handles * 3;
  const steps = Array.from({ length: frames }, (_, frame) => {
    const before = ((frame + frames - 1) % frames) * stride;
    let step = 0;
    for (let k = 0; k < stride; k += 3) {
      const at = frame * stride + k;
      step += Math.hypot(
        centres[at] - centres[before + k],
        centres[at + 1] - centres[before + k + 1],
        centres[at + 2] - centres[before + k + 2],
      );
    }
    return step;
  });
  return steps.indexOf(Math.min(...steps));
}
