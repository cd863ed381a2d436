// The GPU renderer against the CPU's: images, gradients, several chunks, with subgroups and without, and the same bits again.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Gpu } from "../../pipeline/device/open-gpu.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createGpuRenderer } from "../../pipeline/render/gpu/gpu-renderer.ts";
import type { Camera, Renderer } from "../../pipeline/render/renderer.ts";
import { openTestGpu } from "../device/test-gpu.ts";
import { random, randomScene } from "./scenes.ts";

const CAMERAS: Camera[] = [
  { azimuth: 0.4, elevation: 0.2 },
  { azimuth: 2.1, elevation: -0.3 },
];
/** No multiple of a tile, and more than one tile each way. */
const SIZE = { width: 40, height: 36 };
const FRAMES = 3;
const { splats, posed } = randomScene(300, FRAMES, CAMERAS, 1e-6, 5);
const next = random(6);
const weights = Float32Array.from({ length: 2 * 3 * FRAMES * 40 * 36 }, () => next() - 0.5);

async function results(renderer: Renderer) {
  const images = await renderer.render(posed, CAMERAS);
  return { images, ...(await renderer.backward(weights)) };
}

function relativeError(actual: Float32Array, expected: Float32Array): number {
  let [error, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error += (actual[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return Math.sqrt(error / size);
}

const [gpu, plain] = [await openTestGpu({ subgroups: true }), await openTestGpu({ subgroups: false })];
const reason = typeof gpu === "string" ? gpu : typeof plain === "string" ? plain : false;
after(() => {
  for (const one of [gpu, plain]) if (typeof one !== "string") one.dispose();
});

describe("the GPU renderer", { skip: reason }, () => {
  test("agrees with the CPU: images within 1e-4, gradients within a thousandth", async () => {
    const cpu = createCpuRenderer(splats, SIZE, { threads: 0 });
    const expected = await results(cpu);
    const renderer = await createGpuRenderer(gpu as Gpu, splats, SIZE);
    const actual = await results(renderer);
    const worst = actual.images.reduce((most, x, i) => Math.max(most, Math.abs(x - expected.images[i])), 0);
    assert.ok(worst < 1e-4, `worst image error ${worst}`);
    for (const key of ["positions", "linears"] as const) {
      const error = relativeError(actual[key], expected[key]);
      assert.ok(error < 1e-3, `${key}: relative error ${error}`);
    }
    await cpu.dispose();
    await renderer.dispose();
  });

  test("gives the same bits again, in chunks and without subgroups", async () => {
    const whole = await createGpuRenderer(gpu as Gpu, splats, SIZE);
    const expected = await results(whole);
    assert.ok(expected.positions.some((value) => value !== 0));
    assert.deepEqual(await results(whole), expected);
    const chunked = await createGpuRenderer(gpu as Gpu, splats, SIZE, { memory: 400_000 });
    assert.deepEqual(await results(chunked), expected);
    const other = await createGpuRenderer(plain as Gpu, splats, SIZE);
    assert.deepEqual(await results(other), expected);
    await Promise.all([whole.dispose(), chunked.dispose(), other.dispose()]);
  });

  test("names a splat that is not finite, what does not fit, and calls out of order", async () => {
    const renderer = await createGpuRenderer(gpu as Gpu, splats, SIZE);
    await assert.rejects(renderer.backward(weights), /needs a `render` before it/);
    const broken = { ...posed, positions: posed.positions.slice() };
    broken.positions[(300 + 4) * 3] = Number.NaN;
    await assert.rejects(renderer.render(broken, CAMERAS), /Splat 4 of frame 1/);
    assert.equal((await renderer.render(posed, CAMERAS)).length, weights.length);
    const small = await createGpuRenderer(gpu as Gpu, splats, SIZE, { memory: 1000 });
    await assert.rejects(
      small.render(posed, CAMERAS),
      /One frame of 300 splats from 2 cameras .* does not fit the GPU/,
    );
    await Promise.all([renderer.dispose(), small.dispose()]);
  });
});
