// The bilateral symmetry of a body as its handles show it: where each handle would lie on the other side.

import type { Handles } from "./handles.ts";

export interface Mirror {
  /** The axis that changes its sign: 0 for x, 2 for z. */
  axis: 0 | 2;
  /** The handles around the place of each handle's mirror image, [count * PARTNERS]. */
  partners: Uint16Array;
  /** Their weights, which sum to 1; zeros where nothing lies there, [count * PARTNERS]. */
  weights: Float64Array;
}

export const PARTNERS = 3;
/** Planes that are tried, as shares of the body's extent along the axis. */
const PLANES = Array.from({ length: 41 }, (_, i) => 0.3 + i * 0.01);

/** The upright plane through the body's middle that maps handles onto handles best; normalised space, faces along x or z. */
export function findMirror(handles: Handles): Mirror {
  const spacing = meanEdge(handles);
  let best: (Mirror & { error: number }) | null = null;
  for (const axis of [0, 2] as const) {
    const along = Array.from({ length: handles.count }, (_, k) => handles.positions[3 * k + axis]);
    const [low, high] = [Math.min(...along), Math.max(...along)];
    for (const share of PLANES) {
      const found = mirrorAt(handles, axis, low + share * (high - low), spacing);
      if (!best || found.error < best.error) best = found;
    }
  }
  return best!;
}

/** @returns the mirror and how far mirror images lie from the handles nearest to them: squares, mean, none beyond the spacing. */
function mirrorAt(
  { count, positions }: Handles,
  axis: 0 | 2,
  plane: number,
  spacing: number,
): Mirror & { error: number } {
  const partners = new Uint16Array(count * PARTNERS);
  const weights = new Float64Array(count * PARTNERS);
  let error = 0;
  for (let k = 0; k < count; k++) {
    const image = [...positions.subarray(3 * k, 3 * k + 3)];
    image[axis] = 2 * plane - image[axis];
    const near = Array.from({ length: count }, (_, j) => ({ j, square: squareDistance(image, positions, j) }))
      .sort((a, b) => a.square - b.square)
      .slice(0, PARTNERS);
    error += Math.min(near[0].square, spacing ** 2) / count;
    if (near[0].square >= spacing ** 2) continue;
    const shares = near.map(({ square }) => 1 / (square + 0.01 * spacing ** 2));
    const sum = shares.reduce((a, b) => a + b, 0);
    near.forEach(({ j }, n) => {
      partners[k * PARTNERS + n] = j;
      weights[k * PARTNERS + n] = shares[n] / sum;
    });
  }
  return { axis, partners, weights, error };
}

function squareDistance(point: readonly number[], positions: Float32Array, k: number): number {
  return (
    (point[0] - positions[3 * k]) ** 2 + (point[1] - positions[3 * k + 1]) ** 2 + (point[2] - positions[3 * k + 2]) ** 2
  );
}

function meanEdge({ edges, positions }: Handles): number {
  let sum = 0;
  for (let e = 0; e < edges.length; e += 2) {
    const at = 3 * edges[e];
    sum += Math.sqrt(squareDistance([...positions.subarray(at, at + 3)], positions, edges[e + 1]));
  }
  return sum / Math.max(1, edges.length / 2);
}
