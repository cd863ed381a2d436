import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deformNormals, deformPositions, toMeshSpace } from "../../runtime/deform.ts";
import { blendPoses, clipRow, poseMatrices, sampleHandles, samplePose } from "../../runtime/sample.ts";
import { bodyTurn, clipOf, randomTrack, rotateAbout, synthesise } from "./synthetic-field.ts";

const AXIS = [2 / 7, 3 / 7, 6 / 7] as const;
const THROUGH = [0.4, 0.1, -0.2] as const;
/** Length of a vector between two points of flat arrays. */
const gap = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));

describe("clipRow", () => {
  const made = synthesise();
  const loop = clipOf(made, randomTrack(made.field, 12, made.random));
  const once = clipOf(made, randomTrack(made.field, 12, made.random), { loop: false });
  for (const [name, clip, time, row] of [
    ["a loop wraps", loop, 12.5 / 30, 0.5],
    ["a loop wraps backwards", loop, -0.5 / 30, 11.5],
    ["a loop wraps after hours", loop, 7200, 0],
    ["a loop reaches into its last step", loop, 11.75 / 30, 11.75],
    ["a single pass holds its start", once, -3, 0],
    ["a single pass holds its end", once, 3, 11],
    ["a single pass plays in between", once, 0.1, 3],
  ] as const) {
    test(name, () => assert.ok(Math.abs(clipRow(clip, time) - row) < 1e-6, String(clipRow(clip, time))));
  }
  test("durations", () => assert.deepEqual([loop.duration, once.duration], [12 / 30, 11 / 30]));
});

describe("sampling a turn of the whole body", () => {
  const made = synthesise();
  const { field, asset } = made;
  const frames = 32;
  const angle = (frame: number) => (2 * Math.PI * frame) / frames;
  const clip = clipOf(made, bodyTurn(field, frames, AXIS, THROUGH, angle));
  const rest = asset.primitives[0].positions;
  const expected = (frame: number) =>
    Array.from({ length: rest.length / 3 }, (_, v) =>
      rotateAbout([...rest.subarray(v * 3, v * 3 + 3)], AXIS, THROUGH, angle(frame)),
    ).flat();

  test("frames match the analytic rotation to 0.1 % of the diagonal", () => {
    for (let frame = 0; frame < frames; frame++) {
      const moved = deformPositions(field.bindings[0], sampleHandles(field, clip, frame / 30), rest);
      assert.ok(gap(moved, expected(frame)) < 1e-3 * field.scale, `frame ${frame}`);
    }
  });

  test("between frames it stays on the arc", () => {
    for (const frame of [0.5, 7.25, 30.9, 31.5]) {
      const moved = deformPositions(field.bindings[0], sampleHandles(field, clip, frame / 30), rest);
      // The chord of a step of 2 pi / 32 lies at most 0.5 % of the radius inside the arc.
      assert.ok(gap(moved, expected(frame)) < 6e-3 * field.scale, `frame ${frame}`);
    }
  });

  test("no step at the seam, although the turn ends on the other hemisphere", () => {
    const at = (time: number) => deformPositions(field.bindings[0], sampleHandles(field, clip, time), rest);
    const end = clip.duration;
    assert.ok(gap(at(end - 1e-5), at(end)) < 1e-3 * field.scale);
    assert.ok(gap(at(end), at(0)) < 1e-6 * field.scale);
    const usual = gap(at(10 / 30), at(10.25 / 30));
    for (let i = 0; i < 8; i++) {
      const step = gap(at(end + (i / 4 - 1) / 30), at(end + ((i + 1) / 4 - 1) / 30));
      assert.ok(step < 2 * usual + 1e-6, `quarter step ${i}: ${step}, usual ${usual}`);
    }
    assert.ok(usual > 0.01 * field.scale, "the body moves");
  });

  test("normals turn with it and stay unit", () => {
    const normals = asset.primitives[0].normals;
    const turned = deformNormals(field.bindings[0], sampleHandles(field, clip, 5 / 30), normals);
    const up = rotateAbout([0, 1, 0], AXIS, [0, 0, 0], angle(5));
    for (let v = 0; v < normals.length; v += 3) assert.ok(gap(turned.subarray(v, v + 3), up) < 2e-3);
  });

  test("in mesh space the same vertices move the same way", () => {
    // Turned by 90 degrees about z, mirrored, scaled unevenly, moved.
    const binding = {
      ...field.bindings[0],
      meshToAsset: new Float32Array([0, 2, 0, 0, -3, 0, 0, 0, 0, 0, -0.5, 0, 5, 6, 7, 1]),
    };
    const matrices = sampleHandles(field, clip, 0.3);
    const local = new Float32Array(rest.length);
    const m = binding.meshToAsset;
    const toAsset = (p: ArrayLike<number>, v: number) =>
      [0, 1, 2].map((c) => m[c] * p[v] + m[4 + c] * p[v + 1] + m[8 + c] * p[v + 2] + m[12 + c]);
    for (let v = 0; v < rest.length; v += 3) {
      local.set([(rest[v + 1] - 6) / 2, (rest[v] - 5) / -3, (rest[v + 2] - 7) / -0.5], v);
    }
    const movedLocal = deformPositions(binding, toMeshSpace(binding, matrices), local);
    const moved = deformPositions(binding, matrices, rest);
    for (let v = 0; v < rest.length; v += 3) {
      assert.ok(gap(toAsset(movedLocal, v), moved.subarray(v, v + 3)) < 1e-4, `vertex ${v / 3}`);
    }
    const flat = { ...binding, meshToAsset: new Float32Array(16) };
    assert.throws(() => toMeshSpace(flat, matrices), /scaled to nothing/);
  });

  test("a rest array of another mesh is refused", () => {
    const matrices = sampleHandles(field, clip, 0);
    assert.throws(() => deformPositions(field.bindings[0], matrices, rest.subarray(3)), /60 vertices, not for 59/);
  });
});

describe("blendPoses", () => {
  const made = synthesise();
  const clip = clipOf(made, randomTrack(made.field, 4, made.random));
  const a = samplePose(made.field, clip, 0);
  const b = samplePose(made.field, clip, 2 / 30);

  test("ends are the poses themselves, as matrices", () => {
    const matrices = (pose: Float32Array) => poseMatrices(made.field, pose);
    assert.ok(gap(matrices(blendPoses(a, b, 0)), matrices(a)) < 1e-6);
    assert.ok(gap(matrices(blendPoses(a, b, 1)), matrices(b)) < 1e-6);
  });

  test("halfway between q and -q is q, and between turns of 0 and 90 degrees is 45", () => {
    const same = blendPoses(
      a,
      a.map((value, i) => (i % 8 < 4 ? -value : value)),
      0.5,
    );
    assert.ok(gap(same, a) < 1e-6);
    const half = Math.SQRT1_2;
    const mid = blendPoses(
      new Float32Array([0, 0, 0, 1, 0, 0, 0, 1]),
      new Float32Array([0, half, 0, half, 2, 0, 0, 3]),
      0.5,
    );
    assert.ok(gap(mid, [0, Math.sin(Math.PI / 8), 0, Math.cos(Math.PI / 8), 1, 0, 0, 2]) < 1e-6);
  });

  test("opposite rotations never give a number that is not finite", () => {
    const mid = blendPoses(new Float32Array([1, 0, 0, 0, 0, 0, 0, 1]), new Float32Array([0, 1, 0, 0, 0, 0, 0, 1]), 0.5);
    assert.ok(mid.every(Number.isFinite));
  });

  test("writes into its argument", () => {
    const copy = a.slice();
    assert.equal(blendPoses(copy, b, 0.25, copy), copy);
    assert.ok(gap(copy, blendPoses(a, b, 0.25)) === 0);
  });
});
