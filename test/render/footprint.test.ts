// The footprint follows the area that the splats cover, however many they are.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DENSE_LOW_PASS, lowPassOf, SPARSE_LOW_PASS } from "../../pipeline/render/footprint.ts";
import { emptySplats } from "./scenes.ts";

test("large surfaces are sparse, small ones dense, at any count", () => {
  for (const count of [500, 4096]) {
    const covering = (area: number) => {
      const splats = emptySplats(count);
      splats.sigmas.fill(0.6 * Math.sqrt(area / count));
      return lowPassOf(splats);
    };
    assert.equal(covering(1.2), DENSE_LOW_PASS);
    assert.equal(covering(1.4), SPARSE_LOW_PASS);
  }
});
