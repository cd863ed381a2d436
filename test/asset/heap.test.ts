import assert from "node:assert/strict";
import { test } from "node:test";
import { MinHeap } from "../../pipeline/asset/heap.ts";
import { uniform } from "../../pipeline/asset/random.ts";

test("pops by key, then by value, and grows", () => {
  const random = uniform(1);
  const pairs = Array.from({ length: 500 }, (_, value) => ({ key: Math.floor(random() * 50), value }));
  const heap = new MinHeap(4);
  for (const { key, value } of pairs) heap.push(key, value);
  const popped = pairs.map(() => ({ key: heap.topKey, value: heap.pop() }));
  assert.equal(heap.size, 0);
  assert.deepEqual(
    popped,
    [...pairs].sort((a, b) => a.key - b.key || a.value - b.value),
  );
});
