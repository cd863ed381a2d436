// Metrics of a motion from the paths of its vertices in 3-D. Definitions only; which vertices and frames is the caller's
// choice (measure-clip.ts). A frozen object wins jitter and stretch: read them beside the path length.

import type { ClipMetrics } from "../events.ts";

/** Paths of n vertices over the frames of one pass; a loop without its repeated first frame. */
export interface Trajectories {
  frames: number;
  /** [frames * n * 3] */
  positions: Float32Array;
  /** [n * 3] */
  rest: Float32Array;
  /** Vertex pairs, [edges * 2]. */
  edges: Uint32Array;
  /** Of the rest bounds, same units; what all lengths are measured in. */
  diagonal: number;
  loop: boolean;
}

/** Below this many diagonals a frame, motion counts as none. */
const STILL = 1e-6;

/**
 * With d_t = |x_{t+1} - x_t| (a loop also steps from its last frame to its first):
 * - `pathLength`: median over vertices of sum_t d_t.
 * - `jitter`: mean of |x_{t+1} - 2 x_t + x_{t-1}| over mean of d_t, both over vertices and frames; 0 for a still clip.
 * - `stretch`: 95th percentile over edges and frames of | length / rest length - 1 |.
 * - `loopSeam`: mean over vertices of the step from the last frame to the first, over the median of the same mean at the
 *   other steps; 0 where the clip does not loop or stands still.
 */
export function motionMetrics(trajectories: Trajectories): ClipMetrics {
  const steps = stepLengths(trajectories);
  return {
    pathLength: pathLength(trajectories, steps),
    jitter: jitter(trajectories, steps),
    stretch: stretch(trajectories),
    loopSeam: loopSeam(trajectories, steps),
  };
}

/** d_t in diagonals, [steps][n]; a loop has as many steps as frames, other clips one fewer. */
function stepLengths({ frames, positions, rest, diagonal, loop }: Trajectories): Float64Array[] {
  const n = rest.length / 3;
  const count = frames < 2 ? 0 : loop ? frames : frames - 1;
  return Array.from({ length: count }, (_, t) => {
    const a = t * n * 3;
    const b = ((t + 1) % frames) * n * 3;
    const lengths = new Float64Array(n);
    for (let v = 0; v < n; v++) lengths[v] = distance(positions, a + v * 3, b + v * 3) / diagonal;
    return lengths;
  });
}

function pathLength({ rest }: Trajectories, steps: Float64Array[]): number {
  const totals = new Float64Array(rest.length / 3);
  for (const lengths of steps) for (let v = 0; v < totals.length; v++) totals[v] += lengths[v];
  return quantile(totals, 0.5);
}

function jitter({ frames, positions, rest, diagonal, loop }: Trajectories, steps: Float64Array[]): number {
  const row = rest.length;
  const speed = mean(steps.map(mean));
  if (frames < 3 || speed < STILL) return 0;
  const accelerations: number[] = [];
  for (let t = loop ? 0 : 1; t < (loop ? frames : frames - 1); t++) {
    const before = ((t + frames - 1) % frames) * row;
    const after = ((t + 1) % frames) * row;
    let sum = 0;
    for (let i = 0; i < row; i += 3) {
      let squared = 0;
      for (let c = i; c < i + 3; c++) {
        squared += (positions[before + c] - 2 * positions[t * row + c] + positions[after + c]) ** 2;
      }
      sum += Math.sqrt(squared);
    }
    accelerations.push(sum / (row / 3) / diagonal);
  }
  return mean(accelerations) / speed;
}

function stretch({ frames, positions, rest, edges, diagonal }: Trajectories): number {
  const lengths = Array.from({ length: edges.length / 2 }, (_, e) =>
    distance(rest, edges[e * 2] * 3, edges[e * 2 + 1] * 3),
  );
  const usable = lengths.flatMap((length, e) => (length > 1e-6 * diagonal ? [e] : []));
  const changes = new Float32Array(usable.length * frames);
  let i = 0;
  for (let t = 0; t < frames; t++) {
    const row = t * rest.length;
    for (const e of usable) {
      const length = distance(positions, row + edges[e * 2] * 3, row + edges[e * 2 + 1] * 3);
      changes[i++] = Math.abs(length / lengths[e] - 1);
    }
  }
  return quantile(changes, 0.95);
}

function loopSeam({ loop }: Trajectories, steps: Float64Array[]): number {
  if (!loop || steps.length < 2) return 0;
  const means = Float64Array.from(steps, mean);
  const seam = means[means.length - 1];
  if (seam < STILL) return 0;
  return seam / Math.max(STILL, quantile(means.slice(0, -1), 0.5));
}

function distance(p: Float32Array, a: number, b: number): number {
  const x = p[b] - p[a];
  const y = p[b + 1] - p[a + 1];
  const z = p[b + 2] - p[a + 2];
  return Math.sqrt(x * x + y * y + z * z);
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return values.length === 0 ? 0 : sum / values.length;
}

/** Linearly interpolated between the sorted values; 0 of none. */
function quantile(values: Float32Array | Float64Array, share: number): number {
  if (values.length === 0) return 0;
  const sorted = values.slice().sort();
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}
