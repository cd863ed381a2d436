// The loop of Motion Score Distillation. It reads top to bottom: prepare the static source and its noise, then render, score,
// pull the score back to the handles, add the regularisers, step.

import { AnimusError, throwIfCancelled } from "../errors.ts";
import type { Handles } from "../motion/handles.ts";
import {
  backpropagateMotion,
  createMotion,
  createPoseGradient,
  evaluateMotion,
  type HeldEnds,
  type Motion,
  motionBasis,
} from "../motion/motion.ts";
import type { PoseRenderer } from "../render/pose-renderer.ts";
import type { Splats } from "../render/renderer.ts";
import { randomLora } from "../teacher/lora.ts";
import type { Teacher } from "../teacher/teacher.ts";
import { adamInit, adamUpdate } from "./adam.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type NoiseBank, prepareBank } from "./noise-bank.ts";
import { createRandom, fillNormal } from "./random.ts";
import { regularise } from "./regularisers.ts";
import { createRig, type Rig, randomCameras } from "./rig.ts";
import type { SourceTerm } from "./score.ts";
import { createScoreStep } from "./score-step.ts";
import type { DistillSettings } from "./settings.ts";
import { type StaticSource, trainStaticSource } from "./source.ts";
import { chooseWinding } from "./winding.ts";

export interface DistillInput {
  prompt: string;
  splats: Splats;
  handles: Handles;
  loop: boolean;
  /** Ends at which the motion is held at rest; none where left out. */
  held?: HeldEnds | undefined;
  seed: number;
  teacher: Teacher;
  renderer: PoseRenderer;
  settings: DistillSettings;
  signal?: AbortSignal | undefined;
  onStage?: (stage: DistillStage) => void;
  /** @param fraction 0..1 of the present stage. */
  onProgress?: (fraction: number, loss: number | null) => void;
  /** Where a broken run of the same input stopped. */
  resume?: Checkpoint | null;
  /** Takes the state between steps, `checkpointEvery` steps apart; the arrays go on changing. */
  onCheckpoint?: (checkpoint: Checkpoint) => Promise<void>;
  checkpointEvery?: number;
}

export type DistillStage = "source" | "inversion" | "distill";

export interface DistillResult {
  motion: Motion;
  losses: number[];
  source: { steps: number; before: number; after: number } | null;
  /** The prompt was longer than the teacher reads. */
  truncated: boolean;
}

export async function distill(input: DistillInput): Promise<DistillResult> {
  const { teacher, renderer, splats, handles, settings, signal } = input;
  const { frames, views } = teacher.manifest;
  const enter = input.onStage ?? (() => {});
  const report = input.onProgress ?? (() => {});
  const random = createRandom(input.seed);
  const prompt = await teacher.encodeText(input.prompt);

  const rigs: Rig[] = [];
  for (let i = 0; i < settings.rigs + 1; i++) {
    rigs.push(await createRig(renderer, splats, randomCameras(views, settings.elevations, random)));
  }
  const heldOut = rigs.pop() as Rig;

  enter("source");
  const msd = settings.method === "msd";
  const source =
    msd && settings.source.maxSteps > 0
      ? await trainStaticSource(teacher, rigs, heldOut, randomLora(teacher.manifest, random), random, {
          ...settings.source,
          signal,
          onStep: (step, loss) => report(step / settings.source.maxSteps, loss),
        })
      : null;
  enter("inversion");
  const bank = msd
    ? await prepareBank(teacher, rigs, source?.lora ?? null, input.seed, settings, {
        signal,
        onEntry: (share) => report(share, null),
      })
    : null;

  const winding = await chooseWinding(teacher, renderer, { handles, rig: heldOut, prompt, loop: input.loop }, random);
  const motion = createMotion(handles.count, settings.knots, input.loop, winding, input.held);
  const basis = motionBasis(motion, frames);
  const rates = parameterRates(motion, settings);
  const state = input.resume ?? { step: 0, values: motion.values, adam: adamInit(motion.values.length), losses: [] };
  motion.values = state.values;
  const scoreStep = await createScoreStep(teacher, renderer);

  enter("distill");
  while (state.step < settings.iterations) {
    throwIfCancelled(signal);
    const rig = state.step % rigs.length;
    const draw = drawNoise(state.step, rigs[rig], input, bank, source);

    const pose = evaluateMotion(motion, handles, basis);
    const gradient = createPoseGradient(pose);
    const shared = { pose, rig: rigs[rig], prompt, guidance: settings.guidance, fresh: !bank };
    const loss = await scoreStep.run({ ...shared, ...draw }, gradient);
    const penalty = regularise(pose, handles, input.loop, settings.regularisers, gradient);
    if (!Number.isFinite(penalty)) throw new AnimusError("internal", `The motion diverged at step ${state.step}.`);
    const onValues = backpropagateMotion(motion, pose, gradient, basis);
    const scale = rateScale(state.step, settings);
    adamUpdate(
      state.adam,
      motion.values,
      onValues,
      rates.map((rate) => rate * scale),
    );

    state.losses.push(loss);
    state.step++;
    if (state.step % (input.checkpointEvery ?? 20) === 0) await input.onCheckpoint?.(state);
    report(state.step / settings.iterations, loss);
  }
  scoreStep.dispose();
  const { truncated } = prompt;
  return { motion, losses: state.losses, source: source && { steps: source.steps, ...source.heldOut }, truncated };
}

/** Noise, level and source of one step: from the bank, or of the step alone. */
function drawNoise(
  step: number,
  rig: Rig,
  { seed, settings, teacher }: DistillInput,
  bank: NoiseBank | null,
  trained: StaticSource | null,
): { noise: Float32Array; level: number; source: SourceTerm } {
  const { rigs, levels } = settings;
  if (!bank) {
    const random = createRandom(seed, step + 1);
    const level = levels[0] + (levels[1] - levels[0]) * random();
    const noise = fillNormal(new Float32Array(rig.rest.length * teacher.manifest.frames), random);
    return { noise, level, source: null };
  }
  const entries = bank[step % rigs];
  const { noise, level, residual } = entries[Math.floor(step / rigs) % entries.length];
  const { weight } = settings.source;
  if (residual) return { noise, level, source: { clip: "static", weight, residual } };
  return { noise, level, source: weight > 0 ? { clip: "moving", weight, lora: trained?.lora ?? null } : null };
}

/** Learning rate of every control value. */
function parameterRates(motion: Motion, settings: DistillSettings): Float64Array {
  const { handleRotation, handleTranslation, rootRotation, rootTranslation } = settings.rates;
  const row = (motion.handles + 1) * 6;
  return Float64Array.from(motion.values, (_, i) => {
    const rotation = i % 6 < 3;
    if (i % row >= motion.handles * 6) return rotation ? rootRotation : rootTranslation;
    return rotation ? handleRotation : handleTranslation;
  });
}

/** Linear warm-up, flat, then linear decay to a tenth. */
function rateScale(step: number, { iterations, warmup, decayAfter }: DistillSettings): number {
  const share = step / iterations;
  const decay = share < decayAfter ? 1 : 1 - (0.9 * (share - decayAfter)) / (1 - decayAfter);
  return Math.min(1, (step + 1) / warmup) * decay;
}
