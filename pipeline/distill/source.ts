// The static source distribution of Motion Score Distillation: low-rank factors on the teacher, trained on the asset standing still in
// many views (paper, section on the static source), or on many bodies and shipped with it. Over-fitted factors predict the injected noise
// exactly and the method falls back to SDS, so rigs that are never trained on decide when to stop.

import { throwIfCancelled } from "../errors.ts";
import { randomLora } from "../teacher/lora.ts";
import type { Lora, Teacher } from "../teacher/teacher.ts";
import { adamInit, adamUpdate } from "./adam.ts";
import { addNoise } from "./noise.ts";
import { fillNormal, type Random } from "./random.ts";
import { rateScale } from "./rates.ts";
import { type Rig, staticClip } from "./rig.ts";
import { type SourceSettings, sourceSteps } from "./settings.ts";

export interface SourceOptions {
  maxSteps: number;
  rate: number;
  checkEvery: number;
  /** Stops when a check lowers the held-out loss by less than this share. */
  minGain: number;
  /** Share of the steps after which the rate decays; never where left out. */
  decayAfter?: number;
  /** Noise levels that are trained on; `LEVELS` where left out. */
  levels?: readonly [number, number];
  signal?: AbortSignal | undefined;
  onStep?: (step: number, loss: number) => void;
}

export interface StaticSource {
  lora: Lora;
  /** Of training in this run. */
  steps: number;
  /** Weighted x0 error on the held-out rigs before and after; null where there was nothing to train. */
  heldOut: { before: number; after: number } | null;
}

/** Mostly high noise: that is where the loop asks. */
const LEVELS = [0.4, 0.97] as const;
const WARMUP = 4;
/** Where the held-out rigs are asked. */
const CHECKED = 0.8;

/** Loss weight of the v-prediction objective in x0 terms: 1 / max(s, 0.1)^2, as the teacher was trained. */
const levelWeight = (level: number) => 1 / Math.max(level, 0.1) ** 2;

/**
 * The source that the settings ask for: the factors that the teacher brings along as they are, or new ones trained on the rigs.
 * @param onProgress share of the steps, and the loss of the last.
 * @returns null for none.
 */
export async function findStaticSource(
  teacher: Teacher,
  rigs: readonly Rig[],
  heldOut: Rig,
  settings: SourceSettings,
  random: Random,
  { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress: (share: number, loss: number) => void },
): Promise<StaticSource | null> {
  const shipped = settings.factors === "shipped" ? (teacher.staticSource ?? null) : null;
  const maxSteps = sourceSteps(settings, shipped !== null);
  if (maxSteps === 0) return shipped && { lora: shipped, steps: 0, heldOut: null };
  return trainStaticSource(teacher, rigs, [heldOut], randomLora(teacher.manifest, random), random, {
    ...settings,
    signal,
    onStep: (step, loss) => onProgress(step / maxSteps, loss),
  });
}

/** Trains on the rigs in turn, from a copy of `initial`; the best of all checks on the held-out rigs, the first included, is kept. */
export async function trainStaticSource(
  teacher: Teacher,
  rigs: readonly Rig[],
  heldOut: readonly Rig[],
  initial: Lora,
  random: Random,
  options: SourceOptions,
): Promise<StaticSource> {
  const lora: Lora = { rank: initial.rank, tensors: initial.tensors.map((tensor) => tensor.slice()) };
  const states = lora.tensors.map((tensor) => adamInit(tensor.length));
  const frames = teacher.manifest.frames;

  const { levels = LEVELS, decayAfter = 1 } = options;

  const checks = heldOut.map((rig) => {
    const clip = staticClip(rig, frames);
    return { rig, clip, noise: fillNormal(new Float32Array(clip.length), random) };
  });
  const check = async (candidate: Lora) => {
    let loss = 0;
    for (const { rig, clip, noise } of checks) {
      const prediction = await teacher.predict({
        clips: addNoise(clip, noise, CHECKED),
        levels: [CHECKED],
        conditions: [{ text: null, rest: rig.rest, cameras: rig.cameras }],
        lora: candidate,
      });
      let sum = 0;
      for (let i = 0; i < prediction.length; i++) sum += (prediction[i] - clip[i]) ** 2;
      loss += ((sum / prediction.length) * levelWeight(CHECKED)) / checks.length;
    }
    return loss;
  };

  const before = await check(lora);
  let best = { lora: { rank: lora.rank, tensors: lora.tensors.map((t) => t.slice()) }, loss: before, steps: 0 };
  for (let step = 1; step <= options.maxSteps; step++) {
    throwIfCancelled(options.signal);
    const rig = rigs[(step - 1) % rigs.length];
    const clip = staticClip(rig, frames);
    const level = levels[0] + (levels[1] - levels[0]) * random();
    const noise = fillNormal(new Float32Array(clip.length), random);
    const { loss, gradients } = await teacher.loraGradient({
      clips: addNoise(clip, noise, level),
      levels: [level],
      conditions: [{ text: null, rest: rig.rest, cameras: rig.cameras }],
      lora,
      targets: clip,
      weights: [levelWeight(level)],
    });
    const rate = options.rate * rateScale(step - 1, options.maxSteps, { warmup: WARMUP, decayAfter });
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
