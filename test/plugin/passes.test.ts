// Every pass and material of Babylon that a game may draw a moving model with, in WebGL2 and WebGPU, against vertices moved by the
// CPU sampler.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import sharp from "sharp";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { openPage, type TestPage } from "../browser/page.ts";
import { makeField } from "./make-field.ts";
import { makeModel } from "./make-model.ts";
import type { Difference } from "./stage.ts";

const PASSES = [
  "point light shadows",
  "cascaded shadows",
  "outline",
  "glow",
  "highlight",
  "the geometry buffer",
  "a standard material",
  "a PBR material",
  "an OpenPBR material",
];

for (const engine of ["webgl2", "webgpu"] as const) {
  describe(`passes on ${engine}`, () => {
    let page: TestPage;
    before(async () => {
      const pixel = { width: 1, height: 1, channels: 3, background: "gray" } as const;
      const files = new Map<string, Uint8Array>([
        ["/blue_noise/blue_noise_rgb.png", await sharp({ create: pixel }).png().toBuffer()],
        ["/waver.glb", await makeModel()],
        ["/waver.motion.glb", encodeMotionField(makeField())],
      ]);
      page = await openPage({ entry: new URL("./passes.ts", import.meta.url), engine, files });
    });
    after(() => page?.close());

    for (const name of PASSES) {
      test(name, async () => {
        const { same, moved } = await page.call<{ same: Difference; moved: Difference }>("pass", name);
        assert.ok(moved.share > 0.02, `nothing moves: ${JSON.stringify(moved)}`);
        assert.ok(same.mean < 0.8 && same.share < 0.01, `differs: ${JSON.stringify(same)}`);
      });
    }
  });
}
