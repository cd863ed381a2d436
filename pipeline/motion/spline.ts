// Time basis of a motion: a uniform cubic B-spline, so that smoothness in time is built in and a loop closes by construction
// (position, velocity and acceleration). Only the weights live here; they are constants of the optimisation.

/**
 * Weights of every control knot at every time.
 * @param knots number of control knots, at least 4.
 * @param times sample times, 0..1 of one pass.
 * @param periodic true: time 1 is time 0 again, knots wrap around.
 * @returns [times * knots], rows sum to 1.
 */
export function splineBasis(knots: number, times: readonly number[], periodic: boolean): Float64Array {
  if (!Number.isInteger(knots) || knots < 4)
    throw new RangeError(`A cubic B-spline needs at least 4 knots, got ${knots}.`);
  const basis = new Float64Array(times.length * knots);
  times.forEach((time, row) => {
    const x = periodic ? (time - Math.floor(time)) * knots : Math.min(Math.max(time, 0), 1) * (knots - 3);
    const first = periodic ? Math.floor(x) : Math.min(Math.floor(x), knots - 4);
    const u = x - first;
    const weights = [(1 - u) ** 3, 3 * u ** 3 - 6 * u ** 2 + 4, -3 * u ** 3 + 3 * u ** 2 + 3 * u + 1, u ** 3];
    weights.forEach((weight, k) => {
      const knot = periodic ? (first + k + knots - 1) % knots : first + k;
      basis[row * knots + knot] = basis[row * knots + knot] + weight / 6;
    });
  });
  return basis;
}

/** Times of a clip's frames: a loop leaves its last step to the wrap, a one-shot ends on its last frame. */
export function frameTimes(frames: number, loop: boolean): number[] {
  return Array.from({ length: frames }, (_, frame) => (loop ? frame / frames : frame / Math.max(1, frames - 1)));
}
