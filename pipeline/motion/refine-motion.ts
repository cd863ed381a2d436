// Twice the knots for the same motion: uniform cubic B-splines are refined exactly (Lane and Riesenfeld 1980), so that nothing moves
// otherwise until the new knots are trained.

import type { Motion } from "./motion.ts";

/** Knots after doubling: a loop has one segment a knot, a one-shot three fewer. */
export function doubledKnots(knots: number, loop: boolean, times: number): number {
  for (let i = 0; i < times; i++) knots = loop ? 2 * knots : 2 * knots - 3;
  return knots;
}

/** @returns a motion of its own values that is equal at every time. */
export function refineMotion(motion: Motion, times: number): Motion {
  if (times === 0) return motion;
  const { knots, loop, values } = motion;
  const row = values.length / knots;
  const refined = doubledKnots(knots, loop, 1);
  const out = new Float64Array(refined * row);
  // A one-shot's first new knot lies between its first two.
  const first = loop ? 0 : 1;
  for (let knot = 0; knot < refined; knot++) {
    const at = (knot + first) >> 1;
    const between = (knot + first) % 2 === 1;
    const [before, own, after] = [at - 1, at, at + 1].map((k) => ((k + knots) % knots) * row);
    for (let i = 0; i < row; i++) {
      out[knot * row + i] = between
        ? (values[own + i] + values[after + i]) / 2
        : (values[before + i] + 6 * values[own + i] + values[after + i]) / 8;
    }
  }
  return refineMotion({ ...motion, knots: refined, values: out }, times - 1);
}
