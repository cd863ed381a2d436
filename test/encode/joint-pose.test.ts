import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { normalisation, toNormalised } from "../../pipeline/asset/normalise.ts";
import { jointPose } from "../../pipeline/encode/joint-pose.ts";
import { createMotion, evaluateMotion, motionBasis } from "../../pipeline/motion/motion.ts";
import { matrixToQuaternion } from "../../pipeline/motion/rotation.ts";
import { bodyTurn, clipOf, synthesise } from "../runtime/synthetic-field.ts";

describe("the pose in which a clip ends", () => {
  const made = synthesise({ size: 7, offset: 2 });
  const { field, asset } = made;
  const space = normalisation(asset);
  const FRAMES = 48;
  /** Frames on: little enough that the held pose has not begun to give way. */
  const STEP = 0.125;

  // Around an axis through a point, past half a turn: the wide way, on which axis-angles are not unique.
  for (const [loop, most] of [
    [true, 2],
    [false, 3.5],
  ] as const) {
    test(`${loop ? "a loop's first" : "a one-shot's last"}, with its speed, stands where the clip does`, () => {
      const angle = (frame: number) =>
        loop ? most * Math.cos((2 * Math.PI * frame) / FRAMES + 1) : (most * frame) / 47;
      const track = bodyTurn(field, FRAMES, [0, 0.6, 0.8], [15, 14, 14], angle);
      const clip = clipOf(made, track, { loop });
      const seconds = 1.25;
      const pose = jointPose(field, clip, space, seconds);
      const motion = createMotion(field.handleCount, 8, false, undefined, { start: pose, end: "free" });
      const handles = {
        count: field.handleCount,
        positions: toNormalised(field.handles, space),
        radii: new Float32Array(field.handleCount),
        edges: new Uint32Array(),
      };
      const step = STEP / clip.fps / seconds;
      const now = evaluateMotion(motion, handles, motionBasis(motion, [0, step]));
      const quaternion = new Float32Array(4);
      for (let k = 0; k < field.handleCount; k++) {
        const last = loop ? 0 : FRAMES - 1;
        const from = last * field.handleCount + k;
        matrixToQuaternion(now.rotations, k * 9, quaternion, 0);
        const dot = quaternion.reduce((sum, value, c) => sum + value * track.rotations[from * 4 + c], 0);
        assert.ok(1 - Math.abs(dot) < 1e-5, `rotation of handle ${k}`);
        for (let c = 0; c < 3; c++) {
          const tau = (now.centres[k * 3 + c] - handles.positions[k * 3 + c]) / space.scale;
          assert.ok(Math.abs(tau - track.translations[from * 3 + c]) < 2e-3 * field.scale, `place of handle ${k}`);
        }
      }
      // A little later the body has turned on as it was turning.
      const ahead = bodyTurn(field, 1, [0, 0.6, 0.8], [15, 14, 14], () => angle(loop ? STEP : FRAMES - 1 + STEP));
      let [missed, stepped] = [0, 0];
      for (let k = 0; k < field.handleCount; k++) {
        for (let c = 0; c < 3; c++) {
          const at = field.handleCount * 3 + k * 3 + c;
          const tau = (now.centres[at] - handles.positions[k * 3 + c]) / space.scale;
          const before = track.translations[(loop ? 0 : (FRAMES - 1) * field.handleCount * 3) + k * 3 + c];
          missed += (tau - ahead.translations[k * 3 + c]) ** 2;
          stepped += (ahead.translations[k * 3 + c] - before) ** 2;
        }
      }
      assert.ok(Math.sqrt(missed / stepped) < 0.15, `${Math.sqrt(missed / stepped)} of a step`);
    });
  }

  test("of one frame has no speed", () => {
    const still = clipOf(
      made,
      bodyTurn(field, 1, [0, 1, 0], [0, 0, 0], () => 1),
      { loop: false },
    );
    assert.ok(jointPose(field, still, space, 1).change.every((value) => value === 0));
  });
});
