// Runs in the page: a crowd of a thousand, each member with a clip, phase, speed and fade of its own; every pose that the GPU computed
// against the CPU sampler, and how many draw calls it takes.

import { SceneInstrumentation } from "@babylonjs/core/Instrumentation/sceneInstrumentation.js";
import { Matrix } from "@babylonjs/core/Maths/math.vector.js";
import { mixPose, type PoseLayer } from "../../plugin/mix-pose.ts";
import { type Space, spaceIndex, writeSpace } from "../../plugin/spaces.ts";
import { poseMatrices } from "../../runtime/sample.ts";
import { theatre } from "./theatre.ts";

export async function bigCrowd({ count }: { count: number }) {
  const { player, motion, left } = await theatre();
  const field = motion.field;
  const [wave, hop] = field.clips;
  player.rest();
  await left.pixels();
  const instruments = new SceneInstrumentation(left.scene);
  instruments.captureFrameTime = true;
  await left.pixels();
  const single = instruments.drawCallsCounter.current;
  const crowd = player.createCrowd(count);
  while (!crowd.isReady()) await new Promise((done) => setTimeout(done, 20));
  const phase = (i: number) => (i * 0.618) % 1;
  for (let i = 0; i < count; i++) {
    const matrix = Matrix.Translation(-8 + (i % 40) * 0.4, 0, -8 + Math.floor(i / 40) * 0.6);
    crowd.set(i, { clip: i % 2 ? "hop" : "wave", offset: phase(i), speed: 0, matrix });
    if (i % 5 === 0) crowd.set(i, { clip: i % 2 ? "wave" : "hop", offset: phase(i + 1), fade: 0.5 });
    if (i % 3 === 0) crowd.set(i, { add: "wave", addWeight: i % 9 === 0 ? 1 : 0.6 });
  }
  player.update(0.2);
  await left.pixels();
  const drawCalls = instruments.drawCallsCounter.current;
  instruments.dispose();
  const texture = player.meshes[0].bakedVertexAnimationManager?.texture;
  const shown = (await texture?.readPixels()) as Float32Array;
  const handles = field.handleCount;
  const spaces: Space[] = [];
  for (const binding of player.bindings) spaceIndex(spaces, binding);
  const wanted = new Float32Array(handles * 16);
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const [own, other] = i % 2 ? [hop, wave] : [wave, hop];
    const layers: PoseLayer[] =
      i % 5 === 0
        ? [
            { clip: other, time: phase(i + 1) * other.duration, weight: 0.4 },
            { clip: own, time: phase(i) * own.duration, weight: 0.6 },
          ]
        : [{ clip: own, time: phase(i) * own.duration, weight: 1 }];
    // Speed is 0: what is added stays at its beginning.
    if (i % 3 === 0) layers.push({ clip: wave, time: 0, weight: i % 9 === 0 ? 1 : 0.6, additive: true });
    const pose = mixPose(field, layers, new Float32Array(handles * 8), new Float32Array(handles * 8));
    const matrices = poseMatrices(field, pose);
    spaces.forEach((space, s) => {
      writeSpace(space, matrices, new Float32Array(handles * 12), wanted, 0);
      const row = (s * count + i) * handles * 16;
      for (let j = 0; j < wanted.length; j++) worst = Math.max(worst, Math.abs(wanted[j] - shown[row + j]));
    });
  }
  crowd.dispose();
  return { single, drawCalls, worst, rows: shown.length / (handles * 16), spaces: spaces.length };
}
