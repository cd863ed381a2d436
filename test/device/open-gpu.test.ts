// The device refuses to vouch for a result after an error that nobody expected, and after its loss.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openGpu } from "../../pipeline/device/open-gpu.ts";
import { createGpuRenderer } from "../../pipeline/render/gpu/gpu-renderer.ts";
import { restFrames, sphere } from "../render/scenes.ts";
import { openTestGpu } from "./test-gpu.ts";

const first = await openTestGpu();
const skip = typeof first === "string" ? first : false;
const device = { code: "device" };

test("an uncaptured error spoils every later result", { skip }, async () => {
  if (typeof first === "string") return;
  first.assertSound();
  const ball = sphere(50, 0.2, [1, 0, 0]);
  const renderer = await createGpuRenderer(first, ball, { width: 16, height: 16 });
  await renderer.render(restFrames(ball), [{ azimuth: 0, elevation: 0 }]);
  first.device.createShaderModule({ code: "nonsense" });
  await first.device.queue.onSubmittedWorkDone();
  assert.throws(() => first.assertSound(), { ...device, message: /reported an error: .*nonsense/s });
  await assert.rejects(renderer.render(restFrames(ball), [{ azimuth: 0, elevation: 0 }]), device);
  await renderer.dispose();
  first.dispose();
});

test("work that fails is named, a lost device refuses work", { skip }, async () => {
  const gpu = await openGpu({ software: true });
  gpu.device.destroy();
  await gpu.device.lost;
  assert.throws(() => gpu.assertSound(), { ...device, message: /was lost/ });
  const other = await openGpu({ software: true });
  const work = () => other.device.createShaderModule({ code: "nonsense" });
  await assert.rejects(other.guard("compile", work), { ...device, message: /failed to compile: / });
  assert.throws(() => other.assertSound(), device);
  other.dispose();
});

test("an emulation is taken only where it is asked for", { skip }, async () => {
  const gpu = await openGpu({ software: true });
  const { software } = gpu.facts;
  gpu.dispose();
  if (software) await assert.rejects(openGpu(), { ...device, message: /emulation on the processor/ });
});
