import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { distill } from "../../pipeline/distill/distill.ts";
import { createRandom, fillNormal } from "../../pipeline/distill/random.ts";
import { createRig, randomCameras } from "../../pipeline/distill/rig.ts";
import { motionScore } from "../../pipeline/distill/score.ts";
import { type DistillSettings, PRESET_SETTINGS } from "../../pipeline/distill/settings.ts";
import { deform } from "../../pipeline/motion/deform.ts";
import { createMotion, evaluateMotion, motionBasis } from "../../pipeline/motion/motion.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createPoseRenderer } from "../../pipeline/render/pose-renderer.ts";
import { barScene, oracleTeacher } from "./oracle.ts";

/** The bar's right end swings up and down. */
function swing() {
  const scene = barScene();
  const truth = createMotion(3, 8, true);
  for (let knot = 0; knot < 8; knot++) {
    const angle = 0.5 * Math.sin((knot / 8) * 2 * Math.PI);
    truth.values[(knot * 4 + 2) * 6 + 2] = angle;
    truth.values[(knot * 4 + 2) * 6 + 4] = 0.25 * angle;
  }
  return { scene, truth };
}

function setUp() {
  const { scene, truth } = swing();
  const teacher = oracleTeacher(
    scene,
    truth,
    createCpuRenderer(scene.splats, { width: 24, height: 24 }, { threads: 0 }),
  );
  const cpu = createCpuRenderer(scene.splats, { width: 24, height: 24 }, { threads: 0 });
  const renderer = createPoseRenderer(cpu, scene);
  return { scene, truth, teacher, renderer };
}

const SETTINGS: DistillSettings = {
  ...PRESET_SETTINGS.draft,
  iterations: 100,
  rigs: 2,
  guidance: 1,
  sourceWeight: 0,
  rates: { handleRotation: 0.03, handleTranslation: 0.01, rootRotation: 0.002, rootTranslation: 0.002 },
  regularisers: { arap: 1e-4, rotation: 1e-5, stretch: 1e-4, acceleration: 1e-4, drift: 0.01 },
};

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
}

describe("distillation", () => {
  test("descends to the motion that the teacher knows, and reports its way", async () => {
    const { scene, truth, teacher, renderer } = setUp();
    const stages: string[] = [];
    let last = 0;
    const { motion, losses } = await distill({
      prompt: "the bar swings",
      ...scene,
      loop: true,
      seed: 1,
      teacher,
      renderer,
      settings: SETTINGS,
      onStage: (stage) => stages.push(stage),
      onProgress: (fraction) => {
        last = fraction;
      },
    });
    const points = (m: typeof truth) =>
      deform(scene.splats.positions, scene.binding, scene.handles, evaluateMotion(m, scene.handles, motionBasis(m, 8)))
        .positions;
    const still = distance(points(createMotion(3, 8, true)), points(truth));
    const left = distance(points(motion), points(truth));
    assert.ok(left < 0.35 * still, `error ${left.toFixed(4)} of ${still.toFixed(4)}`);
    assert.ok(losses[losses.length - 1] < 0.25 * losses[0]);
    assert.deepEqual(stages, ["source", "inversion", "distill"]);
    assert.equal(last, 1);
  });

  test("gives the same bytes for the same seed, other bytes for another", async () => {
    const run = async (seed: number) => {
      const { scene, teacher, renderer } = setUp();
      const settings = { ...SETTINGS, iterations: 4 };
      return (await distill({ prompt: "x", ...scene, loop: true, seed, teacher, renderer, settings })).motion.values;
    };
    assert.deepEqual(await run(7), await run(7));
    assert.notDeepEqual(await run(7), await run(8));
  });

  test("stops at once when cancelled", async () => {
    const { scene, teacher, renderer } = setUp();
    const stop = new AbortController();
    await assert.rejects(
      distill({
        prompt: "x",
        ...scene,
        loop: true,
        seed: 1,
        teacher,
        renderer,
        settings: SETTINGS,
        signal: stop.signal,
        onProgress: (_fraction, loss) => {
          if (loss) stop.abort();
        },
      }),
      { name: "AnimusError", code: "cancelled" },
    );
  });
});

test("the score is target pull plus weighted source push", async () => {
  const { scene, teacher, renderer } = setUp();
  const random = createRandom(2);
  const rig = await createRig(renderer, scene.splats, randomCameras(2, [0, 0.3], random));
  const length = rig.rest.length * 8;
  const clip = fillNormal(new Float32Array(length), random);
  const noise = fillNormal(new Float32Array(length), random);
  const prompt = await teacher.encodeText("x");
  const base = { clip, rig, prompt, noise, level: 0.8, source: null };
  const condition = (text: typeof prompt | null) => ({ text, rest: rig.rest, cameras: rig.cameras });
  const predict = (text: typeof prompt | null) =>
    teacher.predict({ clips: clip, levels: [0.8], conditions: [condition(text)], lora: null });
  const [target, still] = [await predict(prompt), await predict(null)];

  const { gradient, loss } = await motionScore(teacher, { ...base, guidance: 3, sourceWeight: 0.25 });
  let squares = 0;
  for (let i = 0; i < length; i++) {
    const g = clip[i] - (still[i] + 3 * (target[i] - still[i])) + 0.25 * (still[i] - clip[i]);
    squares += g * g;
    assert.ok(Math.abs(gradient[i] * length - g) < 1e-4 * (1 + Math.abs(g)));
  }
  assert.ok(Math.abs(loss - squares / length) < 1e-4 * loss);

  const calls = teacher.calls.length;
  await motionScore(teacher, { ...base, guidance: 3, sourceWeight: 0 });
  assert.equal(teacher.calls.length, calls + 1, "SDS needs no prediction of the source");
});

test("a score that is not finite is an error, never silently zero", async () => {
  const { scene, teacher, renderer } = setUp();
  const rig = await createRig(renderer, scene.splats, randomCameras(2, [0, 0.3], createRandom(1)));
  const clip = new Float32Array(rig.rest.length * 8).fill(Number.NaN);
  const prompt = await teacher.encodeText("hops");
  const request = {
    clip,
    rig,
    prompt,
    noise: new Float32Array(clip.length),
    level: 0.8,
    guidance: 1,
    sourceWeight: 0,
    source: null,
  };
  await assert.rejects(motionScore(teacher, request), {
    name: "AnimusError",
    code: "teacher",
    message: /"hops" is not finite/,
  });
});
