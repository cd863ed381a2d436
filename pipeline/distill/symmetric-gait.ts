// Symmetric gaits (Hildebrand 1965: walk, trot, pace, rack): left and right do the same, half a stride apart. A leg that swings far lies
// nearer to the other leg's picture than to its own, and all views alike from the side pull both legs the same way; where one side learns what the other is
// told, that cancels out.

import { type Mirror, PARTNERS } from "../motion/mirror.ts";

/**
 * Averages a gradient with itself mirrored and half a pass later, in place, so that a step along it changes both sides alike. Handles whose
 * mirror image has no handle near keep their own.
 * @param gradient layout of `Motion.values` of a loop with an even number of knots; the root is its own partner.
 */
export function symmetriseGait(gradient: Float64Array, knots: number, { axis, partners, weights }: Mirror): void {
  const row = gradient.length / knots;
  const root = row / 6 - 1;
  const own = gradient.slice();
  /** Component i of what lies where handle k's mirror image does, in the row of values from `at` on. */
  const onOtherSide = (at: number, k: number, i: number) => {
    if (k === root) return own[at + k * 6 + i];
    let sum = 0;
    for (let n = k * PARTNERS; n < (k + 1) * PARTNERS; n++) sum += weights[n] * own[at + partners[n] * 6 + i];
    return sum;
  };
  for (let knot = 0; knot < knots; knot++) {
    const halfAPassLater = ((knot + knots / 2) % knots) * row;
    for (let k = 0; k <= root; k++) {
      if (k < root && weights[k * PARTNERS] === 0) continue;
      for (let i = 0; i < 6; i++) {
        const at = knot * row + k * 6 + i;
        gradient[at] = (own[at] + signInMirror(i, axis) * onOtherSide(halfAPassLater, k, i)) / 2;
      }
    }
  }
}

/** A mirror turns round what is along its axis of a translation, and what is across it of an axis-angle, a pseudovector. */
function signInMirror(component: number, axis: number): 1 | -1 {
  const along = component % 3 === axis;
  const isRotation = component < 3;
  return along === isRotation ? 1 : -1;
}
