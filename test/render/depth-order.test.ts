// Depth order against the language's own sort, with ties and culled splats.

import assert from "node:assert/strict";
import { test } from "node:test";
import { allocateDepthOrder, sortByDepth } from "../../pipeline/render/depth-order.ts";
import { allocateProjected, PROJECTED_STRIDE } from "../../pipeline/render/project-splats.ts";
import { random } from "./scenes.ts";

test("sorts visible splats by depth and keeps ties in index order", () => {
  const next = random(3);
  const projected = allocateProjected(3000);
  const scratch = allocateDepthOrder(3000);
  for (let round = 0; round < 3; round++) {
    const visible = [];
    const depths = new Float32Array(3000);
    for (let i = 0; i < 3000; i++) {
      depths[i] = i % 5 === 0 ? 2.5 : 0.2 + 4 * next() ** 3;
      projected.data[i * PROJECTED_STRIDE + 7] = depths[i];
      if (i % 7 !== round) visible.push(i);
    }
    projected.indices.set(visible);
    projected.visible = visible.length;
    sortByDepth(projected, scratch);
    const expected = visible.sort((a, b) => depths[a] - depths[b] || a - b);
    assert.deepEqual([...scratch.order.subarray(0, projected.visible)], expected);
  }
});
