// The ways to find a motion that the distillation bench sets beside each other, each given the same number of teacher predictions.

import { type DistillSettings, PRESET_SETTINGS } from "../../pipeline/distill/settings.ts";
import { predictionsOfGuided } from "../../pipeline/teacher/guidance.ts";
import type { TeacherManifest } from "../../pipeline/teacher/manifest.ts";
import type { Teacher } from "../../pipeline/teacher/teacher.ts";
import { fixedTarget } from "./fixed-target.ts";

export interface Variant {
  name: string;
  settings: DistillSettings;
  /** What is asked in place of the teacher. */
  wrap?: (teacher: Teacher) => Teacher;
}

const BASE = PRESET_SETTINGS.draft;

/** Predictions that a LoRA gradient counts for. */
const GRADIENT = 3;

/** What a teacher's manifest says of the cost of guidance. */
type Guided = Pick<TeacherManifest, "guidance">;

/** Predictions of one run: the source's training and checks, the bank, the loop. */
export function predictionsOf({ iterations, ...settings }: DistillSettings, teacher: Guided = {}): number {
  return preparation(settings) + iterations * perStep(settings, teacher);
}

type Unbounded = Omit<DistillSettings, "iterations">;

function preparation({ method, source, rigs, noises, noise, inversion }: Unbounded): number {
  if (method === "sds") return 0;
  const training = source.maxSteps > 0 ? 1 + source.maxSteps * GRADIENT + source.maxSteps / source.checkEvery : 0;
  const still = source.weight > 0 && source.clip === "static" ? 1 : 0;
  return training + rigs * noises * ((noise === "inverted" ? inversion.steps : 0) + still);
}

function perStep({ method, source, guidance }: Unbounded, teacher: Guided): number {
  const moving = method === "msd" && source.weight > 0 && source.clip === "moving";
  return predictionsOfGuided(teacher, guidance) + (moving ? 1 : 0);
}

/** All variants, with as many steps as `predictions` of the teacher allow; the draft preset's own number where left out. */
export function variants(predictions?: number, teacher: Guided = {}): Variant[] {
  const budget = predictions ?? predictionsOf(BASE, teacher);
  const bounded = (change: Partial<DistillSettings>): DistillSettings => {
    const settings = { ...BASE, ...change };
    return { ...settings, iterations: Math.floor((budget - preparation(settings)) / perStep(settings, teacher)) };
  };
  const source = (change: Partial<DistillSettings["source"]>) => ({ source: { ...BASE.source, ...change } });
  return [
    { name: "sds-7", settings: bounded({ method: "sds", guidance: 7 }) },
    { name: "sds-15", settings: bounded({ method: "sds", guidance: 15 }) },
    { name: "msd", settings: bounded({}) },
    { name: "msd-no-lora", settings: bounded(source({ maxSteps: 0 })) },
    { name: "msd-inverted", settings: bounded({ noise: "inverted", noises: 4 }) },
    { name: "msd-moving", settings: bounded(source({ clip: "moving", weight: 0.3 })) },
    { name: "fit", settings: { ...BASE, method: "sds", guidance: 1, rigs: 1 }, wrap: fixedTarget },
  ];
}
