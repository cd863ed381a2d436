import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRandom } from "../../pipeline/distill/random.ts";
import { regularise } from "../../pipeline/distill/regularisers.ts";
import { deform, deformBackward } from "../../pipeline/motion/deform.ts";
import type { Binding, Handles } from "../../pipeline/motion/handles.ts";
import { heldAtRest, joinEnds } from "../../pipeline/motion/held-ends.ts";
import {
  backpropagateMotion,
  createMotion,
  createPoseGradient,
  evaluateMotion,
  motionBasis,
  NO_WINDING,
} from "../../pipeline/motion/motion.ts";
import { frameTimes, splineBasis } from "../../pipeline/motion/spline.ts";
import { gradientError } from "./central-differences.ts";

const FRAMES = 6;

function scene(loop: boolean, size = 0.6) {
  const random = createRandom(5);
  const centred = () => random() * 2 - 1;
  const count = 5;
  const handles: Handles = {
    count,
    positions: Float32Array.from({ length: count * 3 }, centred),
    radii: new Float32Array(count).fill(0.3),
    edges: Uint32Array.from([0, 1, 1, 2, 2, 3, 3, 4, 0, 4]),
  };
  const points = Float32Array.from({ length: 7 * 3 }, centred);
  const binding: Binding = { count: 7, indices: new Uint16Array(28), weights: new Float32Array(28) };
  for (let p = 0; p < 7; p++) {
    const raw = [random(), random(), random(), random()];
    const sum = raw.reduce((a, b) => a + b);
    raw.forEach((weight, b) => {
      binding.indices[p * 4 + b] = (p + b) % count;
      binding.weights[p * 4 + b] = weight / sum;
    });
  }
  const motion = createMotion(count, 5, loop, { axis: [0.6, 0, 0.8], turns: loop ? 1 : 0 });
  motion.values = motion.values.map(() => centred() * size);
  return { handles, points, binding, motion, basis: motionBasis(motion, FRAMES), random };
}

describe("spline basis", () => {
  test("rows sum to one and a periodic curve closes with its velocity", () => {
    const basis = splineBasis(8, [0, 0.37, 1 - 1e-9], true);
    for (let row = 0; row < 3; row++) {
      const sum = basis.subarray(row * 8, row * 8 + 8).reduce((a, b) => a + b);
      assert.ok(Math.abs(sum - 1) < 1e-12);
    }
    for (let knot = 0; knot < 8; knot++) assert.ok(Math.abs(basis[knot] - basis[16 + knot]) < 1e-6);
  });

  test("a loop leaves its last step to the wrap, a one-shot ends on its last frame", () => {
    assert.deepEqual(frameTimes(4, true), [0, 0.25, 0.5, 0.75]);
    assert.equal(frameTimes(4, false)[3], 1);
  });

  test("fewer than four knots are refused", () => {
    assert.throws(() => splineBasis(3, [0], false), /at least 4 knots/);
  });
});

describe("motion gradients", () => {
  for (const loop of [true, false]) {
    // A random linear function of positions and linear parts exercises every path of the chain rule.
    test(`deformation through handles and root, ${loop ? "loop" : "one-shot"}`, () => {
      const { handles, points, binding, motion, basis, random } = scene(loop);
      const onPositions = Float32Array.from({ length: FRAMES * 21 }, () => random() - 0.5);
      const onLinears = Float32Array.from({ length: FRAMES * 63 }, () => random() - 0.5);
      const loss = () => {
        const pose = evaluateMotion(motion, handles, basis);
        // Double precision throughout, so that differences are not drowned by float32 rounding.
        let sum = 0;
        for (let f = 0; f < FRAMES; f++) {
          for (let p = 0; p < 7; p++) {
            for (let b = 0; b < 4; b++) {
              const k = binding.indices[p * 4 + b];
              const w = binding.weights[p * 4 + b];
              for (let i = 0; i < 3; i++) {
                let x = pose.centres[(f * 5 + k) * 3 + i];
                for (let j = 0; j < 3; j++) {
                  const a = pose.rotations[(f * 5 + k) * 9 + i * 3 + j];
                  x += a * (points[p * 3 + j] - handles.positions[k * 3 + j]);
                  sum += w * a * onLinears[(f * 7 + p) * 9 + i * 3 + j];
                }
                sum += w * x * onPositions[(f * 7 + p) * 3 + i];
              }
            }
          }
        }
        return sum;
      };
      const pose = evaluateMotion(motion, handles, basis);
      const gradient = createPoseGradient(pose);
      deformBackward(points, binding, handles, { positions: onPositions, linears: onLinears }, FRAMES, gradient);
      const analytic = backpropagateMotion(motion, pose, gradient, basis);
      assert.ok(gradientError(motion.values, analytic, loss) < 1e-6);

      const posed = deform(points, binding, handles, pose);
      const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
      assert.ok(Math.abs(dot(posed.positions, onPositions) + dot(posed.linears, onLinears) - loss()) < 1e-4);
    });

    test(`regularisers, ${loop ? "loop" : "one-shot"}`, () => {
      const { handles, motion, basis } = scene(loop);
      const weights = { arap: 0.7, rotation: 0.4, stretch: 0.9, acceleration: 0.6, drift: 0.8 };
      const gives = [null, { arap: 0.05, rotation: 0.1, stretch: 0.02 }];
      const cases = (Object.keys(weights) as (keyof typeof weights)[]).flatMap((name) =>
        gives.map((give) => ({ name, give })),
      );
      for (const { name, give } of cases) {
        const one = { arap: 0, rotation: 0, stretch: 0, acceleration: 0, drift: 0, [name]: weights[name] };
        const loss = () => {
          const pose = evaluateMotion(motion, handles, basis);
          return regularise(pose, handles, loop, one, give, createPoseGradient(pose));
        };
        const pose = evaluateMotion(motion, handles, basis);
        const gradient = createPoseGradient(pose);
        const value = regularise(pose, handles, loop, one, give, gradient);
        if (name === "drift" && !loop) assert.equal(value, 0);
        else {
          assert.ok(value > 0, name);
          const analytic = backpropagateMotion(motion, pose, gradient, basis);
          assert.ok(gradientError(motion.values, analytic, loss) < 1e-6, name);
        }
      }
    });
  }

  test("a motion of zeros leaves every point where it was", () => {
    const { handles, points, binding, motion, basis } = scene(false, 0);
    const posed = deform(points, binding, handles, evaluateMotion(motion, handles, basis));
    for (let i = 0; i < posed.positions.length; i++) {
      assert.ok(Math.abs(posed.positions[i] - points[i % points.length]) < 1e-6);
    }
  });
});

describe("a motion held at rest", () => {
  const poseOf = (loop: boolean, held: "none" | "start" | "end" | "both", times: number) => {
    const { handles, motion } = scene(loop);
    const still = { ...motion, winding: NO_WINDING, held: joinEnds(heldAtRest(held), loop) };
    return { handles, pose: evaluateMotion(still, handles, motionBasis(still, times)) };
  };
  const away = ({ handles, pose }: ReturnType<typeof poseOf>, frame: number) =>
    Math.max(...handles.positions.map((rest, i) => Math.abs(pose.centres[frame * handles.count * 3 + i] - rest)));

  test("stands in the rest pose at the ends that were asked for, and nowhere else", () => {
    for (const [held, start, end] of [
      ["none", false, false],
      ["start", true, false],
      ["end", false, true],
      ["both", true, true],
    ] as const) {
      const made = poseOf(false, held, 21);
      assert.equal(away(made, 0) < 1e-7, start, held);
      assert.equal(away(made, 20) < 1e-7, end, held);
      assert.ok(away(made, 10) > 0.05);
    }
  });

  test("leaves without a jerk: a loop's seam is smooth and the middle is untouched", () => {
    const frames = 200;
    const made = poseOf(true, "start", frames);
    assert.ok(away(made, 0) < 1e-7);
    // Third order: ten times as far from the seam is a thousand times as far from rest.
    assert.ok(away(made, 1) < 2e-3 * away(made, 10), `${away(made, 1)} of ${away(made, 10)}`);
    assert.ok(away(made, frames - 1) < 2e-3 * away(made, frames - 10));
    const free = poseOf(true, "none", frames);
    for (let i = 60 * 15; i < 140 * 15; i++) assert.equal(made.pose.centres[i], free.pose.centres[i]);
  });
});
