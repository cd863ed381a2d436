import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder, tetrahedron, until } from "./folder.ts";
import { smallBuilder } from "./small-builder.ts";
import { prompts, start } from "./watched.ts";

test("a clip that comes after another is built after it, and again when it changes", async (context) => {
  const root = await temporaryFolder(context);
  await writeFile(join(root, "fox.glb"), await tetrahedron());
  const write = (walk: string, jump: string) =>
    writeFile(
      join(root, "prompt.json"),
      JSON.stringify({ clips: { jump: { prompt: jump, after: "walk" }, walk, idle: "a fox breathing" } }),
    );
  await write("a fox walking", "a fox jumping");
  const builder = smallBuilder();
  const { builds, failures } = await start(context, root, builder);
  await builds(3);
  const built = () =>
    builder.calls.splice(0).map(({ job, after }) => `${job.split(": ")[1]}${after ? ` after ${after}` : ""}`);
  assert.deepEqual(built(), ["a fox walking", "a fox jumping after walk", "a fox breathing"]);
  assert.deepEqual(await prompts(join(root, "fox.motion.glb")), [
    "jump: a fox jumping",
    "walk: a fox walking",
    "idle: a fox breathing",
  ]);

  await write("a fox sneaking", "a fox jumping");
  await builds(2);
  assert.deepEqual(built(), ["a fox sneaking", "a fox jumping after walk"]);

  await write("a fox sneaking", "a fox leaping");
  await builds(1);
  assert.deepEqual(built(), ["a fox leaping after walk"]);
  assert.deepEqual(failures(), []);
});

test("a clip whose predecessor could not be built says so", async (context) => {
  const root = await temporaryFolder(context);
  await writeFile(join(root, "fox.glb"), await tetrahedron());
  const text = '{ "clips": { "walk": "a fox walking", "jump": { "prompt": "a fox jumping", "after": "walk" } } }';
  await writeFile(join(root, "prompt.json"), text);
  const builder = smallBuilder();
  const { build } = builder;
  builder.build = (options) => (options.clip.name === "walk" ? Promise.reject(new Error("broken")) : build(options));
  const { failures } = await start(context, root, builder);
  await until("two failures", () => failures().length === 2);
  const [, second] = failures();
  assert.ok(second.type === "failed" && second.clip === "jump" && second.code === "input");
  assert.match(second.message, /"jump" comes after "walk", which is not built/);
});
