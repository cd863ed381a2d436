import assert from "node:assert/strict";
import { test } from "node:test";
import { createRig, staticClip } from "../../pipeline/distill/rig.ts";
import { createMotion } from "../../pipeline/motion/motion.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { sampleClip } from "../../pipeline/teacher/sample-clip.ts";
import { barScene, oracleTeacher } from "../distill/oracle.ts";

const scene = barScene();
const size = { width: 24, height: 24 };
const renderer = () => createCpuRenderer(scene.splats, size, { threads: 0 });
const truth = createMotion(3, 8, true, { axis: [0, 1, 0], turns: 1 });
const cameras = [0, 1].map((view) => ({ azimuth: view * Math.PI, elevation: 0.2 }));

test("a teacher that is sure of a clip is sampled to that clip, whatever the noise", async () => {
  const teacher = oracleTeacher(scene, truth, renderer());
  const rig = await createRig(renderer(), scene.splats, cameras);
  const text = await teacher.encodeText("turning");
  const wanted = await teacher.predict({
    clips: new Float32Array(rig.rest.length * 8),
    levels: [0.5],
    conditions: [{ text, rest: rig.rest, cameras: rig.cameras }],
    lora: null,
  });
  for (const seed of [0, 7]) {
    const clip = await sampleClip(teacher, rig, text, { guidance: 1, steps: 3, seed });
    assert.ok(clip.every((value, i) => Math.abs(value - wanted[i]) < 1e-5));
  }
});

test("guidance goes from what the teacher expects of nothing towards and beyond the prompt, within the pixels' range", async () => {
  const teacher = oracleTeacher(scene, truth, renderer());
  const rig = await createRig(renderer(), scene.splats, cameras);
  const text = await teacher.encodeText("turning");
  const still = staticClip(rig, 8);
  const none = await sampleClip(teacher, rig, text, { guidance: 0, steps: 2 });
  assert.ok(none.every((value, i) => Math.abs(value - still[i]) < 1e-5));
  const strong = await sampleClip(teacher, rig, text, { guidance: 50, steps: 2 });
  assert.ok(strong.every((value) => Math.abs(value) <= 1.1 + 1e-6));
  assert.ok(strong.some((value) => value > 1.09));
});
