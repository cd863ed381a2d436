// The score on the GPU: noise, combination and loss where the rendered clip is. With a teacher on the renderer's device nothing comes
// back of a step but the gradient of the pose and a few sums of the loss; with another, the noised clip, for its answer. The
// arithmetic mirrors score.ts, which is the reference.

import { BUFFER, MAP_READ } from "../device/gpu-flags.ts";
import type { Gpu } from "../device/open-gpu.ts";
import type { PoseGradient } from "../motion/motion.ts";
import { createKernel, runSteps, type Step } from "../render/gpu/kernel.ts";
import type { DevicePoseRenderer } from "../render/pose-renderer.ts";
import { guidedConditions } from "../teacher/guidance.ts";
import type { Teacher } from "../teacher/teacher.ts";
import { ADD_NOISE_WGSL, COMBINE_WGSL, SCORE_BLOCK, SCORE_PARAMS_BYTES } from "./device-score.wgsl.ts";
import { createMemoryPredictor } from "./predict-through-memory.ts";
import { notFinite, type SourceTerm } from "./score.ts";
import type { StepRequest } from "./score-step.ts";

export interface DeviceScore {
  /**
   * One step: adds dL/dpose to `out`.
   * @returns the loss of `motionScore`; null, with nothing done, where the renderer has no room for all frames at once.
   * @throws AnimusError (teacher) where it is not finite.
   */
  step(request: StepRequest, out: PoseGradient): Promise<number | null>;
  dispose(): void;
}

export async function createDeviceScore(renderer: DevicePoseRenderer, teacher: Teacher): Promise<DeviceScore> {
  const { gpu } = renderer;
  const elsewhere = teacher.predictOnDevice ? null : createMemoryPredictor(gpu, teacher);
  const predict = teacher.predictOnDevice ?? elsewhere!.predict;
  const { device } = gpu;
  const [addNoise, combine] = await gpu.guard("compile the score's shaders", () =>
    Promise.all([createKernel(gpu, "addNoise", ADD_NOISE_WGSL), createKernel(gpu, "combine", COMBINE_WGSL)]),
  );
  const uploaded = new WeakMap<Float32Array, GPUBuffer>();
  const owned: GPUBuffer[] = [];
  const create = (label: string, size: number, usage: number) => {
    const buffer = device.createBuffer({ label, size, usage });
    owned.push(buffer);
    return buffer;
  };
  const params = create("score", SCORE_PARAMS_BYTES, BUFFER.uniform | BUFFER.copyTarget);
  let room: ReturnType<typeof makeRoom> | null = null;

  const makeRoom = (length: number, predictions: number) => {
    const usage = BUFFER.storage | BUFFER.copySource | BUFFER.copyTarget;
    const blocks = Math.ceil(length / SCORE_BLOCK);
    return {
      length,
      predictions,
      blocks,
      noisy: create("noisy", 4 * length, usage),
      asked: create("asked", 4 * predictions * length, usage),
      noise: create("noise", 4 * length, usage),
      sums: create("sums", 4 * blocks, usage),
      staging: create("loss", 4 * blocks, BUFFER.mapRead | BUFFER.copyTarget),
    };
  };

  /** Noises and residuals of the bank are uploaded once; `fresh` noise is used once. */
  const resident = (noise: Float32Array, fresh: boolean, spare: GPUBuffer) => {
    const known = uploaded.get(noise);
    if (known) return known;
    const buffer = fresh ? spare : create("bank", noise.byteLength, BUFFER.storage | BUFFER.copyTarget);
    device.queue.writeBuffer(buffer, 0, noise as Float32Array<ArrayBuffer>);
    if (!fresh) uploaded.set(noise, buffer);
    return buffer;
  };

  return {
    async step({ pose, rig, prompt, noise, fresh, level, guidance, source }, out) {
      const drawn = await renderer.renderPose(pose, rig.cameras);
      if (!drawn) return null;
      const { length } = noise;
      const shared = { rest: rig.rest, cameras: rig.cameras };
      const conditions = guidedConditions(teacher.manifest, { text: prompt, ...shared }, guidance);
      const predictions = conditions.length;
      if (room?.length !== length || room.predictions !== predictions) room = makeRoom(length, predictions);
      const { noisy, asked, sums, staging, blocks } = room;
      const spare = room.noise;
      await gpu.guard("add noise", () => {
        device.queue.writeBuffer(params, 0, paramsOf(length, rig.seen, level, guidance, source, predictions));
        const eps = resident(noise, fresh, spare);
        submit(gpu, [addNoise([params, drawn.images, eps, noisy, asked], blocks)]);
      });
      const answer = await predict({ clips: asked, levels: conditions.map(() => level), conditions, lora: null });
      const still =
        source?.clip === "moving"
          ? await predict({ clips: noisy, levels: [level], conditions: [{ text: null, ...shared }], lora: source.lora })
          : null;
      const residual = source?.clip === "static" ? resident(source.residual, false, spare) : null;
      await gpu.guard("score", () => {
        const buffers = [
          params,
          drawn.images,
          answer.buffer,
          still?.buffer ?? residual ?? answer.buffer,
          drawn.gradient,
          sums,
        ];
        submit(gpu, [combine(buffers, blocks)], (encoder) => {
          encoder.copyBufferToBuffer(sums, 0, staging, 0, 4 * blocks);
        });
      });
      answer.release();
      still?.release();
      await renderer.backwardPose(out);
      const loss = (await readSum(gpu, staging, blocks)) / length;
      if (!Number.isFinite(loss)) throw notFinite(prompt.prompt, level);
      return loss;
    },
    dispose() {
      for (const buffer of owned) buffer.destroy();
      elsewhere?.dispose();
    },
  };
}

function submit({ device }: Gpu, steps: Step[], after?: (encoder: GPUCommandEncoder) => void): void {
  const encoder = device.createCommandEncoder();
  runSteps(encoder, steps);
  after?.(encoder);
  device.queue.submit([encoder.finish()]);
}

/** The struct Params of device-score.wgsl.ts. */
function paramsOf(
  length: number,
  seen: number,
  level: number,
  guidance: number,
  source: SourceTerm,
  predictions: number,
): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(SCORE_PARAMS_BYTES));
  view.setUint32(0, length, true);
  for (const [i, value] of [
    level,
    guidance,
    source?.weight ?? 0,
    1 / (length * seen),
    source?.clip === "moving" ? 1 : 0,
  ].entries())
    view.setFloat32(4 + 4 * i, value, true);
  view.setUint32(24, predictions, true);
  return view.buffer;
}

function readSum(gpu: Gpu, staging: GPUBuffer, count: number): Promise<number> {
  return gpu.guard("read the loss", async () => {
    await staging.mapAsync(MAP_READ);
    const sum = new Float32Array(staging.getMappedRange(0, 4 * count)).reduce((total, value) => total + value, 0);
    staging.unmap();
    return sum;
  });
}
