// Spatial and temporal terms of the loss on the handle graph, each with its closed-form gradient. Every term is a mean (over
// frames and edges or handles), in normalised units, so that weights mean the same for every asset.

import type { Handles } from "../motion/handles.ts";
import type { Pose, PoseGradient } from "../motion/motion.ts";

export interface RegulariserWeights {
  /** As rigid as possible: |(q_j - q_i) - R_i (c_j - c_i)|^2 (Sorkine and Alexa 2007, eq. 1), relative to the mean edge. */
  arap: number;
  /** |R_i - R_j|^2 (Frobenius) between neighbours. */
  rotation: number;
  /** (|q_j - q_i| / |c_j - c_i| - 1)^2: keeps the body from inflating. */
  stretch: number;
  /** |y(t+1) - 2 y(t) + y(t-1)|^2, around the seam where the clip loops. */
  acceleration: number;
  /** |mean over frames and handles of (y - c)|^2 in x and z, loops only: the body stays where it stands. */
  drift: number;
}

/**
 * Where a bond between neighbours gives: the squares, of each term as above, at which the robust penalty x^2 / (1 + x^2 / c) (Geman and
 * McClure 1987) has grown to half of x^2; far beyond, it no longer grows. A body that may bend freely at a few bonds and stays rigid between
 * them moves as a skeleton moves it; squares spread every bend over many.
 */
export interface BondGive {
  arap: number;
  rotation: number;
  stretch: number;
}

/** The course of the bonds' weights over the steps: soft while the motion is found, stiff when it is tidied. */
export interface Stiffening {
  /** Share of their weights that they begin with. */
  from: number;
  /** Share of the steps after which they have all of it; they grow by equal factors until then. */
  until: number;
}

/** The weights when `done` (0..1) of the steps are done. */
export function stiffened(weights: RegulariserWeights, { from, until }: Stiffening, done: number): RegulariserWeights {
  return done < until ? withBonds(weights, from ** (1 - done / until)) : weights;
}

/** The bonds' weights (arap, rotation, stretch) times `factor`. */
export function withBonds(weights: RegulariserWeights, factor: number): RegulariserWeights {
  const { arap, rotation, stretch, ...others } = weights;
  return { arap: arap * factor, rotation: rotation * factor, stretch: stretch * factor, ...others };
}

/** All weights times `factor`. */
export function scaled(weights: RegulariserWeights, factor: number): RegulariserWeights {
  const { arap, rotation, stretch, acceleration, drift } = weights;
  return {
    arap: arap * factor,
    rotation: rotation * factor,
    stretch: stretch * factor,
    acceleration: acceleration * factor,
    drift: drift * factor,
  };
}

/** Adds the gradients to `out` and returns the weighted sum of the terms. @param give null: squares. */
export function regularise(
  pose: Pose,
  handles: Handles,
  loop: boolean,
  weights: RegulariserWeights,
  give: BondGive | null,
  out: PoseGradient,
): number {
  return (
    edgeTerms(pose, handles, weights, give ?? NOWHERE, out) +
    accelerationTerm(pose, loop, weights.acceleration, out) +
    (loop ? driftTerm(pose, handles, weights.drift, out) : 0)
  );
}

function meanSquaredEdge(handles: Handles): number {
  let sum = 0;
  for (let e = 0; e < handles.edges.length; e += 2) {
    for (let i = 0; i < 3; i++) {
      sum += (handles.positions[handles.edges[e + 1] * 3 + i] - handles.positions[handles.edges[e] * 3 + i]) ** 2;
    }
  }
  return sum / Math.max(1, handles.edges.length / 2);
}

const NOWHERE: BondGive = { arap: Infinity, rotation: Infinity, stretch: Infinity };

/** The share of a square that is left, and of its gradient, where bonds give at `scale`. */
const kept = (square: number, scale: number) => 1 / (1 + square / scale);

function edgeTerms(
  pose: Pose,
  handles: Handles,
  weights: RegulariserWeights,
  give: BondGive,
  out: PoseGradient,
): number {
  const edges = handles.edges.length / 2;
  if (edges === 0) return 0;
  const directed = 1 / (pose.frames * edges * 2);
  const meanSquare = meanSquaredEdge(handles);
  const arap = (weights.arap * directed) / meanSquare;
  const arapGive = give.arap * meanSquare;
  const rotation = weights.rotation * directed * 2;
  const stretch = weights.stretch * directed * 2;
  const c = handles.positions;
  const q = pose.localCentres;
  const R = pose.localRotations;
  const rest = [0, 0, 0];
  const now = [0, 0, 0];
  const off = [0, 0, 0];
  let loss = 0;
  for (let f = 0; f < pose.frames; f++) {
    for (let e = 0; e < edges; e++) {
      const a = handles.edges[e * 2];
      const b = handles.edges[e * 2 + 1];
      const qa = (f * pose.handles + a) * 3;
      const qb = (f * pose.handles + b) * 3;
      let restLength = 0;
      let nowLength = 0;
      for (let i = 0; i < 3; i++) {
        rest[i] = c[b * 3 + i] - c[a * 3 + i];
        now[i] = q[qb + i] - q[qa + i];
        restLength += rest[i] * rest[i];
        nowLength += now[i] * now[i];
      }
      restLength = Math.sqrt(restLength) + 1e-9;
      nowLength = Math.sqrt(nowLength) + 1e-9;
      const ratio = nowLength / restLength - 1;
      const stretchKept = kept(ratio * ratio, give.stretch);
      loss += stretch * stretchKept * ratio * ratio;
      for (let i = 0; i < 3; i++) {
        const g = (2 * stretch * stretchKept ** 2 * ratio * now[i]) / (nowLength * restLength);
        out.localCentres[qb + i] += g;
        out.localCentres[qa + i] -= g;
      }
      // The edge seen from either end: sign turns both vectors round, which leaves the square alone.
      for (const k of [a, b]) {
        const r = (f * pose.handles + k) * 9;
        let square = 0;
        for (let i = 0; i < 3; i++) {
          const m = r + i * 3;
          off[i] = now[i] - (R[m] * rest[0] + R[m + 1] * rest[1] + R[m + 2] * rest[2]);
          square += off[i] * off[i];
        }
        const arapKept = kept(square, arapGive);
        loss += arap * arapKept * square;
        for (let i = 0; i < 3; i++) {
          const m = r + i * 3;
          const g = 2 * arap * arapKept ** 2 * off[i];
          out.localCentres[qb + i] += g;
          out.localCentres[qa + i] -= g;
          for (let j = 0; j < 3; j++) out.localRotations[m + j] -= g * rest[j];
        }
      }
      const ra = (f * pose.handles + a) * 9;
      const rb = (f * pose.handles + b) * 9;
      let turn = 0;
      for (let i = 0; i < 9; i++) turn += (R[ra + i] - R[rb + i]) ** 2;
      const rotationKept = kept(turn, give.rotation);
      loss += rotation * rotationKept * turn;
      for (let i = 0; i < 9; i++) {
        const g = 2 * rotation * rotationKept ** 2 * (R[ra + i] - R[rb + i]);
        out.localRotations[ra + i] += g;
        out.localRotations[rb + i] -= g;
      }
    }
  }
  return loss;
}

function accelerationTerm(pose: Pose, loop: boolean, weight: number, out: PoseGradient): number {
  const { frames, handles } = pose;
  const steps = loop ? frames : frames - 2;
  if (steps <= 0) return 0;
  const scale = weight / (steps * handles);
  const stride = handles * 3;
  let loss = 0;
  for (let s = 0; s < steps; s++) {
    const f0 = s * stride;
    const f1 = ((s + 1) % frames) * stride;
    const f2 = ((s + 2) % frames) * stride;
    for (let i = 0; i < stride; i++) {
      const d = pose.centres[f0 + i] - 2 * pose.centres[f1 + i] + pose.centres[f2 + i];
      loss += scale * d * d;
      out.centres[f0 + i] += 2 * scale * d;
      out.centres[f1 + i] -= 4 * scale * d;
      out.centres[f2 + i] += 2 * scale * d;
    }
  }
  return loss;
}

function driftTerm(pose: Pose, handles: Handles, weight: number, out: PoseGradient): number {
  const n = pose.frames * pose.handles;
  let loss = 0;
  for (const axis of [0, 2]) {
    let mean = 0;
    for (let i = 0; i < n; i++) {
      mean += pose.centres[i * 3 + axis] - handles.positions[(i % pose.handles) * 3 + axis];
    }
    mean /= n;
    loss += weight * mean * mean;
    const g = (2 * weight * mean) / n;
    for (let i = 0; i < n; i++) out.centres[i * 3 + axis] += g;
  }
  return loss;
}
