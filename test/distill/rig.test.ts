import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../pipeline/distill/random.ts";
import { spreadCameras } from "../../pipeline/distill/rig.ts";

test("rigs spread over azimuths and elevations, off the body's axes", () => {
  const quarter = Math.PI / 2;
  for (let seed = 0; seed < 20; seed++) {
    const rigs = spreadCameras(3, 4, [-0.1, 0.5], createRandom(seed));
    assert.equal(rigs.length, 3);
    for (const cameras of rigs) {
      assert.equal(cameras.length, 4);
      cameras.forEach(({ azimuth, elevation }, view) => {
        assert.ok(Math.abs(azimuth - cameras[0].azimuth - view * quarter) < 1e-12);
        assert.equal(elevation, cameras[0].elevation);
        assert.ok(elevation >= -0.1 && elevation <= 0.5);
      });
    }
    const strata = (values: number[], low: number, high: number) =>
      values.map((value) => Math.floor((3 * (value - low)) / (high - low))).sort();
    const turns = rigs.map(([{ azimuth }]) => azimuth);
    assert.deepEqual(strata(turns, 0.2 * quarter, 0.8 * quarter), [0, 1, 2]);
    assert.deepEqual(
      strata(
        rigs.map(([{ elevation }]) => elevation),
        -0.1,
        0.5,
      ),
      [0, 1, 2],
    );
  }
});
