// The plugin in real browsers, WebGL2 and WebGPU: what it shows against vertices moved by the CPU sampler.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { type EngineName, openPage, type TestPage } from "../browser/page.ts";
import { makeField } from "./make-field.ts";
import { makeModel } from "./make-model.ts";

interface Difference {
  mean: number;
  share: number;
}

interface Pair {
  picture: Difference;
  shadow: Difference;
}

function assertSame(difference: Difference, what: string): void {
  assert.ok(difference.mean < 0.6 && difference.share < 0.01, `${what} differs: ${JSON.stringify(difference)}`);
}

for (const engine of ["webgl2", "webgpu"] satisfies EngineName[]) {
  describe(`plugin on ${engine}`, () => {
    let page: TestPage;
    const files = new Map<string, Uint8Array>();

    before(async () => {
      files.set("/waver.glb", await makeModel());
      files.set("/waver.motion.glb", encodeMotionField(makeField()));
      page = await openPage({ entry: new URL("./page.ts", import.meta.url), engine, files });
    });
    after(() => page?.close());

    for (const [clip, frames] of [
      ["wave", [3.3, 12.75]],
      ["hop", [4.5, 8]],
    ] as const) {
      test(`${clip} looks like the CPU sampler's, and so does its shadow`, async () => {
        const { meshes, results } = await page.call<{
          meshes: string[];
          results: { frame: number; same: Pair; moved: Pair }[];
        }>("frames", { clip, frames });
        assert.equal(meshes.length, 4);
        for (const { frame, same, moved } of results) {
          assertSame(same.picture, `The picture at frame ${frame}`);
          assertSame(same.shadow, `The shadow at frame ${frame}`);
          assert.ok(moved.picture.share > 0.02, `The picture at frame ${frame} is the rest pose's`);
          assert.ok(moved.shadow.share > 0.02, `The shadow at frame ${frame} is the rest pose's`);
        }
      });
    }
  });
}
