// A fall that ends on the ground: nothing sinks below it, and after the fall the body as a whole is let down until its lowest parts touch
// it. Which way it falls is choose-fall.ts' business. Terms of the loss with closed-form gradients, in normalised units, as in ground.ts.

import type { Handles } from "../motion/handles.ts";
import type { Pose, PoseGradient } from "../motion/motion.ts";
import type { GroundedPoints } from "../motion/soles.ts";
import { carryBack, placeSoles } from "./ground.ts";

export interface LandingWeights {
  /** max(0, height of the lowest parts above where they are at rest)^2, mean over the frames after the fall. */
  land: number;
  /** max(0, depth below the ground of the rest pose)^2, mean over all frames and their lowest points. */
  sink: number;
  /** Share of the body's points that counts as its lowest part: a single point would be a sword's tip. */
  share: number;
  /** Share of the pass at which landing begins, and from which it is whole. */
  ramp: [number, number];
}

/** What a frame's lowest part is, and how high it hangs. */
export interface LowestParts {
  /** Points, [frames][share of the points], in no order. */
  points: Uint32Array[];
  /** Mean height of these above that of the lowest part at rest, [frames]; negative below. */
  heights: Float64Array;
}

/** @param places of the points in every frame, [frames * points * 3]. */
export function findLowest({ points, binding }: GroundedPoints, places: Float64Array, share: number): LowestParts {
  const { count } = binding;
  const size = Math.max(1, Math.round(share * count));
  const lowest = (at: (p: number) => number) => {
    const heights = Float64Array.from({ length: count }, (_, p) => at(p));
    const highest = heights.slice().sort()[size - 1];
    return Uint32Array.from(heights.keys())
      .filter((p) => heights[p] <= highest)
      .slice(0, size);
  };
  const mean = (chosen: Uint32Array, at: (p: number) => number) => chosen.reduce((sum, p) => sum + at(p), 0) / size;
  const atRest = (p: number) => points[p * 3 + 1];
  const ground = mean(lowest(atRest), atRest);
  const parts: LowestParts = { points: [], heights: new Float64Array(places.length / (count * 3)) };
  for (let f = 0; f < parts.heights.length; f++) {
    const now = (p: number) => places[(f * count + p) * 3 + 1];
    parts.points.push(lowest(now));
    parts.heights[f] = mean(parts.points[f], now) - ground;
  }
  return parts;
}

/** Height that the body's middle (the mean of its handles) comes to where its lowest part lies on the ground, [frames]. */
export function landedMiddles({ heights }: LowestParts, pose: Pose): Float64Array {
  return heights.map((height, f) => middle(pose, f) - height);
}

/**
 * Adds the gradients to `out` and returns the weighted sum of the terms.
 * @param middles `landedMiddles` of the present pose. Constants here: it is the body that is let down, not a leg that reaches for the
 * ground.
 * @param times of the frames, 0..1 of the pass.
 */
export function landingTerms(
  body: GroundedPoints,
  handles: Handles,
  pose: Pose,
  lowest: readonly Uint32Array[],
  middles: Float64Array,
  times: readonly number[],
  { land, sink, ramp }: Pick<LandingWeights, "land" | "sink" | "ramp">,
  out: PoseGradient,
): number {
  const { count } = body.binding;
  const places = placeSoles(body, handles, pose);
  const onPlaces = new Float64Array(places.length);
  const fallen = times.map((time) => smoothstep((time - ramp[0]) / (ramp[1] - ramp[0])));
  const total = Math.max(
    1e-9,
    fallen.reduce((sum, share) => sum + share, 0),
  );
  let loss = 0;
  for (let f = 0; f < pose.frames; f++) {
    const height = Math.max(0, middle(pose, f) - middles[f]);
    const weight = (land * fallen[f]) / total;
    loss += weight * height * height;
    for (let k = 0; k < pose.handles; k++) {
      out.centres[(f * pose.handles + k) * 3 + 1] += (2 * weight * height) / pose.handles;
    }
    const sunk = sink / (pose.frames * lowest[f].length);
    for (const p of lowest[f]) {
      const at = (f * count + p) * 3 + 1;
      const depth = Math.max(0, body.ground - places[at]);
      loss += sunk * depth * depth;
      onPlaces[at] -= 2 * sunk * depth;
    }
  }
  carryBack(body, handles, pose, onPlaces, out);
  return loss;
}

/** The terms of one step. */
export function landing(
  body: GroundedPoints,
  handles: Handles,
  pose: Pose,
  times: readonly number[],
  weights: LandingWeights,
  out: PoseGradient,
): number {
  const lowest = findLowest(body, placeSoles(body, handles, pose), weights.share);
  return landingTerms(body, handles, pose, lowest.points, landedMiddles(lowest, pose), times, weights, out);
}

function middle({ centres, handles }: Pose, f: number): number {
  let sum = 0;
  for (let k = 0; k < handles; k++) sum += centres[(f * handles + k) * 3 + 1];
  return sum / handles;
}

/** 0 up to 0, 1 from 1, in between without a jerk. */
export function smoothstep(x: number): number {
  const inside = Math.min(1, Math.max(0, x));
  return inside * inside * (3 - 2 * inside);
}
