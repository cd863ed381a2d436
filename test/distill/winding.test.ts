import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRandom } from "../../pipeline/distill/random.ts";
import { createRig, randomCameras } from "../../pipeline/distill/rig.ts";
import { chooseWinding } from "../../pipeline/distill/winding.ts";
import { createMotion, type Winding } from "../../pipeline/motion/motion.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createPoseRenderer } from "../../pipeline/render/pose-renderer.ts";
import { barScene, oracleTeacher } from "./oracle.ts";

async function chosenFor(winding: Winding): Promise<Winding> {
  const scene = barScene();
  const size = { width: 24, height: 24 };
  const renderer = createPoseRenderer(createCpuRenderer(scene.splats, size, { threads: 0 }), scene);
  const teacher = oracleTeacher(
    scene,
    createMotion(3, 8, true, winding),
    createCpuRenderer(scene.splats, size, { threads: 0 }),
  );
  const random = createRandom(1);
  const rig = await createRig(renderer, scene.splats, randomCameras(2, [0.2, 0.3], random));
  const prompt = await teacher.encodeText("turns");
  return chooseWinding(teacher, renderer, { ...scene, rig, prompt, loop: true }, random);
}

describe("winding", () => {
  test("a teacher that expects a spin gets one", async () => {
    assert.deepEqual(await chosenFor({ axis: [0, 1, 0], turns: 1 }), { axis: [0, 1, 0], turns: 1 });
  });
  test("a teacher that expects stillness gets none", async () => {
    assert.equal((await chosenFor({ axis: [0, 1, 0], turns: 0 })).turns, 0);
  });
});
