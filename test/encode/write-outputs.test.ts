import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Manifest } from "../../pipeline/encode/manifest.ts";
import { upsertClip } from "../../pipeline/encode/upsert-clip.ts";
import { type OutputOptions, readMotionField, writeOutputs } from "../../pipeline/encode/write-outputs.ts";
import { AnimusError } from "../../pipeline/errors.ts";
import { clipOf, randomTrack, synthesise } from "../runtime/synthetic-field.ts";

const made = synthesise({ vertices: 8 });
const preview = new Uint8Array([1, 2, 3]);
let root: string;
let out: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "animus-outputs-"));
  out = join(root, "out/deep");
});
afterEach(() => rm(root, { recursive: true }));

/** Builds one clip the way the pipeline does: read, upsert, write. */
async function put(name: string, keep: string[], change: Partial<OutputOptions> = {}) {
  const asset = { name: "box", file: join(root, "models", "box.glb"), hash: made.asset.hash, ...change.asset };
  const clip = clipOf(made, randomTrack(made.field, 3, made.random), { name, prompt: `a box ${name}s`, loop: false });
  const fresh = { ...made.field, asset: { name: asset.name, hash: asset.hash }, clips: [clip] };
  const field = upsertClip(await readMotionField(out, asset.name), fresh, keep);
  return writeOutputs({ out, field, clip: name, preview, key: `key of ${name}`, seconds: 2.5, ...change, asset });
}
const readJson = async () => JSON.parse(await readFile(join(out, "manifest.json"), "utf8")) as Manifest;

describe("writeOutputs", () => {
  test("writes three files into a new folder and says where", async () => {
    const outputs = await put("walk", []);
    assert.deepEqual((await readdir(out)).sort(), ["box.motion.glb", "box.walk.preview.png", "manifest.json"]);
    assert.deepEqual(
      Object.values(outputs)
        .map((file) => basename(file))
        .sort(),
      (await readdir(out)).sort(),
    );
    const bytes = await readFile(outputs.motion);
    const { metrics } = (await readMotionField(out, "box"))!.clips[0];
    assert.deepEqual(await readJson(), {
      version: 1,
      assets: {
        box: {
          source: { file: "../../models/box.glb", hash: made.asset.hash },
          motion: {
            file: "box.motion.glb",
            hash: createHash("sha256").update(bytes).digest("hex"),
            bytes: bytes.length,
          },
          clips: {
            walk: {
              prompt: "a box walks",
              preset: "draft",
              seed: 7,
              key: "key of walk",
              preview: "box.walk.preview.png",
              metrics,
              seconds: 2.5,
              teacher: "test",
            },
          },
        },
      },
    });
  });

  test("merges: kept clips and other assets stay, dropped clips go with their previews", async () => {
    await put("walk", []);
    await put("run", ["walk"], { seconds: 1 });
    await put("fly", [], { asset: { name: "aaa", file: "aaa.glb", hash: "ef".repeat(32) } });
    const manifest = await readJson();
    assert.deepEqual(Object.keys(manifest.assets), ["aaa", "box"]);
    assert.deepEqual(Object.keys(manifest.assets["box"].clips), ["walk", "run"]);
    assert.equal(manifest.assets["box"].clips["walk"].seconds, 2.5);
    await put("jump", ["run"]);
    assert.deepEqual(Object.keys((await readJson()).assets["box"].clips), ["run", "jump"]);
    const files = (await readdir(out)).filter((name) => name.endsWith(".png")).sort();
    assert.deepEqual(files, ["aaa.fly.preview.png", "box.jump.preview.png", "box.run.preview.png"]);
    assert.deepEqual(
      (await readMotionField(out, "box"))!.clips.map(({ name }) => name),
      ["run", "jump"],
    );
  });

  test("a changed model starts over", async () => {
    await put("walk", []);
    await put("run", ["walk"], { asset: { name: "box", file: "box.glb", hash: "cd".repeat(32) } });
    const { source, clips } = (await readJson()).assets["box"];
    assert.equal(source.hash, "cd".repeat(32));
    assert.deepEqual(Object.keys(clips), ["run"]);
  });

  for (const [name, text] of [
    ["cut off", '{"version": 1, "assets": {"box'],
    ["of another version", '{"version": 9, "assets": {}}'],
  ]) {
    test(`a manifest ${name} is a warning and is written anew`, async () => {
      await mkdir(out, { recursive: true });
      await writeFile(join(out, "manifest.json"), text);
      const warnings: string[] = [];
      await put("walk", [], { onWarning: (message) => warnings.push(message) });
      assert.equal(warnings.length, 1);
      assert.match(warnings[0], /manifest\.json .*written anew/);
      assert.deepEqual(Object.keys((await readJson()).assets), ["box"]);
    });
  }

  for (const text of ["[1, 2]", '{"name": "my web app", "icons": []}']) {
    test(`another program's manifest.json is not overwritten: ${text}`, async () => {
      await mkdir(out, { recursive: true });
      await writeFile(join(out, "manifest.json"), text);
      await assert.rejects(put("walk", []), { code: "input", message: /not a manifest of Animus/, hint: /--out/ });
      assert.equal(await readFile(join(out, "manifest.json"), "utf8"), text);
      assert.deepEqual(await readdir(out), ["manifest.json"]);
    });
  }

  test("a manifest entry that is not whole is left out, the others stay", async () => {
    await put("walk", []);
    const manifest = await readJson();
    const broken = { ...manifest, assets: { ...manifest.assets, other: { source: 1 } } };
    await writeFile(join(out, "manifest.json"), JSON.stringify(broken));
    const warnings: string[] = [];
    await put("run", ["walk"], { onWarning: (message) => warnings.push(message) });
    assert.match(warnings.join(), /entries of other are not whole/);
    assert.deepEqual(Object.keys((await readJson()).assets["box"].clips), ["walk", "run"]);
  });

  test("a motion file that the manifest does not vouch for lends no keys", async () => {
    await put("walk", []);
    const before = await readJson();
    await put("walk", []);
    await writeFile(join(out, "manifest.json"), JSON.stringify(before));
    await put("run", ["walk"]);
    assert.deepEqual(Object.keys((await readJson()).assets["box"].clips), ["run"]);
  });

  test("a stop before the motion file leaves the old motion and the old manifest", async () => {
    await put("walk", []);
    const before = await Promise.all(["box.motion.glb", "manifest.json"].map((name) => readFile(join(out, name))));
    // A folder in the preview's place makes the first of the three writes fail.
    await mkdir(join(out, "box.run.preview.png", "inside"), { recursive: true });
    await assert.rejects(put("run", ["walk"]), /box\.run\.preview\.png cannot be written/);
    const now = await Promise.all(["box.motion.glb", "manifest.json"].map((name) => readFile(join(out, name))));
    assert.deepEqual(now, before);
    assert.ok(!(await readdir(out)).some((name) => name.endsWith(".tmp")));
  });

  test("the manifest is written last", async () => {
    await put("walk", []);
    await rm(join(out, "manifest.json"));
    await mkdir(join(out, "manifest.json", "inside"), { recursive: true });
    await assert.rejects(put("run", ["walk"]), /manifest\.json cannot be written/);
    assert.deepEqual(
      (await readMotionField(out, "box"))!.clips.map(({ name }) => name),
      ["walk", "run"],
    );
  });

  test("a motion file that cannot be read is a warning", async () => {
    await put("walk", []);
    await writeFile(join(out, "box.motion.glb"), "no motion");
    const warnings: string[] = [];
    assert.equal(await readMotionField(out, "box", (message) => warnings.push(message)), null);
    assert.match(warnings.join(), /box\.motion\.glb cannot be read/);
    assert.equal(await readMotionField(out, "none", (message) => warnings.push(message)), null);
    assert.equal(warnings.length, 1);
  });

  test("an output folder that is a file, and names that leave the folder, are input errors", async () => {
    const input = (error: unknown) => error instanceof AnimusError && error.code === "input";
    await writeFile(join(root, "file"), "");
    await assert.rejects(put("walk", [], { out: join(root, "file") }), input);
    await assert.rejects(put("../walk", []), input);
    await assert.rejects(put("walk", [], { clip: "swim" }), /does not hold the clip "swim"/);
  });
});
