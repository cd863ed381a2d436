// The loop of a distilled teacher, one prediction a step, against the same loop of the teacher it came from, two.

import assert from "node:assert/strict";
import { test } from "node:test";
import { distill } from "../../pipeline/distill/distill.ts";
import { createRandom, fillNormal } from "../../pipeline/distill/random.ts";
import { randomCameras } from "../../pipeline/distill/rig.ts";
import { motionScore } from "../../pipeline/distill/score.ts";
import { PRESET_SETTINGS, stageWork } from "../../pipeline/distill/settings.ts";
import { createMotion } from "../../pipeline/motion/motion.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createPoseRenderer } from "../../pipeline/render/pose-renderer.ts";
import { loadTeacher } from "../../pipeline/teacher/load-teacher.ts";
import { sampleClip } from "../../pipeline/teacher/sample-clip.ts";
import { askTwice } from "../evaluation/ask-twice.ts";
import { relativeError } from "../teacher/seeded.ts";
import { distilled } from "./distilled.ts";
import { barScene, oracleTeacher } from "./oracle.ts";

test("the score by one prediction is the score by two, of the embedded teacher", async () => {
  const teacher = await loadTeacher({ device: "cpu", threads: 2 });
  try {
    const twice = askTwice(teacher);
    const once = distilled(twice);
    const { frames, width, height } = teacher.manifest;
    const random = createRandom(3);
    const rest = fillNormal(new Float32Array(3 * width * height), random).map((value) => Math.tanh(value));
    const rig = { cameras: randomCameras(1, [0, 0.3], random), rest, seen: 1 };
    const clip = fillNormal(new Float32Array(rest.length * frames), random).map((value) => Math.tanh(value));
    const noise = fillNormal(new Float32Array(clip.length), random);
    const prompt = await teacher.encodeText("a fox walking");
    for (const [guidance, asked] of [
      [10, 1],
      [1, 1],
      [20, 2], // beyond what it was taught
    ]) {
      const request = { clip, rig, prompt, noise, level: 0.9, guidance, source: null };
      const wanted = await motionScore(twice, request);
      const score = await motionScore(once, request);
      const { conditions } = once.calls.at(-1)!;
      assert.equal(conditions.length, asked, `conditions at guidance ${guidance}`);
      assert.equal(conditions[0].guidance, asked === 1 ? guidance : undefined);
      const off = relativeError(score.gradient, wanted.gradient);
      assert.ok(off < 1e-4, `relative error ${off} at guidance ${guidance}`);
      assert.ok(Math.abs(score.loss / wanted.loss - 1) < 1e-4);
    }
  } finally {
    await teacher.dispose();
  }
});

test("the whole loop and the sampler ask once a step and find what they found", async () => {
  const scene = barScene();
  const size = { width: 24, height: 24 };
  const truth = createMotion(3, 8, true, { axis: [0, 1, 0], turns: 1 });
  const renderer = createCpuRenderer(scene.splats, size, { threads: 0 });
  const twice = oracleTeacher(scene, truth, renderer);
  const once = distilled(oracleTeacher(scene, truth, renderer));
  const draft = PRESET_SETTINGS.draft;
  const settings = {
    ...draft,
    iterations: 5,
    rigs: 1,
    noises: 2,
    knots: 4,
    source: { ...draft.source, start: "none" as const },
  };
  const run = async (teacher: typeof once) => {
    const pose = createPoseRenderer(createCpuRenderer(scene.splats, size, { threads: 0 }), scene);
    return distill({ prompt: "x", ...scene, loop: true, seed: 1, teacher, renderer: pose, settings });
  };
  const [wanted, found] = [await run(twice), await run(once)];
  assert.ok(relativeError(found.losses, wanted.losses) < 1e-4);
  assert.ok(relativeError(found.motion.values, wanted.motion.values) < 1e-3);
  assert.equal(once.calls.filter(({ conditions }) => conditions[0].guidance === settings.guidance).length, 5);
  assert.ok(once.calls.every(({ conditions }) => conditions.length === 1));

  const cameras = [0, 1].map((view) => ({ azimuth: view * Math.PI, elevation: 0.2 }));
  const rig = { cameras, rest: new Float32Array(2 * 3 * 24 * 24) };
  const text = await twice.encodeText("x");
  once.calls.length = 0;
  const options = { guidance: 2, steps: 3 };
  const [clip, other] = [await sampleClip(once, rig, text, options), await sampleClip(twice, rig, text, options)];
  assert.ok(relativeError(clip, other) < 1e-5);
  assert.deepEqual(
    once.calls.map(({ conditions }) => conditions.length),
    [1, 1, 1],
  );
});

test("the estimate of a build reckons with one prediction a step", () => {
  const { draft } = PRESET_SETTINGS;
  const [two, one] = [stageWork(draft), stageWork(draft, 1, { guidance: [1, 16] })];
  assert.equal(Math.round(Number(two.distill) - Number(one.distill)), draft.iterations);
  assert.equal(two.source, one.source);
});
