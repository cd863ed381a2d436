import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRandom } from "../../pipeline/distill/random.ts";
import { quantiseWeights } from "../../pipeline/encode/quantise-weights.ts";

describe("quantiseWeights", () => {
  test("every vertex sums to 65535 and no weight is off by a whole step", () => {
    const random = createRandom(2);
    const weights = Float32Array.from({ length: 4000 }, (_, i) => (i % 7 === 0 ? 0 : random() ** 6));
    const quantised = quantiseWeights(weights);
    for (let v = 0; v < weights.length; v += 4) {
      const four = [0, 1, 2, 3].map((c) => weights[v + c]);
      const total = four.reduce((sum, weight) => sum + weight, 0);
      let sum = 0;
      four.forEach((weight, c) => {
        sum += quantised[v + c];
        assert.ok(Math.abs(quantised[v + c] - (weight / total) * 65535) < 1);
        if (weight === 0) assert.equal(quantised[v + c], 0);
      });
      assert.equal(sum, 65535);
    }
  });

  test("refuses weights that mean nothing", () => {
    for (const four of [
      [0, 0, 0, 0],
      [Number.NaN, 0, 0, 1],
      [2, -1, 0, 0],
      [Number.POSITIVE_INFINITY, 0, 0, 0],
    ]) {
      assert.throws(() => quantiseWeights(Float32Array.from([1, 0, 0, 0, ...four])), /Vertex 1 has weights/);
    }
  });
});
