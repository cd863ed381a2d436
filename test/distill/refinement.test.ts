import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeCheckpoint, encodeCheckpoint } from "../../pipeline/distill/checkpoint.ts";
import { distill } from "../../pipeline/distill/distill.ts";
import { valueCounts } from "../../pipeline/distill/phases.ts";
import type { DistillSettings } from "../../pipeline/distill/settings.ts";
import { deform } from "../../pipeline/motion/deform.ts";
import { evaluateMotion, motionBasis } from "../../pipeline/motion/motion.ts";
import { distance, SETTINGS, setUp } from "./swing.ts";

describe("refinement", () => {
  const refinement = { doublings: 1, iterations: 6, levels: [0.3, 0.7], noises: 2, sets: 4, rate: 0.3 } as const;
  const refined = (change: Partial<DistillSettings> = {}): DistillSettings => ({
    ...SETTINGS,
    iterations: 7,
    refinement: { ...refinement, levels: [0.3, 0.7] },
    ...change,
  });

  test("goes on from the coarse motion at low noise, at phases between its frames, and says how far it is", async () => {
    const { scene, teacher, renderer } = setUp();
    const input = { prompt: "x", ...scene, loop: true, seed: 3, teacher, renderer };
    const coarse = await distill({ ...input, settings: refined({ refinement: null }) });
    const before = teacher.calls.length;
    const stages: string[] = [];
    const fractions: number[] = [];
    const fine = await distill({
      ...input,
      settings: refined(),
      onStage: (stage) => stages.push(stage),
      onProgress: (fraction) => {
        if (stages.at(-1) === "refine") fractions.push(fraction);
      },
    });
    assert.deepEqual(stages, ["source", "inversion", "distill", "refine"]);
    assert.equal(fractions.length, 2 * 2 + 6);
    assert.ok(fractions.every((value, i) => i === 0 || value > fractions[i - 1]) && fractions.at(-1) === 1);
    assert.equal(fine.motion.knots, 16);
    assert.equal(fine.losses.length, 13);
    assert.deepEqual(fine.losses.slice(0, 7), coarse.losses);
    const asked = teacher.calls.slice(before).slice(-6 - 4);
    for (const { levels } of asked) assert.ok(levels.every((level) => level >= 0.3 && level <= 0.7));
    // A short stage at a third of the rates: near the coarse motion, not the same.
    const paths = [coarse.motion, fine.motion].map(
      (motion) =>
        deform(
          scene.splats.positions,
          scene.binding,
          scene.handles,
          evaluateMotion(motion, scene.handles, motionBasis(motion, 16)),
        ).positions,
    );
    const moved = distance(paths[0], paths[1]);
    assert.ok(moved > 1e-5 && moved < 0.05, `${moved}`);
  });

  test("a run that breaks in either stage goes on to the same bytes, in either method, loop or not", async () => {
    for (const [method, loop] of [
      ["msd", true],
      ["sds", false],
    ] as const) {
      const { scene, teacher, renderer } = setUp();
      const settings = refined({ method });
      const input = { prompt: "x", ...scene, loop, seed: 3, teacher, renderer, settings, checkpointEvery: 3 };
      const kept: Uint8Array[] = [];
      const whole = await distill({
        ...input,
        onCheckpoint: async (checkpoint) => {
          kept.push(encodeCheckpoint(checkpoint));
        },
      });
      const lengths = valueCounts(settings, 3, loop, 1, 8);
      const resumes = kept.map((bytes) => decodeCheckpoint(bytes, lengths));
      assert.deepEqual(
        resumes.map((resume) => [resume?.stage, resume?.step]),
        [
          ["distill", 3],
          ["distill", 6],
          ["refine", 3],
          ["refine", 6],
        ],
      );
      for (const resume of resumes) {
        const again = await distill({ ...input, resume });
        assert.deepEqual(again.motion.values, whole.motion.values);
        assert.deepEqual(again.losses, whole.losses);
      }
      assert.equal(decodeCheckpoint(kept[3], { distill: lengths.distill! }), null, "a job without refinement");
    }
  });

  test("stops at once when cancelled in it, and where the motion is no number", async () => {
    const { scene, teacher, renderer } = setUp();
    const stop = new AbortController();
    let stage = "";
    const input = { prompt: "x", ...scene, loop: true, seed: 1, teacher, renderer, settings: refined() };
    const onStage = (entered: string) => {
      stage = entered;
    };
    const cancelled = distill({
      ...input,
      signal: stop.signal,
      onStage,
      onProgress: (_fraction, loss) => {
        if (stage === "refine" && loss !== null) stop.abort();
      },
    });
    await assert.rejects(cancelled, { name: "AnimusError", code: "cancelled" });
    const broken = refined();
    broken.refinement!.rate = Number.NaN;
    await assert.rejects(distill({ ...input, settings: broken, onStage }), { name: "AnimusError" });
    assert.equal(stage, "refine");
  });
});
