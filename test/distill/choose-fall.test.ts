import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chooseFall } from "../../pipeline/distill/choose-fall.ts";
import { placeSoles } from "../../pipeline/distill/ground.ts";
import { findLowest } from "../../pipeline/distill/landing.ts";
import { createRandom } from "../../pipeline/distill/random.ts";
import { createRig, randomCameras } from "../../pipeline/distill/rig.ts";
import { createMotion, evaluateMotion, type Motion, motionBasis } from "../../pipeline/motion/motion.ts";
import { findBody } from "../../pipeline/motion/soles.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createPoseRenderer } from "../../pipeline/render/pose-renderer.ts";
import { barScene, oracleTeacher } from "./oracle.ts";

const SHARE = 0.02;

/** What is chosen where the teacher knows a bar that turns about z and rises by what that needs. */
async function chosenFor(angle: number) {
  const scene = barScene();
  const truth = createMotion(3, 8, false);
  for (let knot = 0; knot < 8; knot++) {
    const part = Math.min(1, Math.max(0, (knot - 1) / 4));
    truth.values[knot * 24 + 20] = angle * part;
    truth.values[knot * 24 + 22] = 0.44 * Math.abs(Math.sin(angle * part));
  }
  const renderer = () => createCpuRenderer(scene.splats, { width: 24, height: 24 }, { threads: 0 });
  const teacher = oracleTeacher(scene, truth, renderer());
  const posing = createPoseRenderer(renderer(), scene);
  const random = createRandom(1);
  const rig = await createRig(posing, scene.splats, randomCameras(2, [0.2, 0.3], random));
  const prompt = await teacher.encodeText("falls");
  const body = findBody(scene.splats, scene.binding);
  assert.ok(body);
  const motion = createMotion(3, 8, false);
  await chooseFall(motion, teacher, posing, { handles: scene.handles, body, rig, prompt, share: SHARE }, random);
  return { motion, scene, body };
}

/** Turn of the root about z at the end, radians. */
const turned = (motion: Motion) => motion.values[6 * 24 + 20];

describe("the way of a fall", () => {
  test("is the one that the teacher expects, to either side", async () => {
    for (const angle of [Math.PI / 2, -Math.PI / 2]) {
      const { motion } = await chosenFor(angle);
      assert.ok(Math.abs(turned(motion) - angle) < 1e-9, `${turned(motion)}`);
    }
  });

  test("keeps the body on the ground all the way down", async () => {
    const { motion, scene, body } = await chosenFor(Math.PI / 2);
    const pose = evaluateMotion(motion, scene.handles, motionBasis(motion, 16));
    const { heights } = findLowest(body, placeSoles(body, scene.handles, pose), SHARE);
    assert.ok(Math.max(...heights.map(Math.abs)) < 0.1, `${heights}`);
    assert.ok(Math.abs(heights[15]) < 0.01, `${heights[15]}`);
  });

  test("is none where the teacher expects stillness", async () => {
    const { motion } = await chosenFor(0);
    assert.ok(motion.values.every((value) => value === 0));
  });
});
