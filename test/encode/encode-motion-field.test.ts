import assert from "node:assert/strict";
import { describe, test } from "node:test";
import validator from "gltf-validator";
import { encodeMotionField } from "../../pipeline/encode/encode-motion-field.ts";
import type { EncodableTrack } from "../../pipeline/encode/motion-clip.ts";
import type { Binding } from "../../pipeline/motion/handles.ts";
import { decodeMotionField } from "../../runtime/decode.ts";
import { deformPositions } from "../../runtime/deform.ts";
import type { MotionField } from "../../runtime/field.ts";
import { sampleHandles } from "../../runtime/sample.ts";
import { clipOf, randomTrack, synthesise } from "../runtime/synthetic-field.ts";

/** The design's formula in doubles, from the unrounded track and weights. */
function exactPositions(
  field: MotionField,
  binding: Binding,
  track: EncodableTrack,
  rest: Float32Array,
  frame: number,
): number[] {
  const out = new Array<number>(rest.length).fill(0);
  for (let v = 0; v < rest.length / 3; v++) {
    for (let b = v * 4; b < v * 4 + 4; b++) {
      const k = binding.indices[b];
      const i = frame * track.handles + k;
      const [x, y, z, w] = track.rotations.subarray(i * 4, i * 4 + 4);
      const d = [0, 1, 2].map((c) => rest[v * 3 + c] - field.handles[k * 3 + c]);
      // v + 2 w (u x v) + 2 u x (u x v), u the quaternion's vector part.
      const t = [2 * (y * d[2] - z * d[1]), 2 * (z * d[0] - x * d[2]), 2 * (x * d[1] - y * d[0])];
      const turned = [
        d[0] + w * t[0] + y * t[2] - z * t[1],
        d[1] + w * t[1] + z * t[0] - x * t[2],
        d[2] + w * t[2] + x * t[1] - y * t[0],
      ];
      for (let c = 0; c < 3; c++) {
        const moved = (track.scales?.[i] ?? 1) * turned[c] + field.handles[k * 3 + c] + track.translations[i * 3 + c];
        out[v * 3 + c] += binding.weights[b] * moved;
      }
    }
  }
  return out;
}

describe("a motion field, encoded and decoded", () => {
  for (const [name, size, offset, handles] of [
    ["of a metre", 1, 0, 20],
    ["of 3000 centimetres, away from the origin", 3000, 0.7, 20],
    ["of a hundredth of a unit", 0.01, 0, 20],
    ["of many handles", 1, 0, 300],
    ["of a single handle", 1, 0, 1],
  ] as const) {
    test(`of a model ${name} plays within 0.1 % of the diagonal`, () => {
      const made = synthesise({ size, offset, handles, seed: 3 });
      const track = randomTrack(made.field, 10, made.random);
      const bytes = encodeMotionField({ ...made.field, clips: [clipOf(made, track)] });
      const field = decodeMotionField(bytes);
      let worst = 0;
      made.asset.primitives.forEach(({ positions }, p) => {
        for (let frame = 0; frame < track.frames; frame++) {
          const matrices = sampleHandles(field, field.clips[0], frame / field.clips[0].fps);
          const moved = deformPositions(field.bindings[p], matrices, positions);
          const exact = exactPositions(made.field, made.bindings[p], track, positions, frame);
          for (let v = 0; v < exact.length; v += 3) {
            const [x, y, z] = [0, 1, 2].map((c) => moved[v + c] - exact[v + c]);
            worst = Math.max(worst, Math.hypot(x, y, z) / field.scale);
          }
        }
      });
      assert.ok(worst < 1e-3, `${worst} diagonals`);
      assert.ok(worst > 1e-6, "halves were rounded");
    });
  }

  test("passes the Khronos validator", async () => {
    const made = synthesise();
    const field = { ...made.field, clips: [clipOf(made, randomTrack(made.field, 6, made.random))] };
    const report = await validator.validateBytes(encodeMotionField(field), { format: "glb" });
    assert.deepEqual(
      report.issues.messages.filter(({ severity }) => severity <= 1),
      [],
    );
    assert.equal(report.mimeType, "model/gltf-binary");
    const codes = new Set(report.issues.messages.map(({ code }) => code));
    assert.deepEqual([...codes].sort(), ["UNSUPPORTED_EXTENSION", "UNUSED_OBJECT"]);
  });

  test("is the same bytes for the same field", () => {
    const bytes = () => {
      const made = synthesise();
      return encodeMotionField({ ...made.field, clips: [clipOf(made, randomTrack(made.field, 6, made.random))] });
    };
    assert.deepEqual(bytes(), bytes());
  });

  test("is never written in a form that cannot be read", () => {
    const made = synthesise();
    const clip = clipOf(made, randomTrack(made.field, 6, made.random));
    const broken = { ...clip, metrics: { jitter: Number.NaN } };
    assert.throws(() => encodeMotionField({ ...made.field, clips: [broken] }), /could not be read back: .*jitter/);
    assert.throws(() => encodeMotionField({ ...made.field, clips: [clip, clip] }), /two clips share a name/);
  });
});
