import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { distill } from "../../pipeline/distill/distill.ts";
import { placeSoles } from "../../pipeline/distill/ground.ts";
import { findLowest, landedMiddles, landing, landingTerms } from "../../pipeline/distill/landing.ts";
import { createRandom } from "../../pipeline/distill/random.ts";
import type { Binding, Handles } from "../../pipeline/motion/handles.ts";
import {
  backpropagateMotion,
  createMotion,
  createPoseGradient,
  evaluateMotion,
  type Motion,
  motionBasis,
} from "../../pipeline/motion/motion.ts";
import { findBody } from "../../pipeline/motion/soles.ts";
import { gradientError } from "../motion/central-differences.ts";
import { SETTINGS, setUp } from "./swing.ts";

const FRAMES = 12;
const WEIGHTS = { land: 0.8, sink: 0.6, share: 0.1, ramp: [0.5, 0.75] as [number, number] };

/** A board that stands on its edge: 2 by 10 points, a handle at the bottom, in the middle and at the top. */
function board() {
  const positions = Float32Array.from(
    { length: 60 },
    (_, i) => [(i % 6 < 3 ? -1 : 1) * 0.1, Math.floor(i / 6) / 9 - 0.5, 0][i % 3],
  );
  const handles: Handles = {
    count: 3,
    positions: Float32Array.from([0, -0.45, 0, 0, 0, 0, 0, 0.45, 0]),
    radii: new Float32Array(3).fill(0.4),
    edges: Uint32Array.from([0, 1, 1, 2]),
  };
  const binding: Binding = { count: 20, indices: new Uint16Array(80), weights: new Float32Array(80) };
  for (let p = 0; p < 20; p++) {
    const own = Math.min(2, Math.floor(p / 7));
    binding.indices.set([own, (own + 1) % 3, 0, 0], p * 4);
    binding.weights.set([0.8, 0.2, 0, 0], p * 4);
  }
  const body = findBody({ positions, count: 20 }, binding);
  assert.ok(body);
  return { handles, body };
}

function randomMotion(): Motion {
  const random = createRandom(5);
  const motion = createMotion(3, 6, false);
  motion.values = motion.values.map(() => (random() - 0.5) * 0.4);
  return motion;
}

/** The board turned about its middle by `turn(time)`, and let down by `drop(time)`. */
function pose(turn: (time: number) => number, drop: (time: number) => number = () => 0) {
  const { handles, body } = board();
  const basis = motionBasis(createMotion(3, 6, false), FRAMES);
  const motion = createMotion(3, 4, false);
  const rows = basis.times.flatMap((time) => [...new Array(18).fill(0), turn(time), 0, 0, 0, -drop(time), 0]);
  // One knot a frame: the pose is what is asked for.
  const every = { ...motion, knots: FRAMES, values: Float64Array.from(rows) };
  const weights = Float64Array.from({ length: FRAMES * FRAMES }, (_, i) => (i % (FRAMES + 1) === 0 ? 1 : 0));
  return { handles, body, times: basis.times, pose: evaluateMotion(every, handles, { ...basis, weights }) };
}

const penalty = (of: ReturnType<typeof pose>, change: Partial<typeof WEIGHTS> = {}) =>
  landing(of.body, of.handles, of.pose, of.times, { ...WEIGHTS, ...change }, createPoseGradient(of.pose));

describe("landing", () => {
  for (const name of ["land", "sink"] as const) {
    test(`the gradient of "${name}" is that of central differences`, () => {
      const { handles, body } = board();
      const motion = randomMotion();
      const basis = motionBasis(motion, FRAMES);
      const now = evaluateMotion(motion, handles, basis);
      const lowest = findLowest(body, placeSoles(body, handles, now), WEIGHTS.share);
      assert.ok(lowest.heights.some((height) => height < 0) && lowest.heights.some((height) => height > 0));
      const middles = landedMiddles(lowest, now);
      const one = { land: 0, sink: 0, ramp: WEIGHTS.ramp, [name]: WEIGHTS[name] };
      const loss = (out = createPoseGradient(now)) =>
        landingTerms(
          body,
          handles,
          evaluateMotion(motion, handles, basis),
          lowest.points,
          middles,
          basis.times,
          one,
          out,
        );
      const gradient = createPoseGradient(now);
      assert.ok(loss(gradient) > 0);
      const analytic = backpropagateMotion(motion, now, gradient, basis);
      assert.ok(gradientError(motion.values, analytic, () => loss()) < 1e-6);
    });
  }

  test("standing and lying on the ground cost nothing", () => {
    assert.ok(penalty(pose(() => 0)) < 1e-12);
    assert.ok(
      penalty(
        pose(
          () => Math.PI / 2,
          () => 0.5,
        ),
      ) < 1e-6,
    );
  });

  test("a body that lies at half its height is let down as a whole, after the fall alone", () => {
    const lying = pose(() => Math.PI / 2);
    const gradient = createPoseGradient(lying.pose);
    const { handles, body, times } = lying;
    const cost = landing(body, handles, lying.pose, times, { ...WEIGHTS, sink: 0 }, gradient);
    // It hangs at half its height, 0.5, in every frame; what counts is their weighted mean.
    assert.ok(Math.abs(cost - WEIGHTS.land * 0.25) < 1e-6, `${cost}`);
    for (let f = 0; f < FRAMES; f++) {
      const down = [0, 1, 2].map((k) => gradient.centres[(f * 3 + k) * 3 + 1]);
      assert.ok(down.every((g) => g === down[0] && (times[f] < 0.5 ? g === 0 : g > 0)));
    }
    assert.ok(gradient.rotations.every((g) => g === 0));
  });

  test("what is under the ground costs at any time, what is above it early does not", () => {
    assert.ok(
      penalty(
        pose(
          () => 0,
          (time) => (time < 0.4 ? 0.1 : 0),
        ),
      ) > 1e-4,
    );
    assert.ok(
      penalty(
        pose(
          () => 0,
          (time) => (time < 0.4 ? -0.1 : 0),
        ),
      ) < 1e-12,
    );
  });
});

test("a fall lands, and what is no fall keeps every byte", async () => {
  const { scene, teacher, renderer } = setUp();
  const falling = findBody(scene.splats, scene.binding);
  assert.ok(falling);
  const run = async (given: typeof falling | null, landing: typeof WEIGHTS | null) => {
    const settings = { ...SETTINGS, iterations: 30, landing };
    const input = { prompt: "x", ...scene, loop: false, seed: 7, teacher, renderer, settings, falling: given };
    return (await distill(input)).motion;
  };
  const whole = { ...WEIGHTS, land: 200, sink: 200 };
  const free = await run(null, whole);
  assert.deepEqual((await run(falling, null)).values, free.values);
  const landed = await run(falling, whole);
  const end = (motion: Motion) => {
    const places = placeSoles(falling, scene.handles, evaluateMotion(motion, scene.handles, motionBasis(motion, 16)));
    return Math.abs(findLowest(falling, places, WEIGHTS.share).heights[15]);
  };
  assert.ok(end(landed) < 0.3 * end(free), `${end(landed)} of ${end(free)}`);
});
