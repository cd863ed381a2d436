import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AnimusError } from "../../pipeline/errors.ts";
import { deformPositions } from "../../runtime/deform.ts";
import { halfToFloat } from "../../runtime/half.ts";
import { sampleHandles } from "../../runtime/sample.ts";
import { bodyTurn, clipOf, randomTrack, synthesise } from "../runtime/synthetic-field.ts";

const quaternion = (texels: Uint16Array, row: number, handles: number, k: number) =>
  [0, 1, 2, 3].map((c) => halfToFloat(texels[(row * handles + k) * 8 + c]));
const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

describe("motionClip", () => {
  const made = synthesise();
  const { field, asset } = made;

  test("aligns hemispheres in time, whatever signs come in", () => {
    const track = bodyTurn(field, 24, [0, 1, 0], [0, 0, 0], (frame) => (4 * Math.PI * frame) / 24);
    for (let i = 0; i < track.rotations.length; i++) {
      if (Math.floor(i / 4) % 3 === 0) track.rotations[i] *= -1;
    }
    const clip = clipOf(made, track);
    for (let k = 0; k < field.handleCount; k++) {
      assert.ok(quaternion(clip.texels, 0, field.handleCount, k)[3] >= 0);
      for (let row = 1; row < clip.rows; row++) {
        const [a, b] = [row - 1, row].map((r) => quaternion(clip.texels, r, field.handleCount, k));
        assert.ok(dot(a, b) > 0.8, `handle ${k}, row ${row}`);
      }
    }
  });

  test("a loop repeats row 0, negated after one whole turn", () => {
    const track = bodyTurn(field, 24, [0, 1, 0], [0, 0, 0], (frame) => (2 * Math.PI * frame) / 24);
    const clip = clipOf(made, track);
    assert.equal(clip.rows, 25);
    const row = field.handleCount * 8;
    const [first, last] = [clip.texels.subarray(0, row), clip.texels.subarray(24 * row)].map((t) =>
      Array.from(t, halfToFloat),
    );
    for (const [i, value] of first.entries()) assert.equal(last[i], i % 8 < 4 ? -value : value);
    assert.equal(clipOf(made, track, { loop: false }).rows, 24);
  });

  test("normalises quaternions and fills in a scale of 1", () => {
    const track = bodyTurn(field, 2, [0, 0, 1], [0, 0, 0], (frame) => frame);
    const clip = clipOf(made, { ...track, rotations: track.rotations.map((value) => value * 3) });
    for (let row = 0; row < 2; row++) {
      assert.ok(Math.abs(Math.hypot(...quaternion(clip.texels, row, field.handleCount, 3)) - 1) < 1e-3);
      assert.equal(halfToFloat(clip.texels[(row * field.handleCount + 3) * 8 + 7]), 1);
    }
  });

  test("no vertex leaves the bounds at any time, and they are not loose", () => {
    for (const [name, track, loop] of [
      ["random", randomTrack(field, 8, made.random, 0.3), true],
      ["turn", bodyTurn(field, 10, [0.6, 0.8, 0], [0.3, 0.2, 0], (frame) => (2 * Math.PI * frame) / 10), true],
      ["still", bodyTurn(field, 3, [0, 1, 0], [0, 0, 0], () => 0), false],
    ] as const) {
      const clip = clipOf(made, track, { loop });
      const low = [...clip.bounds.max];
      for (let i = 0; i <= 400; i++) {
        const matrices = sampleHandles(field, clip, (i / 400) * clip.duration);
        asset.primitives.forEach(({ positions }, p) => {
          deformPositions(field.bindings[p], matrices, positions).forEach((value, at) => {
            const axis = at % 3;
            low[axis] = Math.min(low[axis], value);
            assert.ok(value >= clip.bounds.min[axis] && value <= clip.bounds.max[axis], `${name}: vertex value ${at}`);
          });
        });
      }
      const slack = Math.max(...low.map((value, axis) => value - clip.bounds.min[axis])) / field.scale;
      assert.ok(slack < 0.1, `${name}: ${slack} diagonals loose`);
    }
  });

  test("refuses transforms that halves cannot hold", () => {
    const track = randomTrack(field, 4, made.random);
    const edited = (key: "rotations" | "translations", value: number) => {
      const values = track[key].slice();
      values[5 * (key === "rotations" ? 4 : 3)] = value;
      return { ...track, [key]: values };
    };
    const internal = (pattern: RegExp) => (error: unknown) =>
      error instanceof AnimusError && error.code === "internal" && pattern.test(error.message);
    assert.throws(() => clipOf(made, edited("rotations", Number.NaN)), internal(/handle 5 in frame 0 is NaN/));
    assert.throws(() => clipOf(made, edited("translations", 1e9)), internal(/handle 5 in frame 0 is/));
    assert.throws(() => clipOf(made, { ...track, handles: 3 }), internal(/3 handles cannot be encoded/));
  });
});
