import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { discover } from "../../pipeline/watch/discover.ts";
import { temporaryFolder } from "./folder.ts";

/** Scans a folder with these files; a sidecar is written as given, a model as some bytes. */
async function scan(context: TestContext, files: Record<string, string>) {
  const root = await temporaryFolder(context);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  const { tagged, problems, models } = await discover(root);
  return {
    models: models.length,
    tagged: tagged.map(({ asset, clips }) => [asset, ...clips.map(({ prompt }) => prompt)].join(" ")),
    problems: problems.map(({ asset, error, unreadable }) => {
      assert.equal(error.code, "input");
      assert.ok(error.hint);
      return `${asset} ${error.file}:${error.line} ${unreadable ? "unreadable" : "readable"}: ${error.message} ${error.hint}`;
    }),
  };
}

const FOX = '{ "prompt": "a fox" }';

test("tags the one model of a folder, and models beside sidecars of their name", async (context) => {
  const found = await scan(context, {
    "fox/fox.glb": "",
    "fox/prompt.json": FOX,
    "zoo/bird.gltf": "",
    "zoo/bird.prompt.json": '{ "prompt": "a bird" }',
    "zoo/fish.glb": "",
    "zoo/fish.glb.prompt.json": '{ "prompt": "a fish" }',
    "zoo/cat.GLB": "",
    "zoo/prompt.json": '{ "prompt": "a cat" }',
    "named.prompt.json": '{ "asset": "fox/../zoo/fish2.glb", "prompt": "two fish" }',
    "zoo/fish2.glb": "",
    "zoo/fish2.prompt.json.bak": "",
  });
  // The folder's own prompt.json has two models left, fish2 and cat, since a sidecar elsewhere is not beside fish2.
  assert.deepEqual(found.tagged, [
    "fox/fox.glb a fox",
    "zoo/bird.gltf a bird",
    "zoo/fish.glb a fish",
    "zoo/fish2.glb two fish",
  ]);
  assert.equal(found.problems.length, 1);
  assert.match(found.problems[0]!, /zoo\/prompt\.json:1 readable: There are 2 models .*cat\.GLB, fish2\.glb/);
});

test("passes over outputs, dot-folders, node_modules and untagged models", async (context) => {
  const found = await scan(context, {
    "fox.glb": "",
    "fox.motion.glb": "",
    "fox.main.preview.png": "",
    "manifest.json": "{}",
    ".git/prompt.json": "{",
    "node_modules/x/prompt.json": "{",
    "prompt.json": FOX,
    "lone/rock.glb": "",
  });
  assert.deepEqual(found, { models: 2, tagged: ["fox.glb a fox"], problems: [] });
});

const WRONG: [name: string, files: Record<string, string>, problem: RegExp][] = [
  ["no model", { "prompt.json": FOX }, /^prompt\.json prompt\.json:1 readable: There is no model .* \.glb or \.gltf/],
  [
    "named model missing",
    { "fox.glb": "", "prompt.json": '{\n"asset": "fix.glb", "prompt": "x" }' },
    /^fox\.glb prompt\.json:2 readable: The model "fix\.glb" is missing/,
  ],
  [
    "not a model",
    { "prompt.json": '{ "asset": "fox.fbx", "prompt": "x" }', "fox.fbx": "" },
    /"fox\.fbx", which is not a model\. Export the model as/,
  ],
  ["outside", { "prompt.json": '{ "asset": "../fox.glb", "prompt": "x" }' }, /outside the watched folder/],
  [
    "bad JSON",
    { "fox.glb": "", "prompt.json": '{\n"prompt": ' },
    /^fox\.glb prompt\.json:2 unreadable: .*not valid JSON/,
  ],
  [
    "tagged twice",
    { "fox.glb": "", "fox.prompt.json": FOX, "prompt.json": '{ "asset": "fox.glb", "prompt": "x" }' },
    /fox\.glb is already tagged by fox\.prompt\.json/,
  ],
  [
    "one output for two",
    { "fox.glb": "", "fox.gltf": "", "fox.glb.prompt.json": FOX, "fox.gltf.prompt.json": FOX },
    /would write the same motion file\. Rename/,
  ],
];

for (const [name, files, problem] of WRONG) {
  test(`reports: ${name}`, async (context) => {
    const found = await scan(context, files);
    assert.equal(found.problems.length, 1);
    assert.match(found.problems[0]!, problem);
  });
}

test("refuses a folder that is not there", async (context) => {
  const root = await temporaryFolder(context);
  await assert.rejects(discover(join(root, "none")), { code: "input", message: /cannot be read/ });
});
