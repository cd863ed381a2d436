import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { distill } from "../../pipeline/distill/distill.ts";
import { type BondGive, regularise, stiffened, withBonds } from "../../pipeline/distill/regularisers.ts";
import { PRESET_SETTINGS, settingsIdentity, soften } from "../../pipeline/distill/settings.ts";
import type { Handles } from "../../pipeline/motion/handles.ts";
import { createMotion, createPoseGradient, evaluateMotion, motionBasis } from "../../pipeline/motion/motion.ts";
import { SETTINGS, setUp } from "./swing.ts";

const WEIGHTS = { arap: 10, rotation: 0.3, stretch: 12, acceleration: 20, drift: 0.5 };
const GIVE: BondGive = { arap: 0.1, rotation: 0.3, stretch: 0.04 };
/** Handles in a row along x, one unit apart. */
const COUNT = 9;
const ROW: Handles = {
  count: COUNT,
  positions: Float32Array.from({ length: COUNT * 3 }, (_, i) => (i % 3 === 0 ? i / 3 : 0)),
  radii: new Float32Array(COUNT).fill(1),
  edges: Uint32Array.from({ length: (COUNT - 1) * 2 }, (_, i) => Math.floor(i / 2) + (i % 2)),
};

/** What it costs to turn the row's links about z by these angles, one after the other. */
function cost(angles: readonly number[], give: BondGive | null): number {
  const motion = createMotion(COUNT, 4, true);
  const basis = motionBasis(motion, 4);
  const at = [0, 0];
  for (let k = 0; k < COUNT; k++) {
    // A handle stands between two links and turns by the mean of their angles.
    const [before, after] = [angles[Math.max(0, k - 1)], angles[Math.min(angles.length - 1, k)]];
    for (let knot = 0; knot < 4; knot++) {
      const row = (knot * (COUNT + 1) + k) * 6;
      motion.values[row + 2] = (before + after) / 2;
      motion.values[row + 3] = at[0] - k;
      motion.values[row + 4] = at[1];
    }
    if (k < angles.length) {
      at[0] += Math.cos(angles[k]);
      at[1] += Math.sin(angles[k]);
    }
  }
  const pose = evaluateMotion(motion, ROW, basis);
  return regularise(pose, ROW, true, { ...WEIGHTS, drift: 0 }, give, createPoseGradient(pose));
}

describe("joints", () => {
  const angle = 1.2;
  const hinge = Array.from({ length: COUNT - 1 }, (_, link) => (link < 4 ? 0 : angle));
  const bow = Array.from({ length: COUNT - 1 }, (_, link) => (link / (COUNT - 2)) * angle);

  test("where bonds give, a hinge costs less than a bow of the same angle; by squares it costs more", () => {
    assert.ok(cost(hinge, null) > 2 * cost(bow, null));
    assert.ok(cost(hinge, GIVE) < cost(hinge, null) / 2);
    const tight = { arap: 0.01, rotation: 0.03, stretch: 0.01 };
    assert.ok(cost(hinge, tight) < cost(bow, tight));
  });

  test("small errors cost what they cost without", () => {
    const slight = hinge.map((value) => value / 60);
    assert.ok(Math.abs(cost(slight, GIVE) / cost(slight, null) - 1) < 0.01);
  });

  test("bonds grow by equal factors from their first share to all of it, and nothing else changes", () => {
    const course = { from: 0.01, until: 0.5 };
    assert.deepEqual(stiffened(WEIGHTS, course, 0), withBonds(WEIGHTS, 0.01));
    const half = stiffened(WEIGHTS, course, 0.25);
    for (const name of ["arap", "rotation", "stretch"] as const) {
      assert.ok(Math.abs(half[name] / WEIGHTS[name] - 0.1) < 1e-9);
    }
    assert.equal(half.acceleration, WEIGHTS.acceleration);
    assert.equal(half.drift, WEIGHTS.drift);
    for (const done of [0.5, 0.8, 1]) assert.deepEqual(stiffened(WEIGHTS, course, done), WEIGHTS);
  });

  test("are of gaits that loop: what plays once or flies keeps its motion and its key", async () => {
    const run = async (prompt: string, loop: boolean, joints: typeof SETTINGS.joints) => {
      const { scene, teacher, renderer } = setUp();
      const settings = { ...SETTINGS, iterations: 6, opening: null, joints };
      const given = { prompt, ...scene, loop, seed: 3, teacher, renderer, settings };
      return (await distill(given)).motion.values;
    };
    const { joints } = PRESET_SETTINGS.draft;
    assert.ok(joints);
    for (const [prompt, loop] of [
      ["a bar walking", false],
      ["a bar flying", true],
    ] as const) {
      assert.deepEqual(await run(prompt, loop, joints), await run(prompt, loop, null), prompt);
    }
    assert.notDeepEqual(await run("a bar walking", true, joints), await run("a bar walking", true, null));
    const identity = (gait: boolean, settings = PRESET_SETTINGS.draft) =>
      JSON.stringify(settingsIdentity(settings, { gait, grounding: null }));
    assert.ok(identity(true).includes("stiffening"));
    assert.equal(identity(false), identity(false, { ...PRESET_SETTINGS.draft, joints: null }));
  });

  test("a body without bones has none", () => {
    assert.equal(soften(PRESET_SETTINGS.draft).joints, null);
  });
});
