// A step on the GPU against the same step on the processor: a small graph stands for the teacher (tiny/denoise.onnx: every input counts,
// nothing is learnt), on onnxruntime-web's WebGPU provider and the renderer's own device, and on the CPU.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Gpu } from "../../pipeline/device/open-gpu.ts";
import { createRandom, fillNormal } from "../../pipeline/distill/random.ts";
import { createRig, type Rig, randomCameras } from "../../pipeline/distill/rig.ts";
import { createScoreStep, type StepRequest } from "../../pipeline/distill/score-step.ts";
import { createMotion, createPoseGradient, evaluateMotion, motionBasis } from "../../pipeline/motion/motion.ts";
import { createCpuRenderer } from "../../pipeline/render/cpu-renderer.ts";
import { createGpuPoseRenderer } from "../../pipeline/render/gpu/gpu-renderer.ts";
import { createPoseRenderer, type PoseRenderer } from "../../pipeline/render/pose-renderer.ts";
import { loadTeacher } from "../../pipeline/teacher/load-teacher.ts";
import { randomLora } from "../../pipeline/teacher/lora.ts";
import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { openTestGpu } from "../device/test-gpu.ts";
import { relativeError } from "../teacher/seeded.ts";
import { barScene } from "./oracle.ts";

const directory = join(import.meta.dirname, "../teacher/tiny");
/** The same with a guidance input, answering guided clips at once (test/teacher/guidance.test.ts). */
const guidedDirectory = join(import.meta.dirname, "../teacher/tiny-guided");
const FRAMES = 4;
const SIZE = { width: 24, height: 20 };
const scene = barScene();
const motion = createMotion(3, 4, true);
const random = createRandom(4);
for (let i = 0; i < motion.values.length; i++) motion.values[i] = 0.2 * (random() - 0.5);
const pose = evaluateMotion(motion, scene.handles, motionBasis(motion, FRAMES));
const gpu = await openTestGpu();

describe("the score on the device", { skip: typeof gpu === "string" ? gpu : false }, () => {
  let [cpuTeacher, gpuTeacher]: Teacher[] = [];
  let [cpuRenderer, gpuRenderer]: PoseRenderer[] = [];
  let rig: Rig;

  before(async () => {
    cpuTeacher = await loadTeacher({ directory, device: "cpu", threads: 1 });
    gpuTeacher = await loadTeacher({ directory, device: "webgpu", threads: 1, gpu: gpu as Gpu, web: true });
    cpuRenderer = createPoseRenderer(createCpuRenderer(scene.splats, SIZE, { threads: 0 }), scene);
    gpuRenderer = await createGpuPoseRenderer(gpu as Gpu, scene, SIZE);
    rig = await createRig(cpuRenderer, scene.splats, randomCameras(2, [0, 0.3], random));
  });
  after(async () => {
    for (const one of [cpuTeacher, gpuTeacher, cpuRenderer, gpuRenderer]) await one?.dispose();
    if (typeof gpu !== "string") gpu.dispose();
  });

  const request = (more: Partial<StepRequest> = {}): StepRequest => ({
    pose,
    rig,
    prompt: { prompt: "swings", tokens: Float32Array.of(0.5, -0.25, 1, 0, 0, 0), length: 1, truncated: false },
    noise: fillNormal(new Float32Array(rig.rest.length * FRAMES), createRandom(9)),
    fresh: false,
    level: 0.8,
    guidance: 3,
    source: { clip: "moving", weight: 0.3, lora: randomLora(cpuTeacher.manifest, createRandom(5)) },
    ...more,
  });

  const run = async (teacher: Teacher, renderer: PoseRenderer, asked: StepRequest) => {
    const step = await createScoreStep(teacher, renderer);
    const gradient = createPoseGradient(pose);
    // The second step takes the ways of the first: kept noise, kept room.
    await step.run(asked, createPoseGradient(pose));
    const loss = await step.run(asked, gradient);
    step.dispose();
    return { loss, gradient };
  };

  for (const [name, make] of [
    ["with the source at the moving clip", () => ({})],
    [
      "with the source's residual of the static clip",
      (): Partial<StepRequest> => {
        const residual = fillNormal(new Float32Array(rig.rest.length * FRAMES), createRandom(10));
        return { source: { clip: "static", weight: 0.5, residual } };
      },
    ],
    ["without, on noise drawn for the step", () => ({ source: null, fresh: true })],
  ] as const) {
    test(`agrees with the score on the processor, ${name}`, async () => {
      const more = make();
      const expected = await run(cpuTeacher, cpuRenderer, request(more));
      let cameBack = 0;
      const counted: Teacher = {
        ...gpuTeacher,
        manifest: gpuTeacher.manifest,
        predictOnDevice: gpuTeacher.predictOnDevice!,
        predict: async (ask) => {
          cameBack++;
          return gpuTeacher.predict(ask);
        },
      };
      const actual = await run(counted, gpuRenderer, request(more));
      assert.equal(cameBack, 0, "no clip came back");
      const elsewhere = await run(cpuTeacher, gpuRenderer, request(more));
      for (const { loss, gradient } of [actual, elsewhere]) {
        assert.ok(Math.abs(loss / expected.loss - 1) < 1e-4, `${loss}, not ${expected.loss}`);
        for (const key of ["rotations", "centres"] as const) {
          const off = relativeError(gradient[key], expected.gradient[key]);
          assert.ok(off < 1e-3, `${key}: relative error ${off}`);
        }
      }
    });
  }

  test("asks a distilled teacher once a step, and finds the same", async () => {
    const asked: number[] = [];
    const count = (teacher: Teacher): Teacher => {
      const { predictOnDevice } = teacher;
      return {
        manifest: teacher.manifest,
        description: teacher.description,
        encodeText: (text) => teacher.encodeText(text),
        predict: async (ask) => {
          asked.push(ask.conditions.length);
          return teacher.predict(ask);
        },
        ...(predictOnDevice && {
          predictOnDevice: async (ask) => {
            asked.push(ask.conditions.length);
            return predictOnDevice(ask);
          },
        }),
        loraGradient: (ask) => teacher.loraGradient(ask),
        dispose: async () => {},
      };
    };
    const onCpu = await loadTeacher({ directory: guidedDirectory, device: "cpu", threads: 1 });
    const onGpu = await loadTeacher({
      directory: guidedDirectory,
      device: "webgpu",
      threads: 1,
      gpu: gpu as Gpu,
      web: true,
    });
    for (const [guidance, conditions] of [
      [3, 1],
      [20, 2],
    ]) {
      const expected = await run(cpuTeacher, cpuRenderer, request({ guidance }));
      for (const [teacher, renderer] of [
        [onCpu, cpuRenderer],
        [onGpu, gpuRenderer],
        [onCpu, gpuRenderer],
      ] as const) {
        asked.length = 0;
        const { loss, gradient } = await run(count(teacher), renderer, request({ guidance }));
        // Two steps, each with the source at the moving clip.
        assert.deepEqual(asked, [conditions, 1, conditions, 1]);
        assert.ok(Math.abs(loss / expected.loss - 1) < 1e-4, `${loss}, not ${expected.loss}`);
        const off = relativeError(gradient.rotations, expected.gradient.rotations);
        assert.ok(off < 1e-3, `relative error ${off} at guidance ${guidance}`);
      }
    }
    await Promise.all([onCpu.dispose(), onGpu.dispose()]);
  });

  test("goes to the processor where the frames do not fit at once", async () => {
    const chunked = await createGpuPoseRenderer(gpu as Gpu, scene, SIZE, { memory: 150_000 });
    assert.equal(await chunked.onDevice!.renderPose(pose, rig.cameras), null);
    const expected = await run(cpuTeacher, cpuRenderer, request());
    const actual = await run(gpuTeacher, chunked, request());
    assert.ok(Math.abs(actual.loss / expected.loss - 1) < 1e-4);
    assert.ok(relativeError(actual.gradient.rotations, expected.gradient.rotations) < 1e-3);
    await chunked.dispose();
  });

  test("a loss that is not finite is an error", async () => {
    const noise = new Float32Array(rig.rest.length * FRAMES).fill(Number.NaN);
    await assert.rejects(run(gpuTeacher, gpuRenderer, request({ noise })), {
      code: "teacher",
      message: /"swings" is not finite at noise level 0\.800/,
    });
  });
});
