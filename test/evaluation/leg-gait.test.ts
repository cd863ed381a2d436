import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import type { Camera, Splats } from "../../pipeline/render/renderer.ts";
import { findLegs } from "./find-legs.ts";
import { legGait } from "./leg-gait.ts";
import { legSwings } from "./leg-swings.ts";
import { createPoser } from "./posed-splats.ts";

const [FRAMES, SIZE] = [16, 48];
const CAMERAS: Camera[] = [0, 1, 2, 3].map((view) => ({ azimuth: 0.6 + (view * Math.PI) / 2, elevation: 0.2 }));

/** The sides of an upright box, points a `SPACING` apart, and its bottom and top. */
const SPACING = 0.025;
function box([x, y, z]: number[], [w, h, d]: number[], colour: number[]) {
  const points: { at: number[]; normal: number[]; colour: number[] }[] = [];
  const steps = (size: number) =>
    Array.from({ length: Math.round(size / SPACING) }, (_, i) => (i + 0.5) * SPACING - size / 2);
  for (const v of steps(h)) {
    for (const s of [-1, 1]) {
      for (const u of steps(d)) points.push({ at: [x + (s * w) / 2, y + v, z + u], normal: [s, 0, 0], colour });
      for (const u of steps(w)) points.push({ at: [x + u, y + v, z + (s * d) / 2], normal: [0, 0, s], colour });
    }
  }
  for (const s of [-1, 1]) {
    for (const u of steps(w)) {
      for (const v of steps(d)) points.push({ at: [x + u, y + (s * h) / 2, z + v], normal: [0, s, 0], colour });
    }
  }
  return points;
}

/** A block on four thin legs, or on two with arms that hang beside it; +z is ahead. */
function beast(four: boolean): { splats: Splats; area: number } {
  const legs = (four ? [0.3, -0.3] : [0]).flatMap((z) =>
    [0.1, -0.1].flatMap((x) => box([x, -0.3, z], [0.075, 0.4, 0.075], [x > 0 ? 0.2 : 0.6, 0.3, z > 0 ? 0.2 : 0.5])),
  );
  const arms = four ? [] : [0.25, -0.25].flatMap((x) => box([x, -0.05, 0], [0.075, 0.5, 0.075], [0.7, 0.5, 0.1]));
  const body = box([0, four ? 0.05 : 0.2, 0], [0.3, four ? 0.3 : 0.6, four ? 0.75 : 0.2], [0.5, 0.2, 0.2]);
  const all = [...body, ...arms, ...legs];
  const flat = (of: "at" | "normal" | "colour") => Float32Array.from(all.flatMap((point) => point[of]));
  const area = all.length * SPACING ** 2;
  const sigmas = new Float32Array(all.length).fill(0.6 * SPACING);
  return {
    splats: { count: all.length, positions: flat("at"), normals: flat("normal"), colors: flat("colour"), sigmas },
    area,
  };
}

/** Legs swing about their hips by a sine of 0.4 radians, `late(left, front)` of a cycle late; arms against the legs. */
function walking({ positions, count }: Splats, late: (left: boolean, front: boolean) => number): Float32Array {
  return Float32Array.from({ length: FRAMES * count * 3 }, (_, i) => {
    const [f, p, c] = [Math.floor(i / (count * 3)), Math.floor(i / 3) % count, i % 3];
    const [x, y, z] = positions.subarray(3 * p, 3 * p + 3);
    const arm = Math.abs(x) > 0.2;
    const hip = arm ? 0.2 : -0.1;
    if (y > hip) return positions[3 * p + c];
    const phase = f / FRAMES - late(x > 0, z > 0) - (arm ? 0.5 : 0);
    const angle = 0.4 * Math.sin(2 * Math.PI * phase);
    const middle = Math.abs(z) > 0.2 ? 0.3 * Math.sign(z) : 0;
    const turned = [x, hip + Math.cos(angle) * (y - hip), middle + z - middle - Math.sin(angle) * (y - hip)];
    return turned[c];
  });
}

const TROT = (left: boolean, front: boolean) => (left === front ? 0 : 0.5);
const BOUND = (_: boolean, front: boolean) => (front ? 0 : 0.5);

describe("legs", () => {
  test("two or four are found by their feet, and hanging arms are none", () => {
    for (const four of [true, false]) {
      const { splats, area } = beast(four);
      const legs = findLegs(splats, area);
      assert.equal(legs.length, four ? 4 : 2);
      for (const { side, pair, foot, weights, hip } of legs) {
        assert.ok(foot.length > 4 && Math.sign(hip[0]) === side);
        assert.ok(!four || Math.sign(hip[2]) === (pair === "front" ? 1 : -1));
        weights.forEach((weight, p) => {
          assert.ok(weight === 0 || Math.abs(splats.positions[3 * p]) < 0.2, "an arm is taken for a leg");
        });
      }
    }
  });
  test("feet that alternate correlate to -1, feet together to 1, whatever the pairs do among each other", () => {
    const { splats, area } = beast(true);
    const legs = findLegs(splats, area);
    const trot = legGait(legs, walking(splats, TROT), FRAMES);
    assert.ok(trot.front! < -0.99 && trot.hind! < -0.99, JSON.stringify(trot));
    const bound = legGait(legs, walking(splats, BOUND), FRAMES);
    assert.ok(bound.front! > 0.99 && bound.hind! > 0.99, JSON.stringify(bound));
    const two = beast(false);
    assert.ok(legGait(findLegs(two.splats, two.area), walking(two.splats, TROT), FRAMES).both! < -0.99);
  });
});

describe("swings in a clip", () => {
  const seen = async (four: boolean, late: typeof TROT) => {
    const { splats, area } = beast(four);
    const tracks = walking(splats, late);
    const renderer = createCpuRenderer(splats, { width: SIZE, height: SIZE }, { threads: 0 });
    const clip = await renderer.render(createPoser(splats, area)(tracks, FRAMES), CAMERAS);
    await renderer.dispose();
    // The fit saw nothing: legs and arms hang where they did.
    const carried = Float32Array.from(
      { length: tracks.length },
      (_, i) => splats.positions[i % splats.positions.length],
    );
    return legSwings({ splats, area, carried, clip, cameras: CAMERAS, frames: FRAMES, size: SIZE });
  };
  test("a trot alternates, and the same body that bounds does not", async () => {
    const trot = await seen(true, TROT);
    assert.ok(trot.front! < -0.9 && trot.hind! < -0.9, JSON.stringify(trot));
    const bound = await seen(true, BOUND);
    assert.ok(bound.front! > 0.9 && bound.hind! > 0.9, JSON.stringify(bound));
  });
  test("two legs between swinging arms are told apart from them", async () => {
    const walk = await seen(false, TROT);
    assert.ok(walk.both! < -0.9 && walk.hind === null, JSON.stringify(walk));
  });
});
