import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findContacts, groundContact, groundTerms, placeSoles } from "../../pipeline/distill/ground.ts";
import { createRandom } from "../../pipeline/distill/random.ts";
import { deform } from "../../pipeline/motion/deform.ts";
import type { Binding, Handles } from "../../pipeline/motion/handles.ts";
import {
  backpropagateMotion,
  createMotion,
  createPoseGradient,
  evaluateMotion,
  motionBasis,
} from "../../pipeline/motion/motion.ts";
import { findSoles } from "../../pipeline/motion/soles.ts";
import { gradientError } from "../motion/central-differences.ts";

const FRAMES = 16;
const WEIGHTS = { sink: 0.7, slide: 0.9, lift: 0.6, reach: 0.1, ramp: [0, 1] as [number, number] };

/** A table of two legs at x = -0.2 and 0.2, a handle on either foot and one on the top. */
function table() {
  const feet = [-0.2, 0.2].flatMap((x) => [-0.05, 0.05].map((z) => [x, -0.5, z]));
  const top = [-0.2, 0.2].flatMap((x) => [-0.1, 0.1].map((z) => [x, 0.5, z]));
  const positions = Float32Array.from([...feet, ...top].flat());
  const handles: Handles = {
    count: 3,
    positions: Float32Array.from([-0.2, -0.45, 0, 0.2, -0.45, 0, 0, 0.45, 0]),
    radii: new Float32Array(3).fill(0.4),
    edges: Uint32Array.from([0, 2, 1, 2]),
  };
  const binding: Binding = { count: 8, indices: new Uint16Array(32), weights: new Float32Array(32) };
  for (let p = 0; p < 8; p++) {
    const own = p < 4 ? Math.floor(p / 2) : 2;
    binding.indices.set([own, (own + 1) % 3, 0, 0], p * 4);
    binding.weights.set([0.8, 0.2, 0, 0], p * 4);
  }
  const soles = findSoles({ positions, count: 8 }, binding);
  assert.ok(soles);
  return { positions, handles, binding, soles };
}

function randomMotion(loop: boolean) {
  const random = createRandom(11);
  const motion = createMotion(3, 6, loop, { axis: [0.6, 0, 0.8], turns: 0 });
  motion.values = motion.values.map(() => (random() - 0.5) * 0.3);
  return motion;
}

describe("soles", () => {
  test("are the lowest points, at the height of the ground, moved as the splats are", () => {
    const { positions, handles, binding, soles } = table();
    assert.equal(soles.binding.count, 4);
    assert.ok(Math.abs(soles.ground + 0.5) < 1e-6);
    const motion = randomMotion(true);
    const pose = evaluateMotion(motion, handles, motionBasis(motion, FRAMES));
    const places = placeSoles(soles, handles, pose);
    const moved = deform(positions, binding, handles, pose).positions;
    for (let f = 0; f < FRAMES; f++) {
      for (let i = 0; i < 12; i++) assert.ok(Math.abs(places[f * 12 + i] - moved[f * 24 + i]) < 1e-6);
    }
  });

  test("what does not stand over its lowest points has none", () => {
    const { positions, binding } = table();
    const leaning = positions.map((value, i) => (i % 3 === 2 && i >= 12 ? value + 0.9 : value));
    assert.equal(findSoles({ positions: leaning, count: 8 }, binding), null);
  });
});

describe("ground contact", () => {
  for (const loop of [true, false]) {
    test(`gradients are those of central differences, ${loop ? "loop" : "one-shot"}`, () => {
      const { handles, soles } = table();
      const motion = randomMotion(loop);
      const basis = motionBasis(motion, FRAMES);
      const pose = evaluateMotion(motion, handles, basis);
      const contacts = findContacts(soles, placeSoles(soles, handles, pose), WEIGHTS.reach);
      assert.ok(contacts.some((c) => c === 1) && contacts.some((c) => c > 0 && c < 1));
      for (const name of ["sink", "slide", "lift"] as const) {
        const one = { sink: 0, slide: 0, lift: 0, [name]: WEIGHTS[name] };
        const loss = () => {
          const now = evaluateMotion(motion, handles, basis);
          return groundTerms(soles, handles, now, contacts, loop, one, 0.5, createPoseGradient(now));
        };
        const gradient = createPoseGradient(pose);
        assert.ok(groundTerms(soles, handles, pose, contacts, loop, one, 0.5, gradient) > 0, name);
        const analytic = backpropagateMotion(motion, pose, gradient, basis);
        assert.ok(gradientError(motion.values, analytic, loss) < 1e-6, name);
      }
    });
  }

  /** Loss of feet that follow z(frame) and y(frame); both together. */
  const lossOf = (z: (f: number) => number, y: (f: number) => number) => {
    const { handles, soles } = table();
    const motion = createMotion(3, 6, false);
    const pose = evaluateMotion(motion, handles, motionBasis(motion, FRAMES));
    for (let f = 0; f < FRAMES; f++) {
      for (let k = 0; k < 3; k++) {
        pose.centres[(f * 3 + k) * 3 + 1] += y(f);
        pose.centres[(f * 3 + k) * 3 + 2] += z(f);
      }
    }
    return groundContact(soles, handles, pose, false, WEIGHTS, 1, createPoseGradient(pose));
  };

  test("going backwards evenly costs nothing, nor does swinging above the ground", () => {
    assert.ok(
      lossOf(
        (f) => -0.02 * f,
        () => 0,
      ) < 1e-12,
    );
    assert.ok(
      lossOf(
        (f) => 0.05 * Math.sin(f),
        () => 0.2,
      ) < 1e-12,
    );
  });

  test("forwards, unevenly, up and down and into the ground all cost", () => {
    const even = (f: number) => -0.02 * f;
    assert.ok(
      lossOf(
        (f) => 0.02 * f,
        () => 0,
      ) > 1e-4,
      "forwards",
    );
    assert.ok(
      lossOf(
        (f) => -0.02 * f - 0.02 * Math.sin(f),
        () => 0,
      ) > 1e-4,
      "unevenly",
    );
    assert.ok(lossOf(even, (f) => 0.005 * (f % 2)) > 1e-6, "up and down");
    assert.ok(lossOf(even, () => -0.03) > 1e-4, "sunk");
  });

  test("before the ramp only sinking counts", () => {
    const { handles, soles } = table();
    const motion = randomMotion(true);
    const pose = evaluateMotion(motion, handles, motionBasis(motion, FRAMES));
    const at = (done: number, sink: number) =>
      groundContact(soles, handles, pose, true, { ...WEIGHTS, sink, ramp: [0.4, 0.6] }, done, createPoseGradient(pose));
    assert.equal(at(0.3, 0), 0);
    assert.ok(at(0.5, 0) > 0 && at(0.5, 0) < at(1, 0));
    assert.ok(at(0, 1) > 0);
  });
});
