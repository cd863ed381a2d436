import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../pipeline/distill/random.ts";
import { createRig, randomCameras } from "../../pipeline/distill/rig.ts";
import { PRESET_SETTINGS } from "../../pipeline/distill/settings.ts";
import { createMotion, evaluateMotion, motionBasis } from "../../pipeline/motion/motion.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { barScene, oracleTeacher } from "../distill/oracle.ts";
import { appearancePsnr } from "./appearance.ts";
import type { DistilledResult } from "./distill-case.ts";
import { predictionsOf, searched, variants } from "./distill-variants.ts";
import { summariseRuns } from "./evaluate-distill.ts";
import { fixedTarget } from "./fixed-target.ts";
import { alignedCosine, cosine, detailShare } from "./measures.ts";

test("every variant is given the same number of predictions, and the draft preset is one of them", () => {
  const all = variants();
  const draft = all.find(({ name }) => name === "msd");
  assert.deepEqual(draft?.settings, PRESET_SETTINGS.draft);
  const budget = predictionsOf(PRESET_SETTINGS.draft);
  for (const { name, settings, wrap } of all) {
    if (wrap) continue;
    const spent = predictionsOf(settings);
    assert.ok(spent <= budget && spent > budget - 3, `${name} spends ${spent} of ${budget}`);
  }
  const bringing = { staticSource: { file: "static-source.bin", hash: "0" } };
  const none = variants(500, bringing).find(({ name }) => name === "msd-no-lora");
  assert.equal(none?.settings.source.factors, "none");
  assert.ok(predictionsOf(PRESET_SETTINGS.draft, bringing) < budget);
  assert.ok(predictionsOf(variants(500)[0].settings) === 500);
  // Of a distilled teacher the same number buys twice the steps of the loop, or three steps of a moving source for two.
  const distilled = { guidance: [1, 16] as [1, number] };
  const steps = (teacher: typeof distilled | undefined, name: string) =>
    variants(500, teacher).find((variant) => variant.name === name)?.settings.iterations;
  assert.equal(steps(distilled, "sds-7"), 2 * Number(steps(undefined, "sds-7")));
  assert.equal(steps(distilled, "msd-moving"), Math.floor(1.5 * Number(steps(undefined, "msd-moving")) + 0.5));
  assert.equal(predictionsOf(variants(500, distilled)[0].settings, distilled), 500);
});

test("a loop shifted in time is the same loop", () => {
  const frames = 8;
  const loop = Float32Array.from({ length: frames * 3 }, (_, i) =>
    Math.sin((2 * Math.PI * Math.floor(i / 3)) / frames + (i % 3)),
  );
  const shifted = Float32Array.from(loop, (_, i) => loop[(i + 9) % loop.length]);
  assert.ok(cosine(loop, shifted) < 0.5);
  assert.ok(alignedCosine(loop, shifted, frames) > 0.9999);
});

test("detail is the energy that the coarse knots cannot follow", () => {
  const wave = (loop: boolean, of: (time: number) => number) => {
    const frames = 64;
    const times = Array.from({ length: frames }, (_, f) => f / (loop ? frames : frames - 1));
    return {
      frames,
      loop,
      rest: new Float32Array(3),
      positions: Float32Array.from(times.flatMap((t) => [of(t), 0, 0])),
    };
  };
  const sine = (cycles: number) => (t: number) => Math.sin(2 * Math.PI * cycles * t);
  assert.ok(detailShare(wave(true, sine(3)), 8) < 1e-9);
  assert.ok(Math.abs(detailShare(wave(true, sine(6)), 8) - 1) < 1e-9);
  // Amplitudes 3 and 1: a tenth of the energy.
  const mixed = (t: number) => 3 * sine(2)(t) + sine(7)(t);
  assert.ok(Math.abs(detailShare(wave(true, mixed), 8) - 0.1) < 1e-6);
  assert.ok(
    detailShare(
      wave(false, (t) => 1 - Math.cos(2 * Math.PI * t)),
      8,
    ) < 1e-9,
  );
  assert.ok(
    detailShare(
      wave(false, (t) => Math.cos(8 * Math.PI * t) - 1),
      8,
    ) > 0.5,
  );
  // What a spline of so many knots makes has next to none.
  const motion = createMotion(1, 8, true);
  const random = createRandom(3);
  motion.values = motion.values.map(() => random() - 0.5);
  const handles = { count: 1, positions: new Float32Array(3), radii: new Float32Array(1), edges: new Uint32Array() };
  const pose = evaluateMotion(motion, handles, motionBasis(motion, 64));
  const share = detailShare(
    { frames: 64, loop: true, positions: Float32Array.from(pose.centres), rest: new Float32Array(3) },
    8,
  );
  assert.ok(share < 0.03, `${share}`);
});

test("looks: exact colours win, a wrong colour costs what it must, hidden splats do not count", () => {
  const size = 8;
  const camera = { azimuth: 0, elevation: 0 };
  // Two splats on the view axis: the red one hides the blue one behind it.
  const splats = {
    positions: Float32Array.of(0, 0, 0.4, 0, 0, -0.4),
    colors: Float32Array.of(1, 0, 0, 0, 0, 1),
    frames: 1,
  };
  const paint = (r: number, g: number, b: number) =>
    Float32Array.from({ length: 3 * size * size }, (_, i) => 2 * [r, g, b][Math.floor(i / (size * size))] - 1);
  assert.ok(appearancePsnr(paint(1, 0, 0), splats, [camera], size) > 70);
  const off = appearancePsnr(paint(0.9, 0.1, 0.1), splats, [camera], size);
  assert.ok(Math.abs(off - 20) < 1e-3, `${off} dB`);
});

test("the fixed target answers its one sample to whatever is asked", async () => {
  const scene = barScene();
  const renderer = createCpuRenderer(scene.splats, { width: 24, height: 24 }, { threads: 0 });
  const teacher = fixedTarget(oracleTeacher(scene, createMotion(3, 4, true), renderer));
  const rig = await createRig(renderer, scene.splats, randomCameras(2, [0, 0.2], createRandom(1)));
  const text = await teacher.encodeText("x");
  const condition = { text, rest: rig.rest, cameras: rig.cameras };
  const clip = new Float32Array(rig.rest.length * 8);
  const ask = (level: number) =>
    teacher.predict({
      clips: new Float32Array(clip.length * 2),
      levels: [level, level],
      conditions: [condition, { ...condition, text: null }],
      lora: null,
    });
  const [high, low] = [await ask(0.9), await ask(0.2)];
  assert.deepEqual(high, low);
  assert.deepEqual(high.subarray(0, clip.length), high.subarray(clip.length));
});

test("a summary counts what is known", () => {
  const run = (change: Partial<DistilledResult>): DistilledResult => ({
    id: "a/walk",
    variant: "msd",
    seed: 0,
    rank: { found: 1, truth: 1 },
    motionRatio: 1,
    cosine: 0.5,
    aligned: 0.6,
    gait: -0.9,
    jitter: 0.2,
    stretch: 0.03,
    trueStretch: 0.02,
    detail: 0.002,
    footSlide: null,
    hover: null,
    sink: null,
    appearance: -0.5,
    iterations: 90,
    seconds: 10,
    ...change,
  });
  const summary = summariseRuns([
    run({}),
    run({ rank: null, gait: null, motionRatio: 3 }),
    run({ rank: { found: 3, truth: 1 }, gait: 0.2 }),
  ]);
  assert.equal(summary.top1, 0.5);
  assert.equal(summary.top3, 1);
  assert.equal(summary.motionRatio, 1);
  assert.deepEqual(summary.gaits, { alternate: 1, of: 2 });
});

test("a search changes settings at any depth, keeps the predictions, and refuses what there is not", () => {
  const [firm] = searched({ firm: { guidance: 5, regularisers: { arap: 30 } } }, 225);
  const { draft } = PRESET_SETTINGS;
  assert.equal(firm.name, "firm");
  assert.equal(firm.settings.guidance, 5);
  assert.deepEqual(firm.settings.regularisers, { ...draft.regularisers, arap: 30 });
  assert.ok(predictionsOf(firm.settings) <= 225 && predictionsOf(firm.settings) > 222);
  assert.notEqual(draft.regularisers.arap, 30);
  assert.throws(() => searched({ typo: { regularisers: { arrap: 1 } } }), /no "arrap"/);
});
