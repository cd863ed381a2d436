// What --device does on a machine without a GPU. In a process of its own: Vulkan is told that there is no driver.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openBackend } from "../../pipeline/backend.ts";
import { animus } from "../cli/animus.ts";
import { temporaryFolder, tetrahedron } from "../watch/folder.ts";

process.env.VK_ICD_FILENAMES = process.env.VK_DRIVER_FILES = "/dev/null";
const skip = process.platform === "linux" ? false : "only Vulkan can be told that there is no driver";

test("--device webgpu exits 4, says what to do and writes nothing", { skip }, async (context) => {
  const model = join(await temporaryFolder(context), "fox.glb");
  await writeFile(model, await tetrahedron());
  const run = animus("build", model, "--prompt", "a fox walking", "--device", "webgpu", "--json");
  assert.equal(await run.status, 4);
  const failed = run.lines().at(-1);
  assert.deepEqual([failed.type, failed.code], ["failed", "device"]);
  assert.match(failed.message, /finds no graphics adapter/);
  assert.match(failed.hint, /--device cpu/);
  assert.equal(existsSync(model.replace(".glb", ".motion.glb")), false);
});

test("auto takes the CPU and says so in one line", { skip }, async () => {
  const notes: string[] = [];
  const backend = await openBackend({ device: "auto", threads: 1, onNote: (text) => notes.push(text) });
  assert.match(backend.description, /cpu; renderer on 1 CPU threads/);
  await backend.assertSound();
  await backend.dispose();
  assert.equal(notes.length, 1);
  assert.match(notes[0], /^WebGPU finds no graphics adapter .* Building on the CPU\.$/);
});
