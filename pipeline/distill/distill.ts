// The loop of Motion Score Distillation. It reads top to bottom: prepare the static source and its noise, then render, score,
// pull the score back to the handles, add the regularisers, step.

import { AnimusError, throwIfCancelled } from "../errors.ts";
import type { Handles } from "../motion/handles.ts";
import {
  backpropagateMotion,
  createMotion,
  createPoseGradient,
  evaluateMotion,
  type Motion,
  motionBasis,
} from "../motion/motion.ts";
import type { PoseRenderer } from "../render/pose-renderer.ts";
import type { Splats } from "../render/renderer.ts";
import { randomLora } from "../teacher/lora.ts";
import type { Teacher } from "../teacher/teacher.ts";
import { adamInit, adamUpdate } from "./adam.ts";
import { invertStaticClip, type NoisePath, noiseAt } from "./noise.ts";
import { createRandom, fillNormal } from "./random.ts";
import { regularise } from "./regularisers.ts";
import { createRig, type Rig, randomCameras } from "./rig.ts";
import { createScoreStep } from "./score-step.ts";
import type { DistillSettings } from "./settings.ts";
import { trainStaticSource } from "./source.ts";
import { chooseWinding } from "./winding.ts";

export interface DistillInput {
  prompt: string;
  splats: Splats;
  handles: Handles;
  loop: boolean;
  seed: number;
  teacher: Teacher;
  renderer: PoseRenderer;
  settings: DistillSettings;
  signal?: AbortSignal | undefined;
  onStage?: (stage: DistillStage) => void;
  /** @param fraction 0..1 of the present stage. */
  onProgress?: (fraction: number, loss: number | null) => void;
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
  const source = msd
    ? await trainStaticSource(teacher, rigs, heldOut, randomLora(teacher.manifest, random), random, {
        ...settings.source,
        signal,
        onStep: (step, loss) => report(step / settings.source.maxSteps, loss),
      })
    : null;
  enter("inversion");
  const paths: NoisePath[] = [];
  for (const rig of msd ? rigs : []) {
    report(paths.length / rigs.length, null);
    const options = { ...settings.inversion, levels: settings.levels, signal };
    paths.push(await invertStaticClip(teacher, rig, source?.lora ?? null, random, options));
  }

  const winding = await chooseWinding(teacher, renderer, { handles, rig: heldOut, prompt, loop: input.loop }, random);
  const motion = createMotion(handles.count, settings.knots, input.loop, winding);
  const basis = motionBasis(motion, frames);
  const rates = parameterRates(motion, settings);
  const adam = adamInit(motion.values.length);
  const losses: number[] = [];
  const scoreStep = await createScoreStep(teacher, renderer);

  enter("distill");
  for (let step = 0; step < settings.iterations; step++) {
    throwIfCancelled(signal);
    const rig = step % rigs.length;
    const level = settings.levels[0] + (settings.levels[1] - settings.levels[0]) * random();

    const pose = evaluateMotion(motion, handles, basis);
    const gradient = createPoseGradient(pose);
    const request = {
      pose,
      rig: rigs[rig],
      prompt,
      noise: msd ? noiseAt(paths[rig], level) : fillNormal(new Float32Array(rigs[rig].rest.length * frames), random),
      fresh: !msd,
      level,
      guidance: settings.guidance,
      sourceWeight: msd ? settings.sourceWeight : 0,
      source: source?.lora ?? null,
    };
    const loss = await scoreStep.run(request, gradient);
    const penalty = regularise(pose, handles, input.loop, settings.regularisers, gradient);
    const onValues = backpropagateMotion(motion, pose, gradient, basis);
    const scale = rateScale(step, settings);
    adamUpdate(
      adam,
      motion.values,
      onValues,
      rates.map((rate) => rate * scale),
    );

    if (!Number.isFinite(penalty)) throw new AnimusError("internal", `The motion diverged at step ${step}.`);
    losses.push(loss);
    report((step + 1) / settings.iterations, loss);
  }
  scoreStep.dispose();
  const { truncated } = prompt;
  return { motion, losses, source: source && { steps: source.steps, ...source.heldOut }, truncated };
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
