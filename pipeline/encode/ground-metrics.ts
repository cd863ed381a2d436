// How the feet of a gait stand on the ground, measured on the paths of the vertices that a model stands on, and how a fall ends on it.
// Definitions only, as in metrics.ts.

import { lowestPoints } from "../motion/soles.ts";
import type { Trajectories } from "./metrics.ts";

export interface GroundMetrics {
  /** Mean speed against the ground of what touches it, over the mean speed of the soles: 0 stands, 1 slides as it pleases. */
  footSlide: number;
  /** Depth of the deepest vertex below the ground of the rest pose, mean over frames, diagonals. */
  sink: number;
}

export interface FallMetrics extends Pick<GroundMetrics, "sink"> {
  /** Height of the lowest vertex above the ground of the rest pose in the last frame, diagonals; negative below. */
  hover: number;
}

/** A sole less than this above its rest height touches the ground, diagonals. */
const CONTACT = 0.01;

/**
 * With s_t the steps along the ground (x, z) of the soles (motion/soles.ts) and C the steps that begin and
 * end less than `CONTACT` above the rest height:
 * - `footSlide`: mean over C of |s - g| over the mean of |s| over all steps; g is the mean of C, the ground's own step.
 * - `sink`: mean over frames of the deepest vertex's depth.
 */
export function groundMetrics({ frames, positions, rest, diagonal, loop }: Trajectories): GroundMetrics {
  const n = rest.length / 3;
  const { ground: level, lowest: soles } = lowestPoints(rest);
  const sink = meanDepth({ frames, positions, rest, diagonal }, level);
  const touches = (f: number, v: number) => positions[(f * n + v) * 3 + 1] - rest[v * 3 + 1] < CONTACT * diagonal;
  const contact: [number, number][] = [];
  const ground = [0, 0];
  let [travelled, steps] = [0, 0];
  for (let f = 0; f < (loop ? frames : frames - 1); f++) {
    const next = (f + 1) % frames;
    for (const v of soles) {
      const [x, z] = [0, 2].map((i) => positions[(next * n + v) * 3 + i] - positions[(f * n + v) * 3 + i]);
      travelled += Math.hypot(x, z);
      steps++;
      if (!touches(f, v) || !touches(next, v)) continue;
      contact.push([x, z]);
      ground[0] += x;
      ground[1] += z;
    }
  }
  if (contact.length === 0 || travelled / steps < 1e-6 * diagonal) return { footSlide: 0, sink };
  const [gx, gz] = ground.map((sum) => sum / contact.length);
  const slid = contact.reduce((sum, [x, z]) => sum + Math.hypot(x - gx, z - gz), 0) / contact.length;
  return { footSlide: slid / (travelled / steps), sink };
}

/** Of a clip that ends fallen. */
export function fallMetrics({ frames, positions, rest, diagonal }: Trajectories): FallMetrics {
  const { ground } = lowestPoints(rest);
  const last = lowestPoints(positions.subarray((frames - 1) * rest.length));
  return { hover: (last.ground - ground) / diagonal, sink: meanDepth({ frames, positions, rest, diagonal }, ground) };
}

function meanDepth(
  { frames, positions, rest, diagonal }: Pick<Trajectories, "frames" | "positions" | "rest" | "diagonal">,
  ground: number,
): number {
  let sink = 0;
  for (let f = 0; f < frames; f++) {
    let deepest = 0;
    for (let at = 1; at < rest.length; at += 3) deepest = Math.max(deepest, ground - positions[f * rest.length + at]);
    sink += deepest / diagonal / frames;
  }
  return sink;
}
