// Gaussian splats in real browsers, WebGL2 and WebGPU: textures, pictures, shadows and drawing order against the CPU.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { readPly } from "../../pipeline/asset/read-ply.ts";
import { readSplat } from "../../pipeline/asset/read-splat.ts";
import { readSpz } from "../../pipeline/asset/read-spz.ts";
import type { SplatCloud } from "../../pipeline/asset/splat-cloud.ts";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import { hashPositions } from "../../runtime/hash.ts";
import { compressedPlyFile, makeCloud, plyFile, splatFileOf, spzFile } from "../asset/splat-files.ts";
import { openPage, type TestPage } from "../browser/page.ts";
import { splatField, splatFile } from "./splat-data.ts";
import type { Difference } from "./stage.ts";

interface Texels {
  centre: number;
  covariance: number;
}

const cloud = makeCloud();
const FORMATS: Record<string, [bytes: Uint8Array, read: (bytes: Uint8Array) => SplatCloud]> = {
  "body.ply": [plyFile(cloud), readPly],
  "body.splat": [splatFileOf(cloud), readSplat],
  "body.compressed.ply": [compressedPlyFile(cloud), readPly],
  "body.spz": [spzFile(cloud), readSpz],
};

/** xx, xy, xz, yy of a splat over the largest entry of its covariance. */
function covariance({ scales, rotations }: SplatCloud, s: number): number[] {
  const [w, x, y, z] = rotations.subarray(s * 4, s * 4 + 4);
  const squared = w * w + x * x + y * y + z * z;
  const rows = [
    [1 - (2 * (y * y + z * z)) / squared, (2 * (x * y - w * z)) / squared, (2 * (x * z + w * y)) / squared],
    [(2 * (x * y + w * z)) / squared, 1 - (2 * (x * x + z * z)) / squared, (2 * (y * z - w * x)) / squared],
    [(2 * (x * z - w * y)) / squared, (2 * (y * z + w * x)) / squared, 1 - (2 * (x * x + y * y)) / squared],
  ];
  const entry = (i: number, j: number) =>
    rows[i].reduce((sum, value, k) => sum + value * rows[j][k] * scales[s * 3 + k] ** 2, 0);
  const entries = [entry(0, 0), entry(0, 1), entry(0, 2), entry(1, 1), entry(1, 2), entry(2, 2)];
  const most = Math.max(...entries.map(Math.abs));
  return entries.slice(0, 4).map((value) => value / most);
}

function assertSame({ mean, share }: Difference, what: string): void {
  assert.ok(mean < 0.5 && share < 0.01, `${what} differs: mean ${mean}, share ${share}`);
}

/** A half has 11 bits, weights are halves too. */
function assertTexels({ centre, covariance }: Texels, what: string): void {
  assert.ok(centre < 2e-3 && covariance < 4e-3, `${what}: centres by ${centre}, covariances by ${covariance}`);
}

for (const engine of ["webgl2", "webgpu"] as const) {
  describe(`splats on ${engine}`, () => {
    let page: TestPage;
    before(async () => {
      const file = splatFile();
      const files = new Map<string, Uint8Array>([
        ["/cloud.splat", file],
        ["/cloud.motion.glb", encodeMotionField(splatField(file))],
        ["/other.motion.glb", encodeMotionField(splatField(splatFile(10)))],
        ...Object.entries(FORMATS).map(([name, [bytes]]) => [`/${name}`, bytes] as const),
      ]);
      page = await openPage({ entry: new URL("./splats.ts", import.meta.url), engine, files, timeout: 180_000 });
    });
    after(() => page?.close());

    for (const [name, [bytes, read]] of Object.entries(FORMATS)) {
      test(`Babylon and the pipeline read the same splats from ${name}`, async () => {
        const shown = await page.call<{ hash: string; covariances: number[] }>("readFile", {
          url: `/${name}`,
          count: cloud.count,
        });
        const own = read(bytes);
        assert.equal(shown.hash, hashPositions(own.positions));
        let apart = 0;
        for (let s = 0; s < own.count; s++) {
          covariance(own, s).forEach((value, i) => {
            apart = Math.max(apart, Math.abs(value - shown.covariances[s * 4 + i]));
          });
        }
        // Babylon keeps rotations in bytes.
        assert.ok(apart < 0.05, `covariances differ by ${apart}`);
      });
    }

    for (const [clip, frames] of [
      ["wave", [1.5, 4, 8.8, 12.75]],
      ["hop", [2.6, 6.1]],
    ] as const) {
      test(`${clip} moves centres and covariances as the CPU does, in the picture, the shadow and the order`, async (t) => {
        const results = await page.call<
          {
            frame: number;
            picture: Difference;
            moved: Difference;
            shadow: Difference;
            shadowMoved: Difference;
            texels: Texels;
            ordered: number;
            atRest: number;
          }[]
        >("frames", { clip, frames });
        for (const result of results) {
          t.diagnostic(JSON.stringify(result));
          assertTexels(result.texels, `frame ${result.frame}`);
          assertSame(result.picture, `The picture at frame ${result.frame}`);
          assertSame(result.shadow, `The shadow at frame ${result.frame}`);
          assert.equal(result.ordered, 0, "splats are not drawn from back to front");
        }
        assert.ok(results.some(({ moved }) => moved.share > 0.03));
        assert.ok(results.some(({ shadowMoved }) => shadowMoved.share > 0.01));
        assert.ok(
          results.some(({ atRest }) => atRest > 50),
          "the order is that of the rest pose",
        );
      });
    }

    test("a new motion takes over, and the end leaves nothing behind", async () => {
      const result = await page.call<{
        replaced: { picture: Difference; texels: Texels };
        grown: number;
        after: Difference;
        freed: number;
        refused: string;
        taken: boolean;
        gone: boolean;
      }>("replaceAndLeave");
      assertTexels(result.replaced.texels, "after the new motion");
      assertSame(result.replaced.picture, "The picture after the new motion");
      assert.equal(result.grown, 0);
      assertSame(result.after, "The picture after the end");
      assert.equal(result.freed, 7, "three targets, two bindings and two pose textures");
      assert.match(result.refused, /has about 3008 splats; the motion of "cloud" was made for 10\. Attach/);
      assert.ok(result.taken && result.gone);
    });
  });
}
