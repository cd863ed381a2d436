import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { floatToHalf } from "../../runtime/half.ts";
import { openCache } from "./cache.ts";
import { readEvaluationSet } from "./evaluation-set.ts";

/** Two points over two frames. */
const BYTES = Buffer.concat([
  Buffer.from(Float32Array.from([0, 0.5, 0, 0, -0.5, 0]).buffer),
  Buffer.from(Float32Array.from([0, 1, 0, 0, -1, 0]).buffer),
  Buffer.from([255, 0, 51, 0, 0, 0]),
  Buffer.from(Uint16Array.from([0, 0.5, 0, 0, -0.5, 0, 0.25, 0.5, 0, 0, -0.5, 0], floatToHalf).buffer),
]);
const SET = {
  version: 1,
  points: 2,
  frames: 2,
  assets: [
    { name: "fox", family: "fox", group: "animal", walker: true, area: 1, positions: 0, normals: 24, colours: 48 },
  ],
  cases: [{ asset: 0, key: "walk", class: "walk", prompt: "a fox walking", loop: true, recorded: true, tracks: 54 }],
};

/** The same two points on two joints; the second joint follows half and moves by 0.5 along x in the second frame. */
const unmoved = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
const moved = [1, 0, 0, 0.5, 0, 1, 0, 0, 0, 0, 1, 0];
const BUILT_BYTES = Buffer.concat([
  Buffer.from(Float32Array.from([0, 0.5, 0, 0, -0.5, 0]).buffer),
  Buffer.from([0, 0, 0, 0, 0, 1, 0, 0]),
  Buffer.from([255, 0, 0, 0, 51, 204, 0, 0]),
  Buffer.from(Float32Array.from([0, 1, 0, 0, -1, 0]).buffer),
  Buffer.from([255, 0, 51, 0, 0, 0, 0, 0]),
  Buffer.from(Uint16Array.from([...unmoved, ...unmoved], floatToHalf).buffer),
  Buffer.from(Uint16Array.from([...unmoved, ...unmoved, ...unmoved, ...moved], floatToHalf).buffer),
]);
const BUILT = {
  version: 1,
  points: 2,
  frames: 2,
  assets: [
    {
      ...{ name: "rose", family: "rose", group: "object", walker: false, area: 1, bones: 2 },
      ...{ bind: 0, joints: 24, weights: 32, normals: 40, colours: 64, rest: 72 },
    },
  ],
  cases: [{ asset: 0, key: "bloom", class: null, prompt: "a rose blooming", loop: false, matrices: 120 }],
};

describe("evaluation set", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "animus-set-"));
  });
  after(() => rm(folder, { recursive: true }));
  const write = async (set: unknown, bytes = BYTES) => {
    await writeFile(join(folder, "set.json"), JSON.stringify(set));
    await writeFile(join(folder, "set.bin"), bytes);
    return readEvaluationSet(folder);
  };

  test("bodies and tracks come as numbers", async () => {
    const { cases, hash } = await write(SET);
    const [one] = cases;
    assert.equal(one.id, "fox/walk");
    assert.equal(one.built, false);
    assert.equal(one.body.setHash, hash);
    assert.deepEqual([...one.body.albedo.subarray(0, 3)], [1, 0, Math.fround(0.2)]);
    assert.deepEqual([...one.tracks.subarray(6, 9)], [0.25, 0.5, 0]);
    assert.match(hash, /^[0-9a-f]{64}$/);
  });
  test("what does not fit is named", async () => {
    await assert.rejects(readEvaluationSet(join(folder, "none")), /no evaluation set in .*none/);
    await assert.rejects(write({ ...SET, version: 2 }), /"version" must be 1; it is 2/);
    await assert.rejects(write(SET, BYTES.subarray(0, 60)), /fox\/walk tracks lies outside set\.bin/);
    await assert.rejects(write({ ...SET, cases: [{ ...SET.cases[0], asset: 3 }] }), /asset 3 of 1/);
  });
  test("built bodies follow, posed by their joints; the recorded ones keep their hash", async () => {
    const before = await write(SET);
    await writeFile(join(folder, "built.bin"), BUILT_BYTES);
    const withBuilt = async (built: unknown) => {
      await writeFile(join(folder, "built.json"), JSON.stringify(built));
      return readEvaluationSet(folder);
    };
    try {
      const { cases, hash } = await withBuilt(BUILT);
      assert.deepEqual([hash, cases[0].body.setHash], [before.hash, before.hash]);
      assert.deepEqual(
        cases.map(({ id, built }) => [id, built]),
        [
          ["fox/walk", false],
          ["rose/bloom", true],
        ],
      );
      const { body, tracks, class: judged } = cases[1];
      assert.equal(judged, null);
      assert.notEqual(body.setHash, hash);
      assert.deepEqual([...body.positions], [0, 0.5, 0, 0, -0.5, 0]);
      const there = [0, 0.5, 0, 0, -0.5, 0, 0, 0.5, 0, 0.4, -0.5, 0];
      there.forEach((value, i) => {
        assert.ok(Math.abs(tracks[i] - value) < 1e-6, `${tracks[i]} for ${value}`);
      });
      await assert.rejects(withBuilt({ ...BUILT, frames: 3 }), /lies outside built\.bin/);
      const one = BUILT.assets[0];
      await assert.rejects(withBuilt({ ...BUILT, assets: [{ ...one, bones: 1 }] }), /rose follows joint 1 of 1/);
    } finally {
      await rm(join(folder, "built.json"));
    }
  });
  test("the cache makes a thing once for each key", async () => {
    let made = 0;
    const make = async () => ({ values: Float32Array.of(1, 2, ++made) });
    const cache = await openCache(join(folder, "cache"));
    const first = await cache.remember("fit", ["a", 1], make);
    const again = await (await openCache(join(folder, "cache"))).remember("fit", ["a", 1], make);
    assert.deepEqual(again, first);
    await cache.remember("fit", ["a", 2], make);
    assert.equal(made, 2);
  });
});
