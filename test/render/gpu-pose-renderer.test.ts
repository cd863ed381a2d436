// Deformation on the GPU against the CPU's: images of a pose and the gradient back to the handles, whole and in chunks.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { BUFFER, MAP_READ } from "../../pipeline/device/gpu-flags.ts";
import type { Gpu } from "../../pipeline/device/open-gpu.ts";
import { createMotion, createPoseGradient, evaluateMotion, motionBasis } from "../../pipeline/motion/motion.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createGpuPoseRenderer } from "../../pipeline/render/gpu/gpu-renderer.ts";
import { runWork } from "../../pipeline/render/gpu/kernel.ts";
import { createPoseRenderer, type PoseRenderer } from "../../pipeline/render/pose-renderer.ts";
import type { Camera } from "../../pipeline/render/renderer.ts";
import { openTestGpu } from "../device/test-gpu.ts";
import { barScene } from "../distill/oracle.ts";
import { random, restFrames } from "./scenes.ts";

const CAMERAS: Camera[] = [
  { azimuth: 0.4, elevation: 0.2 },
  { azimuth: 2.1, elevation: -0.3 },
];
const SIZE = { width: 40, height: 36 };
const FRAMES = 5;
const scene = barScene();
// One handle moves nothing, and one point follows fewer than four.
scene.binding.indices[3] = 2;
const next = random(3);
const motion = createMotion(3, 6, true, { axis: [0, 1, 0], turns: 1 });
for (let i = 0; i < motion.values.length; i++) motion.values[i] = 0.3 * (next() - 0.5);
const pose = evaluateMotion(motion, scene.handles, motionBasis(motion, FRAMES));
const weights = Float32Array.from({ length: 2 * 3 * FRAMES * 40 * 36 }, () => next() - 0.5);

async function results(renderer: PoseRenderer) {
  const images = await renderer.renderPose(pose, CAMERAS);
  const gradient = createPoseGradient(pose);
  gradient.centres.fill(1);
  await renderer.backwardPose(weights, gradient);
  return { images, ...gradient };
}

function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [error, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error += (actual[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return Math.sqrt(error / size);
}

const gpu = await openTestGpu();
after(() => {
  if (typeof gpu !== "string") gpu.dispose();
});

describe("deformation on the GPU", { skip: typeof gpu === "string" ? gpu : false }, () => {
  test("agrees with the CPU: images within 1e-4, gradients within a thousandth, added to what was there", async () => {
    const cpu = createPoseRenderer(createCpuRenderer(scene.splats, SIZE, { threads: 0 }), scene);
    const expected = await results(cpu);
    const renderer = await createGpuPoseRenderer(gpu as Gpu, scene, SIZE);
    const actual = await results(renderer);
    const worst = actual.images.reduce((most, x, i) => Math.max(most, Math.abs(x - expected.images[i])), 0);
    assert.ok(worst < 1e-4, `worst image error ${worst}`);
    for (const key of ["rotations", "centres"] as const) {
      const error = relativeError(actual[key], expected[key]);
      assert.ok(error < 1e-3, `${key}: relative error ${error}`);
    }
    assert.ok(actual.localRotations.every((value) => value === 0));
    await cpu.dispose();
    await renderer.dispose();
  });

  test("gives the same bits again, and in chunks", async () => {
    const whole = await createGpuPoseRenderer(gpu as Gpu, scene, SIZE);
    const expected = await results(whole);
    assert.deepEqual(await results(whole), expected);
    const chunked = await createGpuPoseRenderer(gpu as Gpu, scene, SIZE, { memory: 300_000 });
    assert.deepEqual(await results(chunked), expected);
    await Promise.all([whole.dispose(), chunked.dispose()]);
  });

  test("shows its work, which gives the same bits when it is done again", async () => {
    const { device } = gpu as Gpu;
    const renderer = await createGpuPoseRenderer(gpu as Gpu, scene, SIZE);
    assert.equal(renderer.work(), null);
    const expected = await results(renderer);
    const { images } = (await renderer.onDevice!.renderPose(pose, CAMERAS))!;
    const { forward, backward } = renderer.work()!;
    const encoder = device.createCommandEncoder();
    encoder.clearBuffer(images);
    for (const work of [forward, backward, forward, backward]) runWork(encoder, work);
    const copy = device.createBuffer({ size: images.size, usage: BUFFER.mapRead | BUFFER.copyTarget });
    encoder.copyBufferToBuffer(images, 0, copy, 0, images.size);
    device.queue.submit([encoder.finish()]);
    await copy.mapAsync(MAP_READ);
    assert.deepEqual(new Float32Array(copy.getMappedRange().slice(0)), expected.images);
    copy.destroy();
    const gradient = createPoseGradient(pose);
    gradient.centres.fill(1);
    await renderer.backwardPose(weights, gradient);
    assert.deepEqual({ images: expected.images, ...gradient }, expected);
    const chunked = await createGpuPoseRenderer(gpu as Gpu, scene, SIZE, { memory: 300_000 });
    await chunked.renderPose(pose, CAMERAS);
    assert.equal(chunked.work(), null);
    await Promise.all([renderer.dispose(), chunked.dispose()]);
  });

  test("takes posed splats too, and refuses the gradient of the other kind", async () => {
    const renderer = await createGpuPoseRenderer(gpu as Gpu, scene, SIZE);
    const images = await renderer.render(restFrames(scene.splats, FRAMES), CAMERAS);
    assert.ok(images.some((value) => value < 0.5));
    await assert.rejects(renderer.backwardPose(weights, createPoseGradient(pose)), /needs a `render` before it/);
    assert.equal((await renderer.backward(weights)).positions.length, FRAMES * scene.splats.count * 3);
    await renderer.renderPose(pose, CAMERAS);
    await assert.rejects(renderer.backward(weights), /needs a `render` before it/);
    await renderer.dispose();
  });
});
