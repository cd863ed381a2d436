// The loop of Motion Score Distillation. It reads top to bottom: prepare the static source and its noise, then render, score,
// pull the score back to the handles, add the regularisers, step; and the same again at low noise where refinement is asked for.

import { AnimusError, throwIfCancelled } from "../errors.ts";
import type { Handles } from "../motion/handles.ts";
import type { HeldEnds } from "../motion/held-ends.ts";
import { findMirror } from "../motion/mirror.ts";
import {
  backpropagateMotion,
  createMotion,
  createPoseGradient,
  evaluateMotion,
  type Motion,
} from "../motion/motion.ts";
import { refineMotion } from "../motion/refine-motion.ts";
import type { GroundedPoints, Soles } from "../motion/soles.ts";
import type { PoseRenderer } from "../render/pose-renderer.ts";
import type { Splats } from "../render/renderer.ts";
import { predictionsOfGuided } from "../teacher/guidance.ts";
import type { Teacher } from "../teacher/teacher.ts";
import { adamInit, adamUpdate } from "./adam.ts";
import type { Checkpoint, CheckpointStage } from "./checkpoint.ts";
import { chooseFall } from "./choose-fall.ts";
import { promptGait, promptSymmetricGait } from "./choose-gait.ts";
import { framesOfWindows } from "./choose-windows.ts";
import { bankedNoise, freshNoise } from "./draw-noise.ts";
import { groundContact } from "./ground.ts";
import { landing } from "./landing.ts";
import { prepareBank } from "./noise-bank.ts";
import { openingSteps, settingsOfOpening } from "./opening.ts";
import { chooseView, knotsOf, type Phase, phasesOf, viewsInTime } from "./phases.ts";
import { createRandom } from "./random.ts";
import { parameterRates, rateScale } from "./rates.ts";
import { regularise, stiffened } from "./regularisers.ts";
import { createRig, type Rig, randomCameras, spreadCameras } from "./rig.ts";
import { createScoreStep } from "./score-step.ts";
import { type DistillSettings, RENDERING } from "./settings.ts";
import { findStaticSource, type StaticSource } from "./source.ts";
import { symmetriseGait } from "./symmetric-gait.ts";
import { chooseWinding } from "./winding.ts";

export interface DistillInput {
  prompt: string;
  splats: Splats;
  handles: Handles;
  loop: boolean;
  /** Poses that the motion's ends are held to; none where left out. */
  held?: HeldEnds | undefined;
  /** What stands on the ground, where the motion is a gait on it. */
  soles?: Soles | null;
  /** Points all over the body, where the motion is a fall to the ground, played once. */
  falling?: GroundedPoints | null;
  /** Windows of the teacher's frames that a long one-shot is made of; 1 where left out. */
  windows?: number;
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

export type DistillStage = "source" | "inversion" | CheckpointStage;

export interface DistillResult {
  motion: Motion;
  losses: number[];
  source: Pick<StaticSource, "steps" | "heldOut"> | null;
  /** The prompt was longer than the teacher reads. */
  truncated: boolean;
}

export async function distill(input: DistillInput): Promise<DistillResult> {
  const { teacher, renderer, splats, handles, soles, falling, settings, signal, windows = 1 } = input;
  const { frames, views } = teacher.manifest;
  const enter = input.onStage ?? (() => {});
  const report = input.onProgress ?? (() => {});
  const random = createRandom(input.seed);
  const prompt = await teacher.encodeText(input.prompt);

  const rigs: Rig[] = [];
  for (const cameras of spreadCameras(settings.rigs, views, settings.elevations, random)) {
    rigs.push(await createRig(renderer, splats, cameras));
  }
  const heldOut = await createRig(renderer, splats, randomCameras(views, settings.elevations, random));

  enter("source");
  const msd = settings.method === "msd";
  const source = msd
    ? await findStaticSource(teacher, rigs, heldOut, settings.source, random, { signal, onProgress: report })
    : null;
  enter("inversion");
  const phases = phasesOf(settings, windows);
  const perStep = predictionsOfGuided(teacher.manifest, settings.guidance) + RENDERING;
  const { resume = null } = input;
  const first = resume?.stage === "refine" ? 1 : 0;
  const bankOf = (phase: Phase, onEntry: (share: number) => void) =>
    msd ? prepareBank(teacher, rigs, source?.lora ?? null, input.seed, settings, phase, { signal, onEntry }) : null;
  let bank = first === 0 ? await bankOf(phases[0], (share) => report(share, null)) : null;

  const winding = await chooseWinding(teacher, renderer, { handles, rig: heldOut, prompt, loop: input.loop }, random);
  const knots = knotsOf(settings.knots, windows, frames);
  const passes = framesOfWindows(windows, frames) / frames;
  const turning = { ...winding, turns: winding.turns * Math.round(passes) };
  let motion = createMotion(handles.count, knots, input.loop, turning, input.held, passes);
  const { landing: lands } = settings;
  const fall = falling && lands && { handles, body: falling, rig: heldOut, prompt, share: lands.share };
  const laidDown = fall ? await chooseFall(motion, teacher, renderer, fall, random) : false;
  const joints = input.loop && promptGait(input.prompt) ? settings.joints : null;
  const sides = joints && knots % 2 === 0 && promptSymmetricGait(input.prompt) ? findMirror(handles) : null;
  const losses = resume?.losses ?? [];
  const scoreStep = await createScoreStep(teacher, renderer);

  try {
    for (const [index, phase] of phases.entries()) {
      motion = refineMotion(motion, phase.doublings);
      if (index < first) continue;
      enter(phase.stage);
      const asked = index > 0 && msd ? settings.rigs * phase.noises : 0;
      const share = (predictions: number) => predictions / (asked + perStep * phase.iterations);
      if (asked > 0) bank = await bankOf(phase, (done) => report(share(done * asked), null));
      const views = viewsInTime(motion, frames, phase.sets, windows);
      const rates = parameterRates(motion, settings, joints?.rate).map((rate) => rate * phase.rate);
      const begun = {
        stage: phase.stage,
        step: 0,
        values: motion.values,
        adam: adamInit(motion.values.length),
        losses,
      };
      const state = index === first && resume ? resume : begun;
      motion.values = state.values;

      const opened =
        index === 0 ? openingSteps(settings, phase.iterations, { loop: input.loop, laidDown, windows }) : 0;
      while (state.step < phase.iterations) {
        throwIfCancelled(signal);
        const rig = rigs[state.step % rigs.length];
        const opening = state.step < opened ? settingsOfOpening(settings) : null;
        const { guidance, regularisers } = opening ?? settings;
        const drawn =
          bank && !opening
            ? bankedNoise(bank, state.step - opened, settings, source)
            : freshNoise(teacher, rig, opening ?? phase, input.seed, losses.length + 1);
        const basis = views[chooseView(views.length, state.step, input.seed)];

        const pose = evaluateMotion(motion, handles, basis);
        const gradient = createPoseGradient(pose);
        const shared = { pose, rig, prompt, guidance, fresh: !bank || opening !== null };
        const loss = await scoreStep.run({ ...shared, ...drawn }, gradient);
        const done = index > 0 ? 1 : state.step / phase.iterations;
        const weights = joints ? stiffened(regularisers, joints.stiffening, done) : regularisers;
        let penalty = regularise(pose, handles, input.loop, weights, joints?.give ?? null, gradient);
        if (soles && settings.ground) {
          penalty += groundContact(soles, handles, pose, input.loop, settings.ground, done, gradient);
        }
        if (falling && settings.landing) {
          penalty += landing(falling, handles, pose, basis.times, settings.landing, gradient);
        }
        if (!Number.isFinite(penalty)) throw new AnimusError("internal", `The motion diverged at step ${state.step}.`);
        const onValues = backpropagateMotion(motion, pose, gradient, basis);
        if (sides && joints && done < joints.symmetry) symmetriseGait(onValues, motion.knots, sides);
        const scale = rateScale(state.step, phase.iterations, settings);
        adamUpdate(
          state.adam,
          motion.values,
          onValues,
          rates.map((rate) => rate * scale),
        );

        losses.push(loss);
        state.step++;
        if (state.step % (input.checkpointEvery ?? 20) === 0) await input.onCheckpoint?.(state);
        report(share(asked + perStep * state.step), loss);
      }
    }
  } finally {
    scoreStep.dispose();
  }
  const { truncated } = prompt;
  return { motion, losses, source: source && { steps: source.steps, heldOut: source.heldOut }, truncated };
}
