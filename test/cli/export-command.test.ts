// `animus export` as its own process: what it writes, what it refuses, and that the watcher's eyes skip its files.

import assert from "node:assert/strict";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isModelFile } from "../../pipeline/watch/model-files.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { temporaryFolder, tetrahedron } from "../watch/folder.ts";
import { animus } from "./animus.ts";

const ASSETS = join(import.meta.dirname, "../../sample-game/assets");

describe("animus export", () => {
  test("writes a skinned glTF beside the model, and a packed one where --out says", async (context) => {
    const folder = await temporaryFolder(context);
    for (const name of ["fox.glb", "fox.motion.glb"]) await copyFile(join(ASSETS, "fox", name), join(folder, name));
    const run = animus("export", join(folder, "fox.glb"), "--json");
    assert.equal(await run.status, 0, run.stderr());
    const [{ file, bytes, clips }] = run.lines();
    assert.equal(file, join(folder, "fox.animus.glb"));
    assert.deepEqual(clips, ["walk"]);
    const written = await readFile(file);
    assert.equal(written.length, bytes);
    assert.equal(isModelFile(file), false);
    const out = join(folder, "whole.glb");
    const packed = animus("export", join(folder, "fox.glb"), "--to", "packed", "--out", out);
    assert.equal(await packed.status, 0, packed.stderr());
    assert.match(packed.stdout(), /whole\.glb: \d+ bytes, clip walk/);
    assert.equal(decodeMotionField(await readFile(out)).clips[0].name, "walk");
    const textures = animus("export", join(folder, "fox.glb"), "--to", "vat", "--json");
    assert.equal(await textures.status, 0, textures.stderr());
    assert.equal(textures.lines()[0].file, join(folder, "fox_vat"));
    assert.deepEqual((await readdir(join(folder, "fox_vat"))).sort(), [
      "fox-remap_info.json",
      "fox.glb",
      "fox_vat.png",
      "fox_vnrm.png",
    ]);
  });

  test("refuses what does not belong together, and never writes over what it reads", async (context) => {
    const folder = await temporaryFolder(context);
    const model = join(folder, "crate.glb");
    await writeFile(model, await tetrahedron());
    const motion = join(ASSETS, "fox/fox.motion.glb");
    for (const [args, message] of [
      [[model], /crate\.motion\.glb cannot be read.*Name the \.motion\.glb/s],
      [[model, motion], /crate\.glb is not the model that the motion was made for/],
      [[model, model], /crate\.glb is not a motion field/],
      [[join(ASSETS, "fox/fox.glb"), "--out", join(ASSETS, "fox/fox.glb")], /written over what it is made from/],
      [[join(ASSETS, "fox/fox.glb"), "--out", join(folder, "nowhere")], /nowhere is not a folder/],
    ] as [string[], RegExp][]) {
      const run = animus("export", ...args);
      assert.equal(await run.status, 3, run.stderr());
      assert.match(run.stderr(), message);
    }
    const usage = animus("export", model, "--to", "fbx");
    assert.equal(await usage.status, 2);
    assert.match(usage.stderr(), /Allowed choices are gltf, packed, vat/);
  });
});
