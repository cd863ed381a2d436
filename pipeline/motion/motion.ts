// The trainable motion: one axis-angle and one translation per handle and control knot, and the same for the whole body (the
// root). Evaluated over frames it gives every handle's rigid transform; gradients flow back the same way.

import type { Handles } from "./handles.ts";
import {
  addHeldPoses,
  FREE_ENDS,
  HELD_RAMP,
  type HeldEnds,
  heldShare,
  holdsPose,
  joinEnds,
  turnedShare,
} from "./held-ends.ts";
import { axisAngleGradient, axisAngleToMatrix } from "./rotation.ts";
import { frameTimes, splineBasis } from "./spline.ts";

/** Whole turns of the body during one pass, which no periodic curve of axis-angles can make: spins, rolls, tumbles. */
export interface Winding {
  /** Unit axis through the centre of the body. */
  axis: readonly [number, number, number];
  /** Signed whole turns; 0 for most motions. */
  turns: number;
}

export const NO_WINDING: Winding = { axis: [0, 1, 0], turns: 0 };

/** Control values: [knots * (handles + 1) * 6], the root last; axis-angle (radians) then translation (normalised units). */
export interface Motion {
  handles: number;
  knots: number;
  loop: boolean;
  winding: Winding;
  held: HeldEnds;
  /** Length of the pass in windows of the teacher; 1 but for long one-shots. */
  windows: number;
  values: Float64Array;
}

/** The knots' weights at the times (0..1 of one pass) where a motion is evaluated. */
export interface TimeBasis {
  times: readonly number[];
  /** [times * knots] */
  weights: Float64Array;
  /** What held poses add to the spline, [times * (handles + 1) * 6]; null where there are none. */
  held: Float64Array | null;
  /** Share of the winding's turns made, [times]. */
  turned: readonly number[];
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
  /** Winding and root rotation multiplied, [frames * 9]. */
  rootRotations: Float64Array;
  /** The winding alone, [frames * 9]. */
  windings: Float64Array;
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

export function createMotion(
  handles: number,
  knots: number,
  loop: boolean,
  winding: Winding = NO_WINDING,
  held: HeldEnds = FREE_ENDS,
  windows = 1,
): Motion {
  const values = new Float64Array(knots * (handles + 1) * 6);
  return { handles, knots, loop, winding, held: joinEnds(held, loop), windows, values };
}

export function createPoseGradient(pose: Pose): PoseGradient {
  return {
    rotations: new Float64Array(pose.rotations.length),
    centres: new Float64Array(pose.centres.length),
    localRotations: new Float64Array(pose.rotations.length),
    localCentres: new Float64Array(pose.centres.length),
  };
}

/**
 * The basis that `evaluateMotion` and `backpropagateMotion` share.
 * @param frames a number of frames, spread evenly over the pass, or their times (0..1).
 */
export function motionBasis(motion: Motion, frames: number | readonly number[]): TimeBasis {
  const { knots, loop, held, windows } = motion;
  const times = typeof frames === "number" ? frameTimes(frames, loop) : frames;
  const weights = splineBasis(knots, times, loop);
  const ramp = HELD_RAMP / windows;
  const row = (motion.handles + 1) * 6;
  const poses = holdsPose(held) ? new Float64Array(times.length * row) : null;
  times.forEach((time, at) => {
    const share = heldShare(time, held, ramp);
    for (let knot = 0; knot < knots; knot++) weights[at * knots + knot] *= share;
    if (poses) addHeldPoses(time, held, ramp, poses, at * row);
  });
  return { times, weights, held: poses, turned: times.map((time) => turnedShare(time, held, ramp)) };
}

export function evaluateMotion(motion: Motion, handles: Handles, basis: TimeBasis): Pose {
  const { knots, handles: count } = motion;
  const frames = basis.times.length;
  const row = (count + 1) * 6;
  const coefficients = basis.held?.slice() ?? new Float64Array(frames * row);
  for (let f = 0; f < frames; f++) {
    for (let b = 0; b < knots; b++) {
      const weight = basis.weights[f * knots + b];
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
    windings: new Float64Array(frames * 9),
    coefficients,
  };
  const { axis, turns } = motion.winding;
  for (let f = 0; f < frames; f++) {
    const angle = 2 * Math.PI * turns * basis.turned[f];
    axisAngleToMatrix(axis[0] * angle, axis[1] * angle, axis[2] * angle, pose.windings, f * 9);
    foldFrame(pose, handles, f);
  }
  return pose;
}

function foldFrame(pose: Pose, handles: Handles, f: number): void {
  const count = pose.handles;
  const c = pose.coefficients;
  const root = f * (count + 1) * 6 + count * 6;
  const R = pose.rootRotations;
  const turn = new Float64Array(9);
  axisAngleToMatrix(c[root], c[root + 1], c[root + 2], turn, 0);
  for (let i = 0; i < 9; i++) {
    const m = f * 9 + i - (i % 3);
    R[f * 9 + i] =
      pose.windings[m] * turn[i % 3] +
      pose.windings[m + 1] * turn[3 + (i % 3)] +
      pose.windings[m + 2] * turn[6 + (i % 3)];
  }
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
  basis: TimeBasis,
): Float64Array {
  const { knots, handles: count } = motion;
  const row = (count + 1) * 6;
  const onCoefficients = new Float64Array(pose.frames * row);
  for (let f = 0; f < pose.frames; f++) unfoldFrame(pose, gradient, f, onCoefficients);
  const out = new Float64Array(motion.values.length);
  for (let f = 0; f < pose.frames; f++) {
    for (let b = 0; b < knots; b++) {
      const weight = basis.weights[f * knots + b];
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
  // R_root = W E: dL/dE = W^T dL/dR_root.
  const turn = new Float64Array(9);
  const onTurn = new Float64Array(9);
  axisAngleToMatrix(c[root], c[root + 1], c[root + 2], turn, 0);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      for (let m = 0; m < 3; m++) onTurn[i * 3 + j] += pose.windings[f * 9 + m * 3 + i] * onRoot[m * 3 + j];
    }
  }
  axisAngleGradient(c[root], c[root + 1], c[root + 2], turn, 0, onTurn, 0, out, root);
}
