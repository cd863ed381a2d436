import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeCheckpoint, encodeCheckpoint } from "../../pipeline/distill/checkpoint.ts";
import { distill } from "../../pipeline/distill/distill.ts";
import { placeSoles } from "../../pipeline/distill/ground.ts";
import { prepareBank } from "../../pipeline/distill/noise-bank.ts";
import { knotsOf, phasesOf, viewsInTime } from "../../pipeline/distill/phases.ts";
import { createRandom, fillNormal } from "../../pipeline/distill/random.ts";
import { createRig, randomCameras } from "../../pipeline/distill/rig.ts";
import { motionScore, type SourceTerm } from "../../pipeline/distill/score.ts";
import type { DistillSettings } from "../../pipeline/distill/settings.ts";
import { deform } from "../../pipeline/motion/deform.ts";
import { createMotion, evaluateMotion, motionBasis, type TimeBasis } from "../../pipeline/motion/motion.ts";
import { findSoles } from "../../pipeline/motion/soles.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createPoseRenderer } from "../../pipeline/render/pose-renderer.ts";
import { BACKGROUND } from "../../pipeline/render/renderer.ts";
import { distance, SETTINGS, setUp } from "./swing.ts";

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
  const residual = fillNormal(new Float32Array(length), random);
  const prompt = await teacher.encodeText("x");
  const base = { clip, rig, prompt, noise, level: 0.8, guidance: 3 };
  const condition = (text: typeof prompt | null) => ({ text, rest: rig.rest, cameras: rig.cameras });
  const predict = (text: typeof prompt | null) =>
    teacher.predict({ clips: clip, levels: [0.8], conditions: [condition(text)], lora: null });
  const [target, still] = [await predict(prompt), await predict(null)];
  const pull = (i: number) => clip[i] - (still[i] + 3 * (target[i] - still[i]));

  const cases: [SourceTerm, (i: number) => number, number][] = [
    [null, pull, 1],
    [{ clip: "moving", weight: 0.25, lora: null }, (i) => pull(i) + 0.25 * (still[i] - clip[i]), 2],
    [{ clip: "static", weight: 0.5, residual }, (i) => pull(i) - 0.5 * residual[i], 1],
  ];
  for (const [source, expected, calls] of cases) {
    const before = teacher.calls.length;
    const { gradient, loss } = await motionScore(teacher, { ...base, source });
    assert.equal(teacher.calls.length, before + calls, "what the static clip adds is cached");
    let squares = 0;
    for (let i = 0; i < length; i++) {
      const g = expected(i);
      squares += g * g;
      assert.ok(Math.abs(gradient[i] * length * rig.seen - g) < 1e-4 * (1 + Math.abs(g)));
    }
    assert.ok(Math.abs(loss - squares / length) < 1e-4 * loss);
  }
});

test("a body is seen where its pictures are not background", async () => {
  const { scene, renderer } = setUp();
  const cameras = randomCameras(2, [0, 0.3], createRandom(2));
  const rig = await createRig(renderer, scene.splats, cameras);
  const pixels = rig.rest.length / 6;
  let touched = 0;
  for (let i = 0; i < 2 * pixels; i++) {
    const at = Math.floor(i / pixels) * 3 * pixels + (i % pixels);
    if ([0, 1, 2].some((c) => Math.abs(rig.rest[at + c * pixels] - (2 * BACKGROUND - 1)) > 0.02)) touched++;
  }
  assert.ok(touched > 10 && touched < 1.5 * pixels);
  assert.ok(Math.abs(rig.seen - touched / (2 * pixels)) < 1e-9);
  // One that is not there at all counts as the least.
  const far = { ...scene.splats, colors: new Float32Array(scene.splats.colors.length).fill(BACKGROUND) };
  const unseen = createPoseRenderer(createCpuRenderer(far, { width: 24, height: 24 }, { threads: 0 }), scene);
  assert.equal((await createRig(unseen, far, cameras)).seen, 0.01);
});

test("a broken run goes on to the bytes of an unbroken one, in either method", async () => {
  for (const method of ["msd", "sds"] as const) {
    const { scene, teacher, renderer } = setUp();
    const settings: DistillSettings = { ...SETTINGS, method, iterations: 7 };
    const input = { prompt: "x", ...scene, loop: true, seed: 3, teacher, renderer, settings, checkpointEvery: 3 };
    const kept: Uint8Array[] = [];
    const whole = await distill({
      ...input,
      onCheckpoint: async (checkpoint) => {
        kept.push(encodeCheckpoint(checkpoint));
      },
    });
    assert.equal(kept.length, 2);
    const lengths = { distill: whole.motion.values.length };
    for (const bytes of kept) {
      const resume = decodeCheckpoint(bytes, lengths);
      const again = await distill({ ...input, resume });
      assert.deepEqual(again.motion.values, whole.motion.values);
      assert.deepEqual(again.losses, whole.losses);
    }
    assert.equal(decodeCheckpoint(kept[0].subarray(0, 100), lengths), null);
    assert.equal(decodeCheckpoint(kept[0], { distill: 5 }), null);
  }
});

test("a long clip becomes in each of its windows what the teacher knows, on one smooth spline", async () => {
  const { scene, truth, teacher, renderer } = setUp();
  const settings: DistillSettings = { ...SETTINGS, iterations: 60 };
  const input = { prompt: "x", ...scene, loop: false, seed: 1, teacher, renderer, settings, windows: 2 };
  const { motion, losses } = await distill(input);
  assert.equal(losses.length, 120);
  assert.equal(motion.knots, knotsOf(8, 2, 8));
  const place = (m: typeof truth, basis: TimeBasis) =>
    deform(scene.splats.positions, scene.binding, scene.handles, evaluateMotion(m, scene.handles, basis)).positions;
  const known = place(truth, motionBasis(truth, 8));
  const still = distance(place(createMotion(3, 8, true), motionBasis(truth, 8)), known);
  for (const basis of viewsInTime(motion, 8, 1, 2)) {
    const left = distance(place(motion, basis), known);
    assert.ok(left < 0.2 * still, `error ${left.toFixed(4)} of ${still.toFixed(4)}`);
  }
});

test("ground contact of weight 0 leaves every byte as it was, and of some weight keeps soles up", async () => {
  const { scene, teacher, renderer } = setUp();
  const soles = findSoles(scene.splats, scene.binding);
  assert.ok(soles);
  const run = async (ground: DistillSettings["ground"], given: typeof soles | null) => {
    const settings: DistillSettings = { ...SETTINGS, iterations: 12, ground };
    return (await distill({ prompt: "x", ...scene, loop: true, seed: 7, teacher, renderer, settings, soles: given }))
      .motion;
  };
  const free = await run(null, soles);
  assert.deepEqual((await run({ sink: 1, slide: 1, lift: 1, reach: 0.02, ramp: [0, 1] }, null)).values, free.values);
  assert.deepEqual((await run({ sink: 0, slide: 0, lift: 0, reach: 0.02, ramp: [0, 1] }, soles)).values, free.values);
  const held = await run({ sink: 200, slide: 0, lift: 0, reach: 0.02, ramp: [0, 1] }, soles);
  const depth = (motion: typeof free) => {
    const places = placeSoles(soles, scene.handles, evaluateMotion(motion, scene.handles, motionBasis(motion, 16)));
    return places.reduce((sum, y, i) => sum + (i % 3 === 1 ? Math.max(0, soles.ground - y) : 0), 0);
  };
  assert.ok(depth(held) < 0.5 * depth(free), `${depth(held)} of ${depth(free)}`);
});

test("the bank: one noise in every stratum, residuals of the static clip, inverted noise that leads back to it", async () => {
  const { scene, teacher, renderer } = setUp();
  const rig = await createRig(renderer, scene.splats, randomCameras(2, [0, 0.3], createRandom(4)));
  const prepare = (change: Partial<DistillSettings>) => {
    const settings = { ...SETTINGS, levels: [0.6, 1] as [number, number], noises: 4, ...change };
    return prepareBank(teacher, [rig], null, 5, settings, phasesOf(settings)[0], { onEntry: () => {} });
  };
  const [entries] = await prepare({});
  const strata = entries.map(({ level }) => Math.floor((level - 0.6) / 0.1)).sort();
  assert.deepEqual(strata, [0, 1, 2, 3]);
  for (const { residual } of entries)
    assert.ok(
      residual?.every((value) => Math.abs(value) < 1e-6),
      "the oracle is right",
    );
  const spread = Math.sqrt(entries[0].noise.reduce((sum, value) => sum + value * value, 0) / entries[0].noise.length);
  assert.ok(Math.abs(spread - 1) < 0.05);

  const [inverted] = await prepare({ noise: "inverted" });
  // A teacher that predicts the static clip exactly carries the noise it began with unchanged to every level.
  for (const [i, { noise }] of inverted.entries()) {
    assert.ok(noise.every((value, j) => Math.abs(value - entries[i].noise[j]) < 1e-3));
  }
  const [moving] = await prepare({ source: { ...SETTINGS.source, clip: "moving" } });
  assert.equal(moving[0].residual, null);
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
    source: null,
  };
  await assert.rejects(motionScore(teacher, request), {
    name: "AnimusError",
    code: "teacher",
    message: /"hops" is not finite/,
  });
});
