import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { CLIP_DEFAULTS, type ClipSpec } from "../../pipeline/clip-spec.ts";
import type { TeacherManifest } from "../../pipeline/teacher/manifest.ts";
import { jobKey } from "../../pipeline/watch/job-key.ts";
import { readModelFiles } from "../../pipeline/watch/model-files.ts";
import { temporaryFolder, tetrahedron, until } from "../watch/folder.ts";
import { smallBuilder } from "../watch/small-builder.ts";
import { animus } from "./animus.ts";

const TEACHER: TeacherManifest = {
  name: "small",
  version: "1",
  license: "none",
  views: 1,
  frames: 16,
  width: 48,
  height: 48,
  channels: 3,
  prediction: "x0",
  schedule: { type: "rectified-flow" },
  conditioning: { text: { encoder: "none", tokens: 16, width: 512 }, restFrame: true, camera: true },
  lora: { rank: 1, tensors: [{ name: "a", shape: [1] }] },
  graphs: { denoise: "denoise.onnx", loraGradient: "lora-gradient.onnx" },
  weights: "weights.bin",
  weightsHash: "0".repeat(64),
};
const CLIP: ClipSpec = { ...CLIP_DEFAULTS, name: "main", prompt: "a fox walking" };

/** A folder with a model, a teacher's manifest, and the model's clip as built by that teacher. */
async function builtFox(context: TestContext) {
  const folder = await temporaryFolder(context);
  const [assets, teacher] = [join(folder, "assets"), join(folder, "teacher")];
  await mkdir(assets);
  await mkdir(teacher);
  await writeFile(join(teacher, "teacher.json"), JSON.stringify(TEACHER));
  const model = join(assets, "fox.glb");
  await writeFile(model, await tetrahedron());
  const key = jobKey((await readModelFiles(model)).hash, CLIP, TEACHER);
  const id = { asset: "fox.glb", clip: "main" };
  const rest = { keep: [], out: assets, backend: null as never, events: () => {} };
  await smallBuilder().build({ asset: model, id, clip: CLIP, key, ...rest });
  return { assets, teacher, model, motion: join(assets, "fox.motion.glb") };
}

describe("usage errors exit 2 and say what is wrong", () => {
  const wrong: [args: string[], message: RegExp][] = [
    [["fly"], /unknown command 'fly'/],
    [["build"], /missing required argument 'asset'/],
    [["build", "fox.glb", "--prompt", "x", "--seed", "one"], /--seed .* must be a number/],
    [["build", "fox.glb", "--preset", "ultra"], /Allowed choices are draft, standard, final/],
    [["watch", ".", "--port", "70000"], /whole number from 0 to 65535/],
    [["watch", ".", "--device", "tpu"], /Allowed choices are auto, cuda, webgpu, cpu/],
  ];
  for (const [args, message] of wrong) {
    test(args.join(" "), async () => {
      const run = animus(...args);
      assert.equal(await run.status, 2);
      assert.match(run.stderr(), message);
      assert.equal(run.stdout(), "");
    });
  }

  test("a clip out of range, a setting without a prompt, nothing to do", async (context) => {
    const { model, teacher } = await builtFox(context);
    const build = (...args: string[]) => animus("build", model, "--teacher", teacher, "--json", ...args);
    for (const [run, message] of [
      [build("--prompt", "x", "--seconds", "40"), /"seconds" is 40/],
      [build("--seed", "1"), /--seed needs --prompt/],
      [build(), /Nothing says what/],
    ] as const) {
      assert.equal(await run.status, 2);
      const [failed] = run.lines();
      assert.equal(failed.code, "usage");
      assert.match(failed.message, message);
      assert.ok(failed.hint);
    }
  });
});

test("help comes without loading the pipeline, and lists the commands", async () => {
  const run = animus("--help");
  assert.equal(await run.status, 0);
  for (const command of ["watch", "build", "inspect", "doctor"])
    assert.match(run.stdout(), new RegExp(`^ {2}${command} `, "m"));
});

test("build: bad models exit 3 with a JSON line and text on stderr", async (context) => {
  const { model, teacher, motion } = await builtFox(context);
  await writeFile(model, (await readFile(model)).subarray(0, 99));
  for (const [file, message] of [
    [model, /cut off/],
    [`${model}.none.glb`, /cannot be read/],
    [motion, /is not a model that can be animated/],
  ] as const) {
    const run = animus("build", file, "--prompt", "a fox walking", "--teacher", teacher, "--json");
    assert.equal(await run.status, 3);
    const [failed, ...more] = run.lines();
    assert.deepEqual([failed.type, failed.code, failed.file, more.length], ["failed", "input", file, 0]);
    assert.match(failed.message, message);
    assert.match(run.stderr(), message);
  }
});

test("build: what is up to date is not built again", async (context) => {
  const { model, teacher, motion } = await builtFox(context);
  const run = animus("build", model, "--prompt", "a fox walking", "--teacher", teacher, "--json");
  assert.equal(await run.status, 0);
  const [done, ...more] = run.lines();
  assert.deepEqual(
    [done.type, done.cached, done.clip, done.outputs.motion, more.length],
    ["done", true, "main", motion, 0],
  );
  assert.deepEqual(Object.keys(done.metrics), ["pathLength", "jitter", "stretch", "loopSeam"]);
});

test("build: a teacher that is not there exits 4", async (context) => {
  const { model, assets } = await builtFox(context);
  const run = animus("build", model, "--prompt", "a fox walking", "--teacher", join(assets, "none"), "--json");
  assert.equal(await run.status, 4);
  assert.equal(run.lines()[0].code, "teacher");
});

test("inspect: prints header, clips and metrics, and refuses what is no motion field", async (context) => {
  const { model, motion } = await builtFox(context);
  const run = animus("inspect", motion, "--json");
  assert.equal(await run.status, 0);
  const [summary] = run.lines();
  assert.equal(summary.version, 1);
  assert.equal(summary.handles, 1);
  assert.equal(summary.bytes, (await readFile(motion)).length);
  const [clip] = summary.clips;
  assert.deepEqual([clip.name, clip.prompt, clip.fps, clip.frames], ["main", "a fox walking", 30, 1]);
  assert.deepEqual(clip.metrics, { pathLength: 0, jitter: 0, stretch: 0, loopSeam: 0 });

  const text = animus("inspect", motion);
  assert.equal(await text.status, 0);
  assert.match(text.stdout(), /clip {5}main: "a fox walking"/);
  const refused = animus("inspect", model, "--json");
  assert.equal(await refused.status, 3);
  assert.equal(refused.lines()[0].code, "input");
});

test("doctor: every line parses, and a teacher without its weights is named with its remedy", async (context) => {
  const { teacher } = await builtFox(context);
  const run = animus("doctor", "--teacher", teacher, "--json");
  assert.equal(await run.status, 4);
  const checks = new Map(run.lines().map((check) => [check.name, check]));
  assert.equal(checks.get("node").status, "ok");
  assert.equal(checks.get("onnxruntime-web").status, "ok");
  assert.ok(["ok", "warning"].includes(checks.get("graphics adapter").status));
  assert.equal(checks.get("teacher").status, "failed");
  assert.match(checks.get("teacher").detail, /denoise\.onnx is missing/);
  assert.match(checks.get("teacher").remedy, /--teacher/);
});

test("watch: announces, serves, reports a bad sidecar and stops on Ctrl+C with 130", async (context) => {
  const { assets, teacher } = await builtFox(context);
  await writeFile(join(assets, "prompt.json"), '{ "prompt": "a fox walking" }');
  const run = animus("watch", assets, "--port", "0", "--teacher", teacher, "--json");
  context.after(() => run.process.kill("SIGKILL"));
  await until("watching", () => run.stderr().includes("Watching"), 30);
  assert.deepEqual(
    run.lines().map(({ type, cached }) => [type, cached]),
    [["done", true]],
  );
  const url = run.stderr().match(/http:\/\/127\.0\.0\.1:\d+\//)![0];
  const [fox] = await (await fetch(`${url}api/assets`)).json();
  assert.deepEqual([fox.name, fox.motion], ["fox", "/assets/fox.motion.glb"]);

  await writeFile(join(assets, "prompt.json"), '{\n"promt": "a fox walking" }');
  await until("the failure", () => run.lines().length === 2);
  const { code, file, line, message } = run.lines()[1];
  assert.deepEqual([code, file, line, message], ["input", "prompt.json", 2, 'Unknown key "promt".']);

  run.process.kill("SIGINT");
  assert.equal(await run.status, 130);
});

test("watch: refuses a folder that is not there", async (context) => {
  const { assets, teacher } = await builtFox(context);
  const run = animus("watch", join(assets, "none"), "--teacher", teacher, "--json");
  assert.equal(await run.status, 3);
  assert.equal(run.lines()[0].code, "input");
});
