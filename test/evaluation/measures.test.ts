import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  cosine,
  displacements,
  fallenApart,
  flicker,
  mirrored,
  motionSize,
  objectPsnr,
  type Paths,
} from "./measures.ts";

const FRAMES = 16;

/** Two points, left and right, that swing along z. */
function swinging(left: number, right: number): Paths {
  const rest = Float32Array.from([0.2, 0, 0, -0.2, 0, 0]);
  const positions = Float32Array.from({ length: FRAMES * 6 }, (_, i) => {
    const size = i % 6 === 2 ? left : i % 6 === 5 ? right : 0;
    return rest[i % 6] + size * Math.sin((2 * Math.PI * Math.floor(i / 6)) / FRAMES);
  });
  return { frames: FRAMES, loop: true, positions, rest };
}

describe("motion", () => {
  test("the size of a swing is its root mean square, of a one-shot that of its way from rest", () => {
    const rest = Float32Array.from([0, 0, 0]);
    const positions = Float32Array.from({ length: FRAMES * 3 }, (_, i) =>
      i % 3 === 0 ? 5 + 0.1 * Math.sin((2 * Math.PI * Math.floor(i / 3)) / FRAMES) : 0,
    );
    assert.ok(Math.abs(motionSize({ frames: FRAMES, loop: true, positions, rest }) - 0.1 / Math.SQRT2) < 1e-5);
    assert.ok(Math.abs(motionSize({ frames: FRAMES, loop: false, positions, rest }) - 5) < 0.01);
  });
  test("a motion agrees with itself, disagrees with its opposite and says nothing of stillness", () => {
    const path = swinging(1, -1);
    const away = displacements(path);
    assert.ok(cosine(away, away) > 0.9999);
    assert.ok(
      cosine(
        away,
        away.map((value) => -2 * value),
      ) < -0.9999,
    );
    assert.equal(cosine(away, new Float32Array(away.length)), 0);
  });
});

describe("mirror image", () => {
  test("a swing of the left point becomes one of the right, sideways ways turn round", () => {
    const away = displacements(swinging(1, 0));
    const other = displacements(swinging(0, 1));
    const rest = swinging(1, 0).rest;
    assert.ok(cosine(mirrored(away, rest), other) > 0.9999);
    const sideways = Float32Array.from({ length: 6 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    assert.deepEqual([...mirrored(sideways, rest)], [-1, 0, 0, -1, 0, 0]);
  });
});

describe("pictures", () => {
  const shape = { views: 1, frames: 4, size: 16 };
  /** A dark square of 6 pixels a side at (4, 4), its brightness by frame, and stray pixels. */
  function clip(brightness: (frame: number) => number, stray: [number, number][] = []): Float32Array {
    const out = new Float32Array(3 * 4 * 256).fill(0.86);
    for (let i = 0; i < out.length; i++) {
      const [x, y, frame] = [i % 16, Math.floor(i / 16) % 16, Math.floor(i / 256) % 4];
      const inside = x >= 4 && x < 10 && y >= 4 && y < 10;
      if (inside || stray.some(([u, v]) => u === x && v === y)) out[i] = brightness(frame);
    }
    return out;
  }
  const still = clip(() => -0.5);
  const coverage = Float32Array.from(still.subarray(0, 4 * 256), (value) => (value < 0.5 ? 1 : 0));

  test("a still clip does not flicker, a blinking one does by its second difference", () => {
    assert.equal(flicker(still, shape), 0);
    const blinking = clip((frame) => (frame % 2 ? 0.1 : -0.1));
    assert.ok(Math.abs(flicker(blinking, shape) - 0.4) < 1e-6);
  });
  test("PSNR counts the object alone", () => {
    assert.ok(objectPsnr(still, still, shape)[0] > 79);
    const lighter = clip(() => -0.3);
    assert.ok(Math.abs(objectPsnr(still, lighter, shape)[0] - 20) < 1e-3);
  });
  test("stray blobs and holes fall apart, a soft edge does not", () => {
    assert.equal(fallenApart(still, still, coverage, shape), 0);
    assert.equal(
      fallenApart(
        clip(() => -0.5, [[11, 6]]),
        still,
        coverage,
        shape,
      ),
      0,
    );
    const torn = fallenApart(
      clip(() => -0.5, [[14, 14]]),
      still,
      coverage,
      shape,
    );
    assert.ok(Math.abs(torn - 1 / 37) < 1e-6, `${torn}`);
    const gone = new Float32Array(still.length).fill(0.86);
    assert.ok(fallenApart(gone, still, coverage, shape) > 1);
  });
});
