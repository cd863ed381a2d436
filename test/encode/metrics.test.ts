import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { motionMetrics, type Trajectories } from "../../pipeline/encode/metrics.ts";

/** A square of side `size` whose corners move by place(corner, frame), in sizes. */
function square(
  frames: number,
  loop: boolean,
  place: (corner: readonly [number, number], frame: number) => [number, number],
  size = 1,
): Trajectories {
  const corners = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ] as const;
  const flat = (points: readonly (readonly number[])[]) => points.flatMap(([x, y]) => [x * size, y * size, 0]);
  return {
    frames,
    loop,
    diagonal: Math.SQRT2 * size,
    rest: Float32Array.from(flat(corners)),
    positions: Float32Array.from(
      Array.from({ length: frames }, (_, f) => flat(corners.map((corner) => place(corner, f)))).flat(),
    ),
    edges: new Uint32Array([0, 1, 1, 2, 2, 3, 3, 0]),
  };
}

const near = (value: number, expected: number, share = 1e-3) =>
  assert.ok(Math.abs(value - expected) <= Math.max(1e-6, Math.abs(expected) * share), `${value}, expected ${expected}`);

describe("motionMetrics", () => {
  test("a still clip is all zeros, not NaN", () => {
    for (const frames of [1, 2, 16]) {
      for (const loop of [true, false]) {
        const metrics = motionMetrics(square(frames, loop, ([x, y]) => [x, y]));
        assert.deepEqual(metrics, { pathLength: 0, jitter: 0, stretch: 0, loopSeam: 0 });
      }
    }
  });

  test("a straight walk: path counted, no jitter, no stretch", () => {
    const metrics = motionMetrics(square(11, false, ([x, y], f) => [x + 0.1 * f, y]));
    near(metrics.pathLength, 1 / Math.SQRT2);
    near(metrics.jitter, 0, 0);
    near(metrics.stretch, 0, 0);
    assert.equal(metrics.loopSeam, 0);
  });

  test("the same in any unit", () => {
    const circle = (size: number) =>
      motionMetrics(
        square(16, true, ([x, y], f) => [x + Math.cos((f * Math.PI) / 8), y + Math.sin((f * Math.PI) / 8)], size),
      );
    for (const size of [0.01, 3000]) {
      for (const [name, value] of Object.entries(circle(size))) near(value, circle(1)[name as "jitter"]);
    }
  });

  test("a circle: chords, their turning, an even seam", () => {
    const step = (2 * Math.PI) / 16;
    const metrics = motionMetrics(square(16, true, ([x, y], f) => [x + Math.cos(f * step), y + Math.sin(f * step)]));
    near(metrics.pathLength, (16 * 2 * Math.sin(step / 2)) / Math.SQRT2);
    // Second difference over first: 2 sin(step / 2).
    near(metrics.jitter, 2 * Math.sin(step / 2));
    near(metrics.loopSeam, 1);
  });

  test("shaking back and forth is jitter 2", () => {
    const metrics = motionMetrics(square(16, true, ([x, y], f) => [x + (f % 2) * 0.2, y]));
    near(metrics.jitter, 2);
    near(metrics.pathLength, (16 * 0.2) / Math.SQRT2);
  });

  test("a loop that jumps back to its start shows at the seam", () => {
    const metrics = motionMetrics(square(11, true, ([x, y], f) => [x + 0.1 * f, y]));
    near(metrics.loopSeam, 10);
  });

  test("the path length is that of the median vertex", () => {
    const one = motionMetrics(square(5, false, ([x, y], f) => [x + (x === 0 && y === 0 ? f : 0), y]));
    near(one.pathLength, 0, 0);
  });

  test("stretch is relative to the rest, in either direction, at the 95th percentile", () => {
    const wider = square(10, false, ([x, y]) => [x * 1.3, y]);
    near(motionMetrics(wider).stretch, 0.3);
    const smaller = square(10, false, ([x, y]) => [x * 0.8, y * 0.8]);
    near(motionMetrics(smaller).stretch, 0.2);
    // One of 40 edge lengths: beyond the percentile.
    const once = square(10, false, ([x, y], f) => [x, f === 9 && x === 0 && y === 1 ? 1.5 : y]);
    assert.ok(motionMetrics(once).stretch < 0.01);
  });

  test("edges of no length at rest are left out", () => {
    const walk = square(4, false, ([x, y], f) => [x + 0.1 * f, y]);
    assert.equal(Number.isFinite(motionMetrics({ ...walk, edges: new Uint32Array([0, 0, 0, 1]) }).stretch), true);
  });
});
