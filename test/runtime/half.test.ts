import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { floatToHalf, HALF_MAX, halfToFloat } from "../../runtime/half.ts";

describe("half floats", () => {
  test("every half survives the way through a number", () => {
    for (let half = 0; half < 65536; half++) {
      const value = halfToFloat(half);
      if (Number.isNaN(value)) assert.ok(Number.isNaN(halfToFloat(floatToHalf(value))));
      else assert.equal(floatToHalf(value), half, `0x${half.toString(16)} = ${value}`);
    }
  });

  // Bit patterns from IEEE 754-2019, table 3.5 and its rounding to nearest, ties to even.
  for (const [value, bits] of [
    [1, 0x3c00],
    [-2, 0xc000],
    [HALF_MAX, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [3 * 2 ** -25, 0x0002],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 / 3, 0x3555],
    [-0, 0x8000],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ]) {
    test(`${value} becomes 0x${bits.toString(16)}`, () => assert.equal(floatToHalf(value), bits));
  }
});
