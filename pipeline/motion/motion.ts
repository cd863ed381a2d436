// The trainable motion: one axis-angle and one translation per handle and control knot, and the same for the whole body (the
// root). Evaluated over frames it gives every handle's rigid transform; gradients flow back the same way.

import type { Handles } from "./handles.ts";
import { axisAngleGradient, axisAngleToMatrix } from "./rotation.ts";
import { frameTimes, splineBasis } from "./spline.ts";

/** Control values: [knots * (handles + 1) * 6], the root last; axis-angle (radians) then translation (normalised units). */
export interface Motion {
  handles: number;
  knots: number;
  loop: boolean;
  values: Float64Array;
}

/**
 * Handle transforms over frames, root folded in: x -> rotations (x - c_k) + centres.
 * `local*` are the same before the root; `coefficients` are the spline's values (root last).
 */
export interface Pose {
  frames: number;
  handles: number;
  /** [frames * handles * 9] */
  rotations: Float64Array;
  /** Images of the handles, [frames * handles * 3]. */
  centres: Float64Array;
  localRotations: Float64Array;
  localCentres: Float64Array;
  /** [frames * 9] */
  rootRotations: Float64Array;
  /** [frames * (handles + 1) * 6] */
  coefficients: Float64Array;
}

/** Gradients of a loss with respect to a pose; same layouts. Local ones are added by terms that ignore the root. */
export interface PoseGradient {
  rotations: Float64Array;
  centres: Float64Array;
  localRotations: Float64Array;
  localCentres: Float64Array;
}

export function createMotion(handles: number, knots: number, loop: boolean): Motion {
  return { handles, knots, loop, values: new Float64Array(knots * (handles + 1) * 6) };
}

export function createPoseGradient(pose: Pose): PoseGradient {
  return {
    rotations: new Float64Array(pose.rotations.length),
    centres: new Float64Array(pose.centres.length),
    localRotations: new Float64Array(pose.rotations.length),
    localCentres: new Float64Array(pose.centres.length),
  };
}

/** Weights of the knots at the given times; the basis that `evaluateMotion` and `backpropagateMotion` share. */
export function motionBasis(motion: Motion, frames: number): Float64Array {
  return splineBasis(motion.knots, frameTimes(frames, motion.loop), motion.loop);
}

export function evaluateMotion(motion: Motion, handles: Handles, basis: Float64Array): Pose {
  const { knots, handles: count } = motion;
  const frames = basis.length / knots;
  const row = (count + 1) * 6;
  const coefficients = new Float64Array(frames * row);
  for (let f = 0; f < frames; f++) {
    for (let b = 0; b < knots; b++) {
      const weight = basis[f * knots + b];
      if (weight === 0) continue;
      for (let i = 0; i < row; i++) coefficients[f * row + i] += weight * motion.values[b * row + i];
    }
  }
  const pose: Pose = {
    frames,
    handles: count,
    rotations: new Float64Array(frames * count * 9),
    centres: new Float64Array(frames * count * 3),
    localRotations: new Float64Array(frames * count * 9),
    localCentres: new Float64Array(frames * count * 3),
    rootRotations: new Float64Array(frames * 9),
    coefficients,
  };
  for (let f = 0; f < frames; f++) foldFrame(pose, handles, f);
  return pose;
}

function foldFrame(pose: Pose, handles: Handles, f: number): void {
  const count = pose.handles;
  const c = pose.coefficients;
  const root = f * (count + 1) * 6 + count * 6;
  const R = pose.rootRotations;
  axisAngleToMatrix(c[root], c[root + 1], c[root + 2], R, f * 9);
  for (let k = 0; k < count; k++) {
    const at = f * (count + 1) * 6 + k * 6;
    const r = (f * count + k) * 9;
    const p = (f * count + k) * 3;
    axisAngleToMatrix(c[at], c[at + 1], c[at + 2], pose.localRotations, r);
    for (let i = 0; i < 3; i++) pose.localCentres[p + i] = handles.positions[k * 3 + i] + c[at + 3 + i];
    for (let i = 0; i < 3; i++) {
      let centre = c[root + 3 + i];
      for (let j = 0; j < 3; j++) {
        const a = R[f * 9 + i * 3 + j];
        centre += a * pose.localCentres[p + j];
        for (let m = 0; m < 3; m++) pose.rotations[r + i * 3 + m] += a * pose.localRotations[r + j * 3 + m];
      }
      pose.centres[p + i] = centre;
    }
  }
}

/** @returns dL/d values, layout of `Motion.values`. */
export function backpropagateMotion(
  motion: Motion,
  pose: Pose,
  gradient: PoseGradient,
  basis: Float64Array,
): Float64Array {
  const { knots, handles: count } = motion;
  const row = (count + 1) * 6;
  const onCoefficients = new Float64Array(pose.frames * row);
  for (let f = 0; f < pose.frames; f++) unfoldFrame(pose, gradient, f, onCoefficients);
  const out = new Float64Array(motion.values.length);
  for (let f = 0; f < pose.frames; f++) {
    for (let b = 0; b < knots; b++) {
      const weight = basis[f * knots + b];
      if (weight === 0) continue;
      for (let i = 0; i < row; i++) out[b * row + i] += weight * onCoefficients[f * row + i];
    }
  }
  return out;
}

function unfoldFrame(pose: Pose, gradient: PoseGradient, f: number, out: Float64Array): void {
  const count = pose.handles;
  const R = pose.rootRotations;
  const c = pose.coefficients;
  const onRoot = new Float64Array(9);
  const onLocal = new Float64Array(9);
  const root = f * (count + 1) * 6 + count * 6;
  for (let k = 0; k < count; k++) {
    const at = f * (count + 1) * 6 + k * 6;
    const r = (f * count + k) * 9;
    const p = (f * count + k) * 3;
    for (let i = 0; i < 9; i++) onLocal[i] = gradient.localRotations[r + i];
    for (let j = 0; j < 3; j++) out[at + 3 + j] += gradient.localCentres[p + j];
    for (let i = 0; i < 3; i++) {
      const gc = gradient.centres[p + i];
      out[root + 3 + i] += gc;
      for (let j = 0; j < 3; j++) {
        const a = R[f * 9 + i * 3 + j];
        out[at + 3 + j] += a * gc;
        let onR = gc * pose.localCentres[p + j];
        for (let m = 0; m < 3; m++) {
          const gr = gradient.rotations[r + i * 3 + m];
          onR += gr * pose.localRotations[r + j * 3 + m];
          onLocal[j * 3 + m] += a * gr;
        }
        onRoot[i * 3 + j] += onR;
      }
    }
    axisAngleGradient(c[at], c[at + 1], c[at + 2], pose.localRotations, r, onLocal, 0, out, at);
  }
  axisAngleGradient(c[root], c[root + 1], c[root + 2], R, f * 9, onRoot, 0, out, root);
}
