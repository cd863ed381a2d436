import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hashPositions } from "../../runtime/hash.ts";

/** FNV-1a as Fowler, Noll and Vo write it, in 64-bit arithmetic. */
function fnv1a(bytes: Uint8Array): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, "0");
}

describe("hashPositions", () => {
  test("is 64-bit FNV-1a of the bytes", () => {
    const positions = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i * i) * 10 ** ((i % 9) - 4));
    assert.equal(hashPositions(positions), fnv1a(new Uint8Array(positions.buffer)));
    assert.equal(hashPositions(positions.subarray(3, 30)), fnv1a(new Uint8Array(positions.buffer, 12, 108)));
    assert.equal(hashPositions(new Float32Array()), "cbf29ce484222325");
  });

  test("tells one bit", () => {
    const positions = new Float32Array([1, 2, 3]);
    const other = new Float32Array([1, 2, 3.0000002]);
    assert.notEqual(hashPositions(positions), hashPositions(other));
  });
});
