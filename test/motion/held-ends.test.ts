import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRandom } from "../../pipeline/distill/random.ts";
import type { Handles } from "../../pipeline/motion/handles.ts";
import { FREE_ENDS, HELD_RAMP, type HeldPose, heldAtRest, turnedShare } from "../../pipeline/motion/held-ends.ts";
import {
  backpropagateMotion,
  createMotion,
  createPoseGradient,
  evaluateMotion,
  type Motion,
  motionBasis,
} from "../../pipeline/motion/motion.ts";
import { gradientError } from "./central-differences.ts";

const HANDLES: Handles = {
  count: 2,
  positions: Float32Array.from([0, 0, 0, 0.5, 0, 0]),
  radii: new Float32Array(2).fill(0.3),
  edges: Uint32Array.from([0, 1]),
};
const ROW = 18;
const random = createRandom(8);
const numbers = (length: number) => Float64Array.from({ length }, () => random() - 0.5);
const POSE: HeldPose = { values: numbers(ROW), change: numbers(ROW) };

function motionOf(loop: boolean, held: Motion["held"], windows = 1): Motion {
  const motion = createMotion(2, 8, loop, undefined, held, windows);
  motion.values = numbers(motion.values.length);
  return motion;
}

/** Coefficients at a time, and their change over one pass there. */
function at(motion: Motion, time: number) {
  const h = 1e-5;
  const { coefficients } = evaluateMotion(motion, HANDLES, motionBasis(motion, [time, time + h, time - h]));
  const row = (i: number) => coefficients.slice(i * ROW, (i + 1) * ROW);
  const one = time < h ? 1 / h : time > 1 - h ? -1 / h : 0;
  const [own, next, last] = [row(0), row(1), row(2)];
  const change = own.map((value, i) =>
    one > 0 ? (next[i] - value) * one : one < 0 ? (last[i] - value) * one : (next[i] - last[i]) / (2 * h),
  );
  return { values: own, change };
}

const near = (a: Float64Array, b: Float64Array, within: number) => {
  for (let i = 0; i < a.length; i++) assert.ok(Math.abs(a[i] - b[i]) < within, `${i}: ${a[i]}, not ${b[i]}`);
};

describe("a motion held to a given pose", () => {
  test("begins in it and goes on as it was going; away from it it is free", () => {
    const motion = motionOf(false, { start: POSE, end: "free" });
    const start = at(motion, 0);
    near(start.values, POSE.values, 1e-12);
    near(start.change, POSE.change, 1e-3);
    const free = { ...motion, held: FREE_ENDS };
    for (const time of [HELD_RAMP, 0.5, 1]) near(at(motion, time).values, at(free, time).values, 1e-12);
  });

  test("ends in it as well, and a loop passes through it smoothly", () => {
    const ended = at(motionOf(false, { start: "rest", end: POSE }), 1);
    near(ended.values, POSE.values, 1e-12);
    near(ended.change, POSE.change, 1e-3);
    const loop = motionOf(true, { start: POSE, end: "free" });
    near(at(loop, 0).values, POSE.values, 1e-12);
    near(at(loop, 0).change, POSE.change, 1e-3);
    // A loop's time 1 is its time 0, seen from before.
    const before = at(loop, 1 - 1e-5);
    near(before.values, POSE.values, 1e-4);
    near(before.change, POSE.change, 1e-2);
  });

  test("of several windows gives way within a window", () => {
    const motion = motionOf(false, { start: POSE, end: "free" }, 4);
    const free = { ...motion, held: FREE_ENDS };
    near(at(motion, 0).values, POSE.values, 1e-12);
    near(at(motion, HELD_RAMP / 4).values, at(free, HELD_RAMP / 4).values, 1e-12);
  });

  test("gradients are those of central differences", () => {
    const motion = motionOf(false, { start: POSE, end: "rest" });
    const basis = motionBasis(motion, 9);
    const pull = numbers(9 * 2 * 3);
    const loss = () => evaluateMotion(motion, HANDLES, basis).centres.reduce((sum, x, i) => sum + x * pull[i], 0);
    const pose = evaluateMotion(motion, HANDLES, basis);
    const gradient = createPoseGradient(pose);
    gradient.centres.set(pull);
    const analytic = backpropagateMotion(motion, pose, gradient, basis);
    assert.ok(gradientError(motion.values, analytic, loss) < 1e-7);
  });
});

test("whole turns leave a held pose gently and are whole in the end; without one they are even", () => {
  const chained = { start: POSE, end: "free" } as const;
  const turned = (time: number) => turnedShare(time, chained, HELD_RAMP);
  assert.equal(turned(0), 0);
  assert.ok(Math.abs(turned(1) - 1) < 1e-12);
  assert.ok(turned(0.01) / 0.01 < 0.01, "no speed at the joint");
  for (const held of [chained, { start: POSE, end: POSE }]) {
    let last = -1;
    for (let i = 0; i <= 100; i++) {
      const share = turnedShare(i / 100, held, HELD_RAMP);
      assert.ok(share > last && share - last < 0.02 + (last < 0 ? 1 : 0), `${i}`);
      last = share;
    }
    assert.ok(Math.abs(last - 1) < 1e-12);
  }
  assert.equal(turnedShare(0.37, heldAtRest("both"), HELD_RAMP), 0.37);
});
