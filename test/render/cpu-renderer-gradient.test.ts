// The renderer's gradients against central finite differences, and that following them moves splats to a target.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import type { Camera, SplatFrames } from "../../pipeline/render/renderer.ts";
import { random, randomScene, restFrames, sphere } from "./scenes.ts";

const CAMERAS: Camera[] = [
  { azimuth: 0.4, elevation: 0.2 },
  { azimuth: 2.1, elevation: -0.3 },
  { azimuth: -1.3, elevation: 0.5 },
];
const SIZE = { width: 24, height: 20 };

async function differences(
  posed: SplatFrames,
  key: "positions" | "linears",
  step: number,
  loss: () => Promise<number>,
) {
  const values = posed[key];
  const slopes = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const rest = values[i];
    values[i] = rest + step;
    const [high, above] = [values[i], await loss()];
    values[i] = rest - step;
    const [low, below] = [values[i], await loss()];
    values[i] = rest;
    slopes[i] = (above - below) / (high - low);
  }
  return slopes;
}

function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  let [error, norm, worst] = [0, 0, 0];
  for (let i = 0; i < expected.length; i++) norm += expected[i] ** 2;
  const large = 0.5 * Math.sqrt(norm / expected.length);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    error += difference ** 2;
    if (Math.abs(expected[i]) > large) worst = Math.max(worst, difference / Math.abs(expected[i]));
  }
  return { aggregate: Math.sqrt(error / norm), worst };
}

describe("gradients of the CPU renderer", () => {
  for (const seed of [1, 2]) {
    test(`agree with finite differences (scene ${seed})`, async () => {
      const { splats, posed } = randomScene(20, 2, CAMERAS, 0.004, seed);
      const renderer = createCpuRenderer(splats, SIZE, { threads: 0, stop: 1e-9 });
      const next = random(seed + 100);
      const images = await renderer.render(posed, CAMERAS);
      const weights = Float32Array.from(images, () => next() * 2 - 1);
      const gradient = await renderer.backward(weights);
      const loss = async () => {
        const values = await renderer.render(posed, CAMERAS);
        return values.reduce((sum, value, i) => sum + value * weights[i], 0);
      };
      for (const [key, step] of [
        ["positions", 4e-4],
        ["linears", 3e-3],
      ] as const) {
        const slopes = await differences(posed, key, step, loss);
        const { aggregate, worst } = relativeError(gradient[key], slopes);
        assert.ok(aggregate < 1e-3, `${key}: aggregate error ${aggregate}`);
        assert.ok(worst < 1e-3, `${key}: worst error of a large element ${worst}`);
      }
      await renderer.dispose();
    });
  }

  test("descent on an image loss moves a ball to where the target is", async () => {
    const ball = sphere(200, 0.15, [0.8, 0.2, 0.1]);
    const cameras = CAMERAS.slice(0, 2);
    const goal = [0.08, -0.06, 0.05];
    const renderer = createCpuRenderer(ball, SIZE, { threads: 0 });
    const at = (offset: readonly number[]) => {
      const posed = restFrames(ball);
      for (let i = 0; i < posed.positions.length; i++) posed.positions[i] += offset[i % 3];
      return posed;
    };
    const target = await renderer.render(at(goal), cameras);
    const offset = [0, 0, 0];
    for (let step = 0; step < 40; step++) {
      const image = await renderer.render(at(offset), cameras);
      const { positions } = await renderer.backward(image.map((value, i) => value - target[i]));
      for (let i = 0; i < positions.length; i++) offset[i % 3] -= 3e-5 * positions[i];
    }
    const left = Math.hypot(...offset.map((x, axis) => x - goal[axis]));
    assert.ok(left < 0.02 * Math.hypot(...goal), `${left} from the goal after descent: ${offset}`);
    await renderer.dispose();
  });
});
