// How far a motion as it ships (half-float texels, 16-bit weights, lines between frames) is from the motion that was optimised (splines in
// double precision): the sample fox' clip as such a spline, encoded again and played.

import type { Asset } from "../../pipeline/asset/asset.ts";
import { normalisation } from "../../pipeline/asset/normalise.ts";
import { assetField } from "../../pipeline/encode/asset-field.ts";
import { motionClip } from "../../pipeline/encode/motion-clip.ts";
import type { Handles } from "../../pipeline/motion/handles.ts";
import { createMotion, evaluateMotion, type Motion, motionBasis } from "../../pipeline/motion/motion.ts";
import { frameTimes, splineBasis } from "../../pipeline/motion/spline.ts";
import { trackMotion } from "../../pipeline/motion/track.ts";
import { prepareAsset } from "../../pipeline/prepare.ts";
import { deformPositions } from "../../runtime/deform.ts";
import type { FieldClip, MotionField } from "../../runtime/field.ts";
import { halfToFloat } from "../../runtime/half.ts";
import { sampleHandles } from "../../runtime/sample.ts";

/** Times that fall on no frame, nor always halfway between two. */
const TIMES = 97;

/** Distances of vertices in shares of the diagonal, sorted. @param knots of the spline, as the optimisation has them */
export function splineErrors(asset: Asset, shipped: MotionField, clip: FieldClip, knots: number): Float64Array {
  const space = normalisation(asset);
  const { handles, binding } = prepareAsset(asset, space);
  const motion = fitSpline(shipped, clip, knots, space.scale, handles.count);
  const field = assetField(asset, handles, space, binding.vertices);
  const track = trackMotion(motion, handles, space, clip.frames);
  const played = motionClip(track, field, asset.primitives, { ...clip, name: "again" });
  const errors: number[] = [];
  const shift = loopShift(motion, track, space.scale, handles);
  for (let t = 0; t < TIMES; t++) {
    const phase = (t + 0.37) / TIMES;
    const matrices = sampleHandles(field, played, phase * played.duration);
    const at = (phase + shift) % 1;
    const pose = evaluateMotion(motion, handles, motionBasis(motion, [at]));
    asset.primitives.forEach(({ positions }, p) => {
      const shown = deformPositions(field.bindings[p], matrices, positions);
      const { indices, weights } = binding.vertices[p];
      for (let v = 0; v < positions.length / 3; v += 3) {
        const exact = [0, 0, 0];
        for (let b = v * 4; b < v * 4 + 4; b++) {
          const k = indices[b];
          for (let r = 0; r < 3; r++) {
            let moved = pose.centres[k * 3 + r];
            for (let c = 0; c < 3; c++) {
              const normalised = (positions[v * 3 + c] - space.centre[c]) * space.scale;
              moved += pose.rotations[k * 9 + r * 3 + c] * (normalised - handles.positions[k * 3 + c]);
            }
            exact[r] += weights[b] * (moved / space.scale + space.centre[r]);
          }
        }
        errors.push(Math.hypot(...exact.map((value, c) => value - shown[v * 3 + c])) / field.scale);
      }
    });
  }
  return Float64Array.from(errors).sort();
}

/** `trackMotion` lets a loop begin at another frame than the motion does: by how much of a pass. */
function loopShift(motion: Motion, track: ReturnType<typeof trackMotion>, scale: number, handles: Handles): number {
  const { frames } = track;
  const times = frameTimes(frames, true);
  const pose = evaluateMotion(motion, handles, motionBasis(motion, times));
  let best = { shift: 0, error: Infinity };
  for (let f = 0; f < frames; f++) {
    let error = 0;
    for (let i = 0; i < handles.count * 3; i++) {
      const tau = (pose.centres[f * handles.count * 3 + i] - handles.positions[i]) / scale;
      error = Math.max(error, Math.abs(tau - track.translations[i]));
    }
    if (error < best.error) best = { shift: f / frames, error };
  }
  return best.shift;
}

/** The clip's transforms as spline coefficients, by least squares over its frames. */
function fitSpline(field: MotionField, clip: FieldClip, knots: number, scale: number, handles: number): Motion {
  if (handles !== field.handleCount)
    throw new Error(`${handles} handles are placed, the file has ${field.handleCount}.`);
  const motion = createMotion(handles, knots, true);
  const row = (handles + 1) * 6;
  const basis = splineBasis(knots, frameTimes(clip.frames, true), true);
  const normal = Array.from({ length: knots }, (_, i) =>
    Array.from({ length: knots }, (_, j) => {
      let sum = 0;
      for (let f = 0; f < clip.frames; f++) sum += basis[f * knots + i] * basis[f * knots + j];
      return sum;
    }),
  );
  for (let k = 0; k < handles; k++) {
    const frames = Array.from({ length: clip.frames }, (_, f) => coefficients(field, clip, f, k, scale));
    for (let c = 0; c < 6; c++) {
      const right = normal.map((_, i) => frames.reduce((sum, values, f) => sum + basis[f * knots + i] * values[c], 0));
      solve(normal, right).forEach((value, b) => {
        motion.values[b * row + k * 6 + c] = value;
      });
    }
  }
  return motion;
}

/** Axis times angle, then translation in normalised units. */
function coefficients(field: MotionField, clip: FieldClip, frame: number, k: number, scale: number): number[] {
  const at = (frame * field.handleCount + k) * 8;
  const [x, y, z, w, tx, ty, tz] = Array.from(clip.texels.subarray(at, at + 7), halfToFloat);
  const sine = Math.hypot(x, y, z);
  const sign = w < 0 ? -1 : 1;
  const factor = sine > 1e-9 ? (2 * Math.atan2(sine, sign * w) * sign) / sine : 0;
  return [x * factor, y * factor, z * factor, ...[tx, ty, tz].map((value) => value * field.scale * scale)];
}

/** Gaussian elimination; the matrix is small and positive definite. */
function solve(matrix: number[][], right: number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]]);
  const n = a.length;
  for (let i = 0; i < n; i++) {
    for (let r = i + 1; r < n; r++) {
      const factor = a[r][i] / a[i][i];
      for (let c = i; c <= n; c++) a[r][c] -= factor * a[i][c];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    x[i] = (a[i][n] - a[i].slice(i + 1, n).reduce((sum, value, j) => sum + value * x[i + 1 + j], 0)) / a[i][i];
  }
  return x;
}
