// The static source distribution of Motion Score Distillation: low-rank factors on the teacher, trained on the asset standing
// still in many views (paper, section on the static source). Over-fitted factors predict the injected noise exactly and the
// method falls back to SDS, so a rig that is never trained on decides when to stop.

import { throwIfCancelled } from "../errors.ts";
import type { Lora, Teacher } from "../teacher/teacher.ts";
import { adamInit, adamUpdate } from "./adam.ts";
import { addNoise } from "./noise.ts";
import { fillNormal, type Random } from "./random.ts";
import { type Rig, staticClip } from "./rig.ts";

export interface SourceOptions {
  maxSteps: number;
  rate: number;
  checkEvery: number;
  /** Stops when a check lowers the held-out loss by less than this share. */
  minGain: number;
  signal?: AbortSignal | undefined;
  onStep?: (step: number, loss: number) => void;
}

export interface StaticSource {
  lora: Lora;
  steps: number;
  /** Weighted x0 error on the held-out rig before and after. */
  heldOut: { before: number; after: number };
}

/** Loss weight of the v-prediction objective in x0 terms: 1 / max(s, 0.1)^2, as the teacher was trained. */
const levelWeight = (level: number) => 1 / Math.max(level, 0.1) ** 2;

export async function trainStaticSource(
  teacher: Teacher,
  rigs: readonly Rig[],
  heldOut: Rig,
  initial: Lora,
  random: Random,
  options: SourceOptions,
): Promise<StaticSource> {
  const lora: Lora = { rank: initial.rank, tensors: initial.tensors.map((tensor) => tensor.slice()) };
  const states = lora.tensors.map((tensor) => adamInit(tensor.length));
  const frames = teacher.manifest.frames;

  const heldOutClip = staticClip(heldOut, frames);
  const heldOutNoise = fillNormal(new Float32Array(heldOutClip.length), random);
  const check = async (candidate: Lora) => {
    const level = 0.8;
    const prediction = await teacher.predict({
      clips: addNoise(heldOutClip, heldOutNoise, level),
      levels: [level],
      conditions: [{ text: null, rest: heldOut.rest, cameras: heldOut.cameras }],
      lora: candidate,
    });
    let sum = 0;
    for (let i = 0; i < prediction.length; i++) sum += (prediction[i] - heldOutClip[i]) ** 2;
    return (sum / prediction.length) * levelWeight(level);
  };

  const before = await check(lora);
  let best = { lora: { rank: lora.rank, tensors: lora.tensors.map((t) => t.slice()) }, loss: before, steps: 0 };
  for (let step = 1; step <= options.maxSteps; step++) {
    throwIfCancelled(options.signal);
    const rig = rigs[(step - 1) % rigs.length];
    const clip = staticClip(rig, frames);
    // Mostly high noise: that is where the loop asks.
    const level = 0.4 + 0.57 * random();
    const noise = fillNormal(new Float32Array(clip.length), random);
    const { loss, gradients } = await teacher.loraGradient({
      clips: addNoise(clip, noise, level),
      levels: [level],
      conditions: [{ text: null, rest: rig.rest, cameras: rig.cameras }],
      lora,
      targets: clip,
      weights: [levelWeight(level)],
    });
    const rate = options.rate * Math.min(1, step / 4);
    lora.tensors.forEach((tensor, i) => {
      adamUpdate(states[i], tensor, gradients[i], rate);
    });
    options.onStep?.(step, loss);
    if (step % options.checkEvery === 0 || step === options.maxSteps) {
      const held = await check(lora);
      const gain = 1 - held / best.loss;
      if (held < best.loss)
        best = { lora: { rank: lora.rank, tensors: lora.tensors.map((t) => t.slice()) }, loss: held, steps: step };
      if (gain < options.minGain) break;
    }
  }
  return { lora: best.lora, steps: best.steps, heldOut: { before, after: best.loss } };
}
