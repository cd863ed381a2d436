import assert from "node:assert/strict";
import { mkdir, open, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder, tetrahedron, until } from "./folder.ts";
import { smallBuilder } from "./small-builder.ts";
import { prompts, quiet, start, TEACHER } from "./watched.ts";

test("a dropped model and prompt are built once; a touch, a restart and an output change nothing", async (context) => {
  const root = await temporaryFolder(context);
  const builder = smallBuilder();
  const { watcher, events, builds } = await start(context, root, builder);
  await mkdir(join(root, "fox"));
  await writeFile(join(root, "fox", "fox.glb"), await tetrahedron());
  await writeFile(join(root, "fox", "prompt.json"), '{ "prompt": "a fox walking" }');
  await builds(1);
  assert.deepEqual(
    builder.calls.map(({ job }) => job),
    ["fox/fox.glb (main): a fox walking"],
  );
  assert.deepEqual(await prompts(join(root, "fox", "fox.motion.glb")), ["main: a fox walking"]);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["queued", "stage", "progress", "done"],
  );

  await utimes(join(root, "fox", "fox.glb"), new Date(), new Date());
  await writeFile(join(root, "fox", "prompt.json"), '{\n  "prompt": "a fox  walking", // the same\n}');
  await quiet();
  await builds(1);
  assert.equal(events.length, 4);
  await watcher.close();

  const again = await start(context, root, builder);
  await quiet();
  await again.builds(1);
  assert.deepEqual(
    again.events.map((event) => event.type === "done" && event.cached),
    [true],
  );
  await again.watcher.close();

  const retrained = await start(context, root, builder, { teacherIdentity: { ...TEACHER, weightsHash: "1" } });
  await retrained.builds(2);
});

test("edits of prompt and model build anew, and only what they concern", async (context) => {
  const root = await temporaryFolder(context);
  await writeFile(join(root, "fox.glb"), await tetrahedron());
  await writeFile(join(root, "prompt.json"), '{ "clips": { "walk": "a fox walking", "jump": "a fox jumping" } }');
  const builder = smallBuilder();
  const { builds } = await start(context, root, builder);
  await builds(2);
  assert.equal(builder.mostAtOnce, 1);

  await writeFile(join(root, "prompt.json"), '{ "clips": { "walk": "a fox walking", "jump": "a fox jumping high" } }');
  await builds(3);
  assert.deepEqual(await prompts(join(root, "fox.motion.glb")), ["walk: a fox walking", "jump: a fox jumping high"]);

  await writeFile(join(root, "fox.glb"), await tetrahedron(2));
  await builds(5);
  assert.deepEqual(await prompts(join(root, "fox.motion.glb")), ["walk: a fox walking", "jump: a fox jumping high"]);

  // A clip that is no longer asked for leaves the file with the next build.
  await writeFile(join(root, "prompt.json"), '{ "clips": { "walk": "a fox sneaking" } }');
  await builds(6);
  assert.deepEqual(await prompts(join(root, "fox.motion.glb")), ["walk: a fox sneaking"]);
});

test("an edit during a build aborts it, and the newest wins", async (context) => {
  const root = await temporaryFolder(context);
  const builder = smallBuilder();
  const release = builder.hold();
  await writeFile(join(root, "fox.glb"), await tetrahedron());
  await writeFile(join(root, "prompt.json"), '{ "prompt": "a fox walking" }');
  const { events, builds } = await start(context, root, builder);
  await until("the first build runs", () => builder.calls.length === 1);
  await writeFile(join(root, "prompt.json"), '{ "prompt": "a fox running" }');
  await until("the second build runs", () => builder.calls.length === 2);
  assert.equal(builder.calls[0]!.end, "aborted");
  await writeFile(join(root, "prompt.json"), '{ "prompt": "a fox sleeping" }');
  await until("the third build runs", () => builder.calls.length === 3);
  release();
  await builds(1);
  assert.deepEqual(await prompts(join(root, "fox.motion.glb")), ["main: a fox sleeping"]);
  assert.equal(builder.mostAtOnce, 1);
  assert.equal(events.filter(({ type }) => type === "done").length, 1);
  assert.equal(events.filter(({ type }) => type === "failed").length, 0);
});

test("a bad sidecar fails with its line, keeps the last good output, and builds once it is mended", async (context) => {
  const root = await temporaryFolder(context);
  await writeFile(join(root, "fox.glb"), await tetrahedron());
  await writeFile(join(root, "fox.prompt.json"), '{ "prompt": "a fox walking" }');
  const builder = smallBuilder();
  const { events, builds, failures } = await start(context, root, builder);
  await builds(1);
  const good = await readFile(join(root, "fox.motion.glb"));

  await writeFile(join(root, "fox.prompt.json"), '{\n  "prompt": "a fox running",\n  "seconds": 60\n}');
  await until("the failure", () => failures().length === 1);
  const { message, ...failure } = failures()[0]!;
  assert.match(message, /"seconds" is 60/);
  assert.deepEqual(failure, {
    type: "failed",
    asset: "fox.glb",
    clip: "",
    code: "input",
    file: "fox.prompt.json",
    line: 3,
    hint: "It must lie between 0.2 and 10.",
  });
  await quiet();
  assert.equal(failures().length, 1);
  assert.deepEqual(await readFile(join(root, "fox.motion.glb")), good);

  // Back to what was built: nothing to build, but the problem is taken back and the clip is announced.
  await writeFile(join(root, "fox.prompt.json"), '{ "prompt": "a fox walking" }');
  await until("the clip announced", () => events.some((event) => event.type === "done" && event.cached));
  assert.deepEqual(
    failures().map(({ code }) => code),
    ["input", "cancelled"],
  );

  await writeFile(join(root, "fox.prompt.json"), '{ "prompt": "a fox running", "seconds": 6 }');
  await builds(2);
  assert.deepEqual(await prompts(join(root, "fox.motion.glb")), ["main: a fox running"]);
});

test("a bad sidecar does not stop the build that runs", async (context) => {
  const root = await temporaryFolder(context);
  const builder = smallBuilder();
  const release = builder.hold();
  await writeFile(join(root, "fox.glb"), await tetrahedron());
  await writeFile(join(root, "prompt.json"), '{ "prompt": "a fox walking" }');
  const { builds, failures } = await start(context, root, builder);
  await until("the build runs", () => builder.calls.length === 1);
  await writeFile(join(root, "prompt.json"), "{");
  await until("the failure", () => failures().length === 1);
  release();
  await builds(1);
});

test("a broken model fails, and is built once it is whole", async (context) => {
  const root = await temporaryFolder(context);
  const bytes = await tetrahedron();
  await writeFile(join(root, "prompt.json"), '{ "asset": "fox.glb", "prompt": "a fox walking" }');
  await writeFile(join(root, "fox.glb"), bytes.subarray(0, 100));
  const builder = smallBuilder();
  const { builds, failures } = await start(context, root, builder);
  await until("the failure", () => failures().length === 1);
  assert.match(failures()[0]!.message, /cut off, 100 of \d+ bytes/);
  assert.equal(failures()[0]!.file, "fox.glb");
  await writeFile(join(root, "fox.glb"), bytes);
  await builds(1);
});

test("a model that arrives slowly is built when it is complete, not before", async (context) => {
  const root = await temporaryFolder(context);
  await writeFile(join(root, "prompt.json"), '{ "asset": "fox.glb", "prompt": "a fox walking" }');
  const builder = smallBuilder();
  const bytes = await tetrahedron();
  const file = await open(join(root, "fox.glb"), "w");
  const { builds, failures } = await start(context, root, builder, { settleMs: 300 });
  for (let at = 0; at < bytes.length; at += 60) {
    await file.write(bytes.subarray(at, at + 60));
    await sleep(50);
  }
  await file.close();
  await builds(1);
  assert.deepEqual(failures(), []);
});

test("removal cancels, renaming moves, and outputs of others stay", async (context) => {
  const root = await temporaryFolder(context);
  for (const name of ["fox", "owl"]) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, `${name}.glb`), await tetrahedron());
    await writeFile(join(root, name, "prompt.json"), `{ "prompt": "the ${name} moves" }`);
  }
  const builder = smallBuilder();
  const { builds, failures } = await start(context, root, builder);
  await builds(2);

  const release = builder.hold();
  await writeFile(join(root, "owl", "prompt.json"), '{ "prompt": "the owl flies" }');
  await until("the build runs", () => builder.calls.length === 3);
  await rm(join(root, "owl"), { recursive: true });
  await until("the build stops", () => builder.calls[2]!.end === "aborted");
  assert.deepEqual(
    failures().map(({ asset, code }) => [asset, code]),
    [["owl/owl.glb", "cancelled"]],
  );
  release();

  // The outputs move along, so the same clip of the same bytes is up to date in its new place.
  await rename(join(root, "fox"), join(root, "vixen"));
  await quiet();
  await builds(2);
  assert.deepEqual(await prompts(join(root, "vixen", "fox.motion.glb")), ["main: the fox moves"]);
});

test("a build that fails is reported, and not tried again before something changes", async (context) => {
  const root = await temporaryFolder(context);
  await writeFile(join(root, "fox.glb"), await tetrahedron());
  await writeFile(join(root, "prompt.json"), '{ "prompt": "a fox walking" }');
  const builder = smallBuilder();
  const real = builder.build;
  builder.build = async (options) => {
    if (options.clip.prompt === "a fox walking") await readFile(join(root, "none"));
    return real(options);
  };
  const { watcher, builds, failures } = await start(context, root, builder);
  await watcher.idle();
  await writeFile(join(root, "note.txt"), "");
  await quiet();
  assert.deepEqual(
    failures().map(({ code, clip }) => [code, clip]),
    [["internal", "main"]],
  );
  await writeFile(join(root, "prompt.json"), '{ "prompt": "a fox running" }');
  await builds(1);
});

test("the failure of a clip is taken back with the clip, and with the model", async (context) => {
  const root = await temporaryFolder(context);
  for (const name of ["fox", "owl"]) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, `${name}.glb`), await tetrahedron());
    await writeFile(join(root, name, "prompt.json"), '{ "clips": { "walk": "it walks", "fly": "it cannot fly" } }');
  }
  const builder = smallBuilder();
  const real = builder.build;
  builder.build = (options) =>
    options.clip.name === "fly" ? Promise.reject(new Error("it has no wings")) : real(options);
  const { builds, failures } = await start(context, root, builder);
  await builds(2);
  assert.deepEqual(
    failures().map(({ asset, clip, code }) => [asset, clip, code]),
    [
      ["fox/fox.glb", "fly", "internal"],
      ["owl/owl.glb", "fly", "internal"],
    ],
  );

  await writeFile(join(root, "fox", "prompt.json"), '{ "clips": { "walk": "it walks" } }');
  await until("the clip's failure taken back", () => failures().length === 3);
  await rm(join(root, "owl"), { recursive: true });
  await until("the model's failure taken back", () => failures().length === 4);
  await quiet();
  assert.deepEqual(
    failures()
      .slice(2)
      .map(({ asset, clip, code }) => [asset, clip, code]),
    [
      ["fox/fox.glb", "fly", "cancelled"],
      ["owl/owl.glb", "fly", "cancelled"],
    ],
    "and nothing is said of the clips that were done",
  );
});

test("with a folder for outputs, models of one name stay apart and the watched folder stays as it was", async (context) => {
  const folder = await temporaryFolder(context);
  const [root, out] = [join(folder, "assets"), join(folder, "out")];
  for (const name of ["fox", "owl"]) {
    await mkdir(join(root, name), { recursive: true });
    await writeFile(join(root, name, "model.glb"), await tetrahedron());
    await writeFile(join(root, name, "prompt.json"), `{ "prompt": "the ${name} moves" }`);
  }
  const { builds } = await start(context, root, smallBuilder(), { out });
  await builds(2);
  assert.deepEqual(await prompts(join(out, "fox", "model.motion.glb")), ["main: the fox moves"]);
  assert.deepEqual(await prompts(join(out, "owl", "model.motion.glb")), ["main: the owl moves"]);
  assert.deepEqual((await readdir(join(root, "fox"))).sort(), ["model.glb", "prompt.json"]);
});
