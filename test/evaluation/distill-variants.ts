// The ways to find a motion that the distillation bench sets beside each other, each given the same number of teacher predictions.

import { type DistillSettings, PRESET_SETTINGS, type RefinementSettings } from "../../pipeline/distill/settings.ts";
import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { fixedTarget } from "./fixed-target.ts";

export interface Variant {
  name: string;
  settings: DistillSettings;
  /** Feet of gaits keep to the ground. */
  ground?: boolean;
  /** What is asked in place of the teacher. */
  wrap?: (teacher: Teacher) => Teacher;
}

const BASE = PRESET_SETTINGS.draft;

/** Predictions that a LoRA gradient counts for. */
const GRADIENT = 3;

/** The second stage that "msd-refined" gives a good quarter of its predictions to. */
const REFINEMENT: RefinementSettings = {
  doublings: 1,
  iterations: 24,
  levels: [0.3, 0.7],
  noises: 4,
  sets: 4,
  rate: 0.3,
};

/** Predictions of one run: the source's training and checks, the banks, the loop and its refinement. */
export function predictionsOf({ method, iterations, ...settings }: DistillSettings): number {
  return preparation({ method, ...settings }) + iterations * perStep({ method, ...settings });
}

type Unbounded = Omit<DistillSettings, "iterations">;

function preparation({ method, source, rigs, noises, noise, inversion, refinement }: Unbounded): number {
  const refined = refinement ? refinement.iterations * perStep({ method, source }) : 0;
  if (method === "sds") return refined;
  const training = source.maxSteps > 0 ? 1 + source.maxSteps * GRADIENT + source.maxSteps / source.checkEvery : 0;
  const still = source.weight > 0 && source.clip === "static" ? 1 : 0;
  const banked = rigs * (noises + (refinement?.noises ?? 0));
  return refined + training + banked * ((noise === "inverted" ? inversion.steps : 0) + still);
}

function perStep({ method, source }: Pick<Unbounded, "method" | "source">): number {
  return method === "msd" && source.weight > 0 && source.clip === "moving" ? 3 : 2;
}

/** All variants, with as many steps as `predictions` of the teacher allow; the draft preset's own number where left out. */
export function variants(predictions: number = predictionsOf(BASE)): Variant[] {
  const bounded = (change: Partial<DistillSettings>): DistillSettings => {
    const settings = { ...BASE, ...change };
    return { ...settings, iterations: Math.floor((predictions - preparation(settings)) / perStep(settings)) };
  };
  const source = (change: Partial<DistillSettings["source"]>) => ({ source: { ...BASE.source, ...change } });
  return [
    { name: "sds-7", settings: bounded({ method: "sds", guidance: 7 }) },
    { name: "sds-15", settings: bounded({ method: "sds", guidance: 15 }) },
    { name: "msd", settings: bounded({}) },
    { name: "msd-ground", settings: bounded({}), ground: true },
    { name: "msd-refined", settings: bounded({ refinement: REFINEMENT }) },
    { name: "msd-no-lora", settings: bounded(source({ maxSteps: 0 })) },
    { name: "msd-inverted", settings: bounded({ noise: "inverted", noises: 4 }) },
    { name: "msd-moving", settings: bounded(source({ clip: "moving", weight: 0.3 })) },
    { name: "fit", settings: { ...BASE, method: "sds", guidance: 1, rigs: 1 }, wrap: fixedTarget },
  ];
}
