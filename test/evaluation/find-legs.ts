// Finds the legs of a body from its rest points: what stands on the ground, and what hangs together with it below the hips. Hands and
// hems beside the legs stay with the body.

import { NO_SOURCE, nearestSources } from "../../pipeline/motion/geodesic.ts";
import type { Splats } from "../../pipeline/render/renderer.ts";
import { linkNeighbours } from "./body-splats.ts";

export interface Leg {
  /** 1: at positive x, the left of what faces +z; -1: right. */
  side: 1 | -1;
  pair: "front" | "hind";
  hip: [number, number, number];
  /** How much each point follows the leg, 0..1, [n]. */
  weights: Float32Array;
  /** Its lowest points. */
  foot: number[];
}

/** Shares of the height: feet lie below FOOT, legs end below HIGHEST wherever they meet. */
const [FOOT, HIGHEST] = [0.1, 0.55];
/** The hip over the height where the legs meet: from there up to it a point is less and less leg. */
const HIP = 1.25;
/** Feet that spread over this share of a body's length, a body at least this much longer than wide: four of them. */
const [SPREAD, LENGTH] = [0.4, 1.25];

/** @param area of the splats' surface, normalised units squared. */
export function findLegs(splats: Splats, area: number): Leg[] {
  const { positions, count } = splats;
  const [x, y, z] = [0, 1, 2].map((axis) => extent(positions, axis));
  const height = (p: number) => (positions[3 * p + 1] - y.low) / y.size;
  const low = Array.from({ length: count }, (_, p) => p).filter((p) => height(p) < FOOT);
  const spread = extent(positions, 2, low).size;
  const four = z.size > LENGTH * x.size && spread > SPREAD * z.size;
  const feet = splitFeet(positions, low, four);
  const { owner, meetings } = nearestFoot(splats, area, feet, (p) => height(p) < HIGHEST);
  const heights = meetings.map(height).sort((a, b) => a - b);
  // The lowest places where legs touch may be feet that stand together.
  const meet = heights.length > 20 ? Math.max(2 * FOOT, heights[Math.floor(heights.length / 5)]) : HIGHEST / HIP;
  const hipAt = Math.min(HIGHEST, HIP * meet);
  return feet.map((foot, l) => {
    const weights = new Float32Array(count);
    const middle = [0, 0];
    let total = 0;
    for (let p = 0; p < count; p++) {
      if (owner[p] !== l) continue;
      weights[p] = Math.min(1, Math.max(0, (hipAt - height(p)) / (hipAt - meet)));
      total += weights[p];
      middle[0] += weights[p] * positions[3 * p];
      middle[1] += weights[p] * positions[3 * p + 2];
    }
    const hip: Leg["hip"] = [middle[0] / total, y.low + hipAt * y.size, middle[1] / total];
    return { side: l % 2 === 0 ? 1 : -1, pair: l < 2 ? "front" : "hind", hip, weights, foot };
  });
}

/** Low points as feet: left and right, of four the front ones first. Nearest means in the plane of the ground (Lloyd 1982). */
function splitFeet(positions: Float32Array, low: number[], four: boolean): number[][] {
  const [x, z] = [extent(positions, 0, low), extent(positions, 2, low)];
  const means = (four ? [1, -1] : [0]).flatMap((half) =>
    [1, -1].map((side) => [x.centre + (side * x.size) / 4, z.centre + (half * z.size) / 4]),
  );
  let groups: number[][] = [];
  for (let turn = 0; turn < 10; turn++) {
    groups = means.map(() => []);
    for (const p of low) {
      const away = means.map(([u, v]) => (positions[3 * p] - u) ** 2 + (four ? (positions[3 * p + 2] - v) ** 2 : 0));
      groups[away.indexOf(Math.min(...away))].push(p);
    }
    groups.forEach((group, l) => {
      if (group.length === 0) return;
      means[l] = [0, 2].map((axis) => group.reduce((sum, p) => sum + positions[3 * p + axis], 0) / group.length);
    });
  }
  return groups;
}

/**
 * Which foot each point hangs on by the shortest way along the surface through points that `below` allows; -1 none. `meetings` are points
 * beside which another foot's begin.
 */
function nearestFoot(
  splats: Splats,
  area: number,
  feet: number[][],
  below: (p: number) => boolean,
): { owner: Int32Array; meetings: number[] } {
  const graph = linkNeighbours(splats, area, (cosine) => cosine >= 0, below).adjacency();
  const soles = feet.flat();
  const footOf = feet.flatMap((foot, l) => foot.map(() => l));
  const { sources } = nearestSources({ nodeCount: splats.count, ...graph }, soles, 1);
  const owner = sources.map((source) => (source === NO_SOURCE ? -1 : footOf[source]));
  const meetings = [...owner.keys()].filter((p) => {
    const beside = graph.neighbours.subarray(graph.offsets[p], graph.offsets[p + 1]);
    return owner[p] >= 0 && beside.some((q) => owner[q] >= 0 && owner[q] !== owner[p]);
  });
  return { owner, meetings };
}

function extent(points: Float32Array, axis: number, of?: readonly number[]) {
  let [low, high] = [Infinity, -Infinity];
  const take = (value: number) => {
    [low, high] = [Math.min(low, value), Math.max(high, value)];
  };
  if (of) for (const p of of) take(points[3 * p + axis]);
  else for (let i = axis; i < points.length; i += 3) take(points[i]);
  return { low, size: high - low, centre: (low + high) / 2 };
}
