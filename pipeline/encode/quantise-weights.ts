// Float weights of a binding -> the u16 weights that ship, summing to exactly 65535 a vertex.

import { AnimusError } from "../errors.ts";

const ONE = 65535;

/**
 * Rounds by largest remainder, so that each weight is off by less than 1/65535 and the sum is exact.
 * @param weights non-negative, any positive sum per vertex, [vertices * 4].
 */
export function quantiseWeights(weights: Float32Array): Uint16Array {
  const out = new Uint16Array(weights.length);
  for (let v = 0; v < weights.length; v += 4) {
    const total = weights[v] + weights[v + 1] + weights[v + 2] + weights[v + 3];
    if (!(total > 0 && total < Number.POSITIVE_INFINITY) || Math.min(...weights.subarray(v, v + 4)) < 0) {
      throw new AnimusError("internal", `Vertex ${v / 4} has weights ${weights.subarray(v, v + 4).join(", ")}.`);
    }
    let left = ONE;
    const remainders: [number, number][] = [];
    for (let i = v; i < v + 4; i++) {
      const exact = (weights[i] / total) * ONE;
      out[i] = Math.floor(exact);
      left -= out[i];
      remainders.push([exact - out[i], i]);
    }
    remainders.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    for (let n = 0; n < left; n++) out[remainders[n][1]]++;
  }
  return out;
}
