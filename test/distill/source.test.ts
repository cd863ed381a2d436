// The static source of a run: the teacher's own factors, new ones or none, and that the shipped ones do what they are shipped for.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addNoise } from "../../pipeline/distill/noise.ts";
import { createRandom, fillNormal } from "../../pipeline/distill/random.ts";
import { createRig, type Rig, randomCameras, staticClip } from "../../pipeline/distill/rig.ts";
import {
  PRESET_SETTINGS,
  type SourceSettings,
  settingsIdentity,
  sourceSteps,
  stageWork,
} from "../../pipeline/distill/settings.ts";
import { findStaticSource } from "../../pipeline/distill/source.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { loadTeacher } from "../../pipeline/teacher/load-teacher.ts";
import { zeroLora } from "../../pipeline/teacher/lora.ts";
import type { Lora, Teacher } from "../../pipeline/teacher/teacher.ts";
import { barScene } from "./oracle.ts";
import { setUp } from "./swing.ts";

const { draft } = PRESET_SETTINGS;
const STEPS = { ...draft.source, maxSteps: 2, checkEvery: 1 };

/** The oracle with factors of its own, counting the gradients that it is asked for. */
async function find(settings: SourceSettings, brings: boolean) {
  const { scene, teacher: oracle } = setUp();
  const shipped: Lora = { rank: 1, tensors: [Float32Array.of(0.5, 0.25)] };
  let gradients = 0;
  const teacher: Teacher = {
    ...oracle,
    ...(brings ? { staticSource: shipped } : {}),
    loraGradient: async () => {
      gradients++;
      return { loss: 0, gradients: [new Float32Array(2)] };
    },
  };
  const renderer = createCpuRenderer(scene.splats, { width: 24, height: 24 }, { threads: 0 });
  const rig = await createRig(renderer, scene.splats, randomCameras(2, [0, 0.3], createRandom(1)));
  const ends: number[] = [];
  const given = { onProgress: (share: number) => ends.push(share) };
  const source = await findStaticSource(teacher, [rig], rig, settings, createRandom(2), given);
  return { source, shipped, gradients, asked: oracle.calls.length, ends };
}

describe("the static source", () => {
  test("is none where none is asked for, whatever the teacher brings along", async () => {
    for (const brings of [true, false]) {
      const { source, gradients, asked } = await find({ ...STEPS, factors: "none" }, brings);
      assert.deepEqual([source, gradients, asked], [null, 0, 0]);
    }
    assert.equal((await find({ ...STEPS, maxSteps: 0 }, false)).source, null);
  });

  test("is the shipped one as it is", async () => {
    const { source, shipped, gradients, asked, ends } = await find(STEPS, true);
    assert.deepEqual(source, { lora: shipped, steps: 0, heldOut: null });
    assert.deepEqual([gradients, asked, ends], [0, 0, []]);
  });

  test("is trained anew where the teacher brings none, or where that is asked for", async () => {
    const { gradients, ends } = await find(STEPS, false);
    assert.deepEqual([gradients, ends], [2, [0.5, 1]]);
    assert.equal((await find({ ...STEPS, factors: "trained" }, true)).gradients, 2);
  });

  test("is reckoned with as it is: no work where nothing is trained", () => {
    const staticSource = { file: "x", hash: "0" };
    assert.equal(sourceSteps(draft.source, true), 0);
    assert.equal(sourceSteps(draft.source, false), draft.source.maxSteps);
    assert.equal(sourceSteps({ ...draft.source, factors: "none" }, true), 0);
    assert.equal(stageWork(draft, 1, { staticSource }).source, 0);
    assert.equal(stageWork(draft).source, draft.source.maxSteps * 3.5);
  });

  test("is told to hashes by its factors' own hash, or as none", () => {
    const identity = (factors: SourceSettings["factors"]) =>
      settingsIdentity({ ...draft, source: { ...draft.source, factors } }, { gait: false, grounding: null });
    assert.deepEqual(identity("trained"), identity("shipped"));
    assert.notDeepEqual(identity("none"), identity("shipped"));
  });
});

describe("the shipped static source", () => {
  test("predicts a body at rest that it never saw better than the teacher alone", async () => {
    const teacher = await loadTeacher({ device: "cpu", threads: 2 });
    try {
      const { views, frames, width, height } = teacher.manifest;
      const { splats } = barScene();
      const renderer = createCpuRenderer(splats, { width, height }, { threads: 0 });
      const rig = await createRig(renderer, splats, randomCameras(views, draft.elevations, createRandom(1)));
      const source = await findStaticSource(teacher, [rig], rig, draft.source, createRandom(2), {
        onProgress: () => assert.fail("nothing is trained"),
      });
      const errorOf = (lora: Lora, level: number) => stillError(teacher, rig, lora, level, frames);
      for (const level of [0.85, 0.95]) {
        const [alone, found] = [await errorOf(zeroLora(teacher.manifest), level), await errorOf(source!.lora, level)];
        assert.ok(found < 0.5 * alone, `level ${level}: ${found} of ${alone}`);
      }
    } finally {
      await teacher.dispose();
    }
  });
});

/** Mean squared error of the still clip, without a prompt. */
async function stillError(teacher: Teacher, rig: Rig, lora: Lora, level: number, frames: number): Promise<number> {
  const clip = staticClip(rig, frames);
  const noise = fillNormal(new Float32Array(clip.length), createRandom(3));
  const prediction = await teacher.predict({
    clips: addNoise(clip, noise, level),
    levels: [level],
    conditions: [{ text: null, rest: rig.rest, cameras: rig.cameras }],
    lora,
  });
  return prediction.reduce((sum, value, i) => sum + (value - clip[i]) ** 2, 0) / clip.length;
}
