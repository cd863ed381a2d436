// How the legs of a walking body go: left against right, by where its feet are before the body.

import type { Leg } from "./find-legs.ts";
import { correlation, type Gait } from "./measures.ts";

/** Correlation of the left and right feet's way ahead of the body. @param positions [frames * n * 3]. */
export function legGait(legs: readonly Leg[], positions: Float32Array, frames: number): Gait {
  const n = positions.length / 3 / frames;
  const body = Array.from({ length: n }, (_, p) => p).filter((p) => legs.every(({ weights }) => weights[p] === 0));
  const ahead = (points: number[], f: number) =>
    points.reduce((sum, p) => sum + positions[(f * n + p) * 3 + 2], 0) / Math.max(1, points.length);
  return gaitOf((which) => {
    const [left, right] = legs
      .filter((leg) => leg.pair === which)
      .map(({ foot }) => Array.from({ length: frames }, (_, f) => ahead(foot, f) - ahead(body, f)));
    return left && right ? correlation(left, right) : null;
  });
}

/** Both pairs' correlations and the mean of those there are. */
export function gaitOf(pair: (which: Leg["pair"]) => number | null): Gait {
  const [front, hind] = [pair("front"), pair("hind")];
  const found = [front, hind].filter((value) => value !== null);
  return { front, hind, both: found.length > 0 ? found.reduce((a, b) => a + b) / found.length : null };
}
