// The points that a model stands on: the lowest part of its surface, and whether the model stands on it at all. And points all over it, for
// a body that falls.

import type { Splats } from "../render/renderer.ts";
import type { Binding } from "./handles.ts";

/** What of a motion keeps to the ground: the feet of a gait, or the whole body at the end of a fall. */
export type Grounding = "feet" | "fall";

/** Points of the surface and what moves them, normalised space, above the ground. */
export interface GroundedPoints {
  /** Height of the plane that the model stands on at rest. */
  ground: number;
  /** Rest positions, [count * 3]. */
  points: Float32Array;
  /** [count] */
  binding: Binding;
}

/** The points at the ground. */
export type Soles = GroundedPoints;

/** Share of a body's height that counts as soles. */
const THICKNESS = 0.05;
/** Most points taken, evenly spread: of the soles, and of a whole body. */
const MOST = 192;
const MOST_OF_BODY = 1024;
/** How far the body's centre may lie beside the box around the soles, in the body's largest side. */
const REACH = 0.1;

/**
 * @param splats on the surface at rest, normalised space. @param binding of those splats.
 * @returns null where the model does not stand: its centre does not lie over its lowest points (a fish, a plane on its nose).
 */
export function findSoles({ positions, count }: Pick<Splats, "positions" | "count">, binding: Binding): Soles | null {
  const { ground, lowest } = lowestPoints(positions);
  for (const axis of [0, 2]) {
    let centre = 0;
    for (let p = 0; p < count; p++) centre += positions[p * 3 + axis] / count;
    const along = lowest.map((p) => positions[p * 3 + axis]);
    if (centre < Math.min(...along) - REACH || centre > Math.max(...along) + REACH) return null;
  }
  return choosePoints(positions, binding, lowest, MOST, ground);
}

/** Points all over a body. @param splats, @param binding and @returns as of `findSoles`. */
export function findBody(splats: Pick<Splats, "positions" | "count">, binding: Binding): GroundedPoints | null {
  const soles = findSoles(splats, binding);
  const all = Array.from({ length: splats.count }, (_, p) => p);
  return soles && choosePoints(splats.positions, binding, all, MOST_OF_BODY, soles.ground);
}

function choosePoints(
  positions: Float32Array,
  binding: Binding,
  from: readonly number[],
  most: number,
  ground: number,
): GroundedPoints {
  const stride = Math.max(1, from.length / most);
  const taken = Array.from({ length: Math.min(most, from.length) }, (_, i) => from[Math.floor(i * stride)]);
  return {
    ground,
    points: Float32Array.from(taken.flatMap((p) => [...positions.subarray(p * 3, p * 3 + 3)])),
    binding: {
      count: taken.length,
      indices: Uint16Array.from(taken.flatMap((p) => [...binding.indices.subarray(p * 4, p * 4 + 4)])),
      weights: Float32Array.from(taken.flatMap((p) => [...binding.weights.subarray(p * 4, p * 4 + 4)])),
    },
  };
}

/** The height of the plane that a body stands on, and which of its points [n * 3] are soles. */
export function lowestPoints(positions: Float32Array): { ground: number; lowest: number[] } {
  let [ground, top] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 1; at < positions.length; at += 3) {
    ground = Math.min(ground, positions[at]);
    top = Math.max(top, positions[at]);
  }
  const lowest: number[] = [];
  for (let p = 0; p * 3 < positions.length; p++) {
    if (positions[p * 3 + 1] - ground <= THICKNESS * (top - ground)) lowest.push(p);
  }
  return { ground, lowest };
}
