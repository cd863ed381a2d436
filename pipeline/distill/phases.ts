// The phases of one distillation: the coarse loop, and the refinement where it is asked for. Each says how many steps it takes, at which
// noise, and at which times of the pass its steps look. What a step does is the same in both (distill.ts).

import { type Motion, motionBasis, type TimeBasis } from "../motion/motion.ts";
import { doubledKnots } from "../motion/refine-motion.ts";
import { frameTimes } from "../motion/spline.ts";
import type { CheckpointStage } from "./checkpoint.ts";
import { framesOfWindows, WINDOW_OVERLAP } from "./choose-windows.ts";
import { createRandom, shuffled } from "./random.ts";
import type { DistillSettings } from "./settings.ts";

export interface Phase {
  stage: CheckpointStage;
  iterations: number;
  /** Times that the knots are doubled before it begins. */
  doublings: number;
  levels: readonly [number, number];
  noises: number;
  /** Interleaved sets of frames. */
  sets: number;
  /** Of the learning rates. */
  rate: number;
}

/** @param windows of the clip; each has the steps of one. @returns one or two. */
export function phasesOf({ iterations, levels, noises, refinement }: DistillSettings, windows = 1): Phase[] {
  const coarse: Phase = { stage: "distill", iterations, doublings: 0, levels, noises, sets: 1, rate: 1 };
  const phases: Phase[] = refinement ? [coarse, { stage: "refine", ...refinement }] : [coarse];
  return phases.map((phase) => ({ ...phase, iterations: phase.iterations * windows }));
}

/** Knots of a motion of several windows: as dense in each as `knots` in one. */
export function knotsOf(knots: number, windows: number, frames: number): number {
  return windows === 1 ? knots : 3 + Math.round(((knots - 3) * framesOfWindows(windows, frames)) / frames);
}

/** Number of control values in each phase: what a checkpoint of it must hold. */
export function valueCounts(
  settings: DistillSettings,
  handles: number,
  loop: boolean,
  windows: number,
  frames: number,
): Partial<Record<CheckpointStage, number>> {
  const knots = knotsOf(settings.knots, windows, frames);
  return Object.fromEntries(
    phasesOf(settings).map(({ stage, doublings }) => [stage, doubledKnots(knots, loop, doublings) * (handles + 1) * 6]),
  );
}

/**
 * What each step may look at: every window of the clip, and of each every interleaved set of frames. Set i of n holds the frames i,
 * i + n, i + 2n, ... of n times the teacher's frames, so that together they see detail between the frames of one.
 */
export function viewsInTime(motion: Motion, frames: number, sets: number, windows = 1): TimeBasis[] {
  const times = frameTimes(framesOfWindows(windows, frames) * sets, motion.loop);
  return Array.from({ length: windows * sets }, (_, view) => {
    const first = Math.floor(view / sets) * (frames - WINDOW_OVERLAP) * sets + (view % sets);
    return motionBasis(
      motion,
      Array.from({ length: frames }, (_, frame) => times[first + frame * sets]),
    );
  });
}

/** Streams of random numbers from here on choose what a step looks at. */
const FIRST_STREAM = 2_000_000;

/** Which of `count` a step looks at: each once in every `count` steps, in an order of its own. */
export function chooseView(count: number, step: number, seed: number): number {
  if (count === 1) return 0;
  return shuffled(count, createRandom(seed, FIRST_STREAM + Math.floor(step / count)))[step % count];
}
