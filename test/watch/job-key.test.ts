import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { ClipSpec } from "../../pipeline/clip-spec.ts";
import { jobKey } from "../../pipeline/watch/job-key.ts";
import { isModelFile, isOutputFile, readModelFiles } from "../../pipeline/watch/model-files.ts";
import { temporaryFolder, tetrahedron } from "./folder.ts";

const CLIP: ClipSpec = {
  name: "walk",
  prompt: "a fox",
  seconds: 1.6,
  fps: 30,
  loop: null,
  seed: 0,
  preset: "draft",
  method: "msd",
  rest: "none",
  body: null,
  ground: null,
  after: null,
};
const TEACHER = { name: "small", weightsHash: "00" };

test("the key depends on the asset, everything in the clip and the teacher, and on nothing else", () => {
  const changes: Partial<ClipSpec>[] = [
    { name: "run" },
    { prompt: "a wolf" },
    { seconds: 1.7 },
    { fps: 24 },
    { loop: false },
    { seed: 1 },
    { preset: "final" },
    { method: "sds" },
    { rest: "start" },
    { body: "soft" },
    { body: "rigid" },
    { ground: true },
  ];
  const keys = [
    jobKey("a", CLIP, TEACHER),
    jobKey("b", CLIP, TEACHER),
    jobKey("a", CLIP, { ...TEACHER, name: "large" }),
    jobKey("a", CLIP, { ...TEACHER, weightsHash: "01" }),
    ...changes.map((change) => jobKey("a", { ...CLIP, ...change }, TEACHER)),
  ];
  assert.equal(new Set(keys).size, keys.length);
  // What only says what the prompt says anyway, or what came with falls, leaves a clip its key.
  assert.equal(jobKey("a", { ...CLIP, ground: false }, TEACHER), keys[0]);
  const fall = (ground: boolean | null) => jobKey("a", { ...CLIP, prompt: "a fox dies", ground }, TEACHER);
  assert.equal(fall(true), fall(null));
  assert.notEqual(fall(false), fall(null));
  // The factors of a static source decide what is made with them, and nothing else.
  const bringing = (hash: string) => ({ ...TEACHER, staticSource: { file: "static-source.bin", hash } });
  const [first, second] = [jobKey("a", CLIP, bringing("01")), jobKey("a", CLIP, bringing("02"))];
  assert.equal(new Set([first, second, keys[0]]).size, 3);
  const plain: ClipSpec = { ...CLIP, method: "sds" };
  assert.equal(jobKey("a", plain, bringing("01")), jobKey("a", plain, TEACHER));
  const { preset, seed, ...others } = CLIP;
  assert.equal(jobKey("a", { preset, seed, ...others }, { weightsHash: "00", name: "small" }), keys[0]);
});

test("a model's hash covers the buffers and textures that it refers to", async (context) => {
  const root = await temporaryFolder(context);
  const model = join(root, "fox.gltf");
  await mkdir(join(root, "tex tures"));
  const gltf = {
    asset: { version: "2.0" },
    buffers: [
      { uri: "fox.bin", byteLength: 1 },
      { uri: "data:application/octet-stream;base64,AA==", byteLength: 1 },
    ],
    images: [{ uri: "tex%20tures/fur.png" }, { bufferView: 0 }],
  };
  await writeFile(model, JSON.stringify(gltf));
  await assert.rejects(readModelFiles(model), { code: "input", message: /refers to .*fox\.bin/, file: model });
  await writeFile(join(root, "fox.bin"), "1");
  await writeFile(join(root, "tex tures", "fur.png"), "red");
  const first = await readModelFiles(model);
  assert.deepEqual(first.files, [model, join(root, "fox.bin"), join(root, "tex tures", "fur.png")]);
  await writeFile(join(root, "tex tures", "fur.png"), "blue");
  const second = await readModelFiles(model);
  assert.notEqual(second.hash, first.hash);
  await writeFile(join(root, "tex tures", "fur.png"), "red");
  assert.equal((await readModelFiles(model)).hash, first.hash);
});

test("a file that is visibly no glTF is refused by name", async (context) => {
  const root = await temporaryFolder(context);
  const glb = await tetrahedron();
  const wrong: [string, Uint8Array | string, RegExp][] = [
    ["a.glb", "", /a\.glb .* does not begin like a GLB/],
    ["b.glb", "solid cube", /b\.glb .* does not begin like a GLB/],
    ["c.glb", glb.subarray(0, glb.length - 4), /c\.glb .* cut off/],
    ["d.glb", glb.with(20, 0x21), /d\.glb .* JSON part/],
    ["e.gltf", "{", /e\.gltf .* JSON part/],
  ];
  for (const [name, bytes, message] of wrong) {
    await writeFile(join(root, name), bytes);
    await assert.rejects(readModelFiles(join(root, name)), { code: "input", message, file: join(root, name) });
  }
  await assert.rejects(readModelFiles(join(root, "none.glb")), { code: "input", message: /cannot be read/ });
});

test("models and outputs are told apart", () => {
  for (const path of ["a/fox.glb", "FOX.GLB", "fox.gltf", "manifest.glb"]) assert.ok(isModelFile(path), path);
  for (const path of ["fox.motion.glb", "fox.main.preview.png", "a/manifest.json", "manifest.json"]) {
    assert.ok(isOutputFile(path) && !isModelFile(path), path);
  }
  for (const path of ["fox.fbx", "my-manifest.json", "preview.png", "prompt.json"]) {
    assert.ok(!isOutputFile(path) && !isModelFile(path), path);
  }
});
