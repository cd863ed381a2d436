import assert from "node:assert/strict";
import { test } from "node:test";
import { fallMetrics, groundMetrics } from "../../pipeline/encode/ground-metrics.ts";

/** Two feet at the ground and a head above; each foot goes by (y, z) of its frame. */
function feet(place: (foot: number, frame: number) => [number, number], frames = 16) {
  const rest = Float32Array.from([-0.1, 0, 0, 0.1, 0, 0, 0, 1, 0]);
  const positions = new Float32Array(frames * 9);
  for (let f = 0; f < frames; f++) {
    positions.set(rest, f * 9);
    for (const foot of [0, 1]) {
      const [y, z] = place(foot, f);
      positions[f * 9 + foot * 3 + 1] += y;
      positions[f * 9 + foot * 3 + 2] += z;
    }
  }
  return { frames, positions, rest, edges: new Uint32Array(), diagonal: 1, loop: true };
}

test("feet that stand on a moving ground and swing above it do not slide", () => {
  // Eight frames back on the ground at one speed, eight forwards in the air.
  const walk = groundMetrics(
    feet((foot, frame) => {
      const at = (frame + foot * 8) % 16;
      return at <= 8 ? [0, 0.04 - 0.01 * at] : [0.1, -0.04 + 0.01 * (at - 8)];
    }),
  );
  assert.ok(walk.footSlide < 1e-4, `${walk.footSlide}`);
  assert.equal(walk.sink, 0);
});

test("feet that shuffle on the ground slide in full, and a still model does not", () => {
  const shuffle = groundMetrics(feet((foot, frame) => [0, (foot ? 1 : -1) * Math.sin((frame * Math.PI) / 8)]));
  assert.ok(Math.abs(shuffle.footSlide - 1) < 1e-3);
  assert.deepEqual(groundMetrics(feet(() => [0, 0])), { footSlide: 0, sink: 0 });
});

test("sinking is the mean depth of the deepest vertex, in diagonals", () => {
  const sunk = groundMetrics(feet((foot, frame) => [foot === 0 && frame % 2 ? -0.06 : 0.05, 0]));
  assert.ok(Math.abs(sunk.sink - 0.03) < 1e-6);
});

test("a fall's end is the height of its lowest vertex in the last frame, either way", () => {
  const end = (y: number) => fallMetrics(feet((foot, frame) => [frame === 15 ? y + foot : foot, 0]));
  assert.ok(Math.abs(end(0.3).hover - 0.3) < 1e-6);
  assert.equal(end(0.3).sink, 0);
  assert.ok(Math.abs(end(-0.16).hover + 0.16) < 1e-6);
  assert.ok(Math.abs(end(-0.16).sink - 0.01) < 1e-6);
});
