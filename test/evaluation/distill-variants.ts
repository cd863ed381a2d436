// The ways to find a motion that the distillation bench sets beside each other, each given the same number of teacher predictions.

import { scaled } from "../../pipeline/distill/regularisers.ts";
import {
  type DistillSettings,
  PRESET_SETTINGS,
  type RefinementSettings,
  sourceSteps,
  type TeacherCosts,
} from "../../pipeline/distill/settings.ts";
import { AnimusError } from "../../pipeline/errors.ts";
import { predictionsOfGuided } from "../../pipeline/teacher/guidance.ts";
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

/** The fit to one sample. Its steps ask the teacher nothing; what it is pulled by is not guided, so a quarter of the weights hold it as firmly. */
const FIT: Partial<DistillSettings> = {
  method: "sds",
  iterations: 110,
  guidance: 1,
  rigs: 1,
  regularisers: { ...scaled(BASE.regularisers, 1 / 4), drift: BASE.regularisers.drift },
};

/** Predictions of one run: the source's training and checks, the banks, the loop and its refinement. */
export function predictionsOf({ iterations, ...settings }: DistillSettings, teacher: TeacherCosts = {}): number {
  return preparation(settings, teacher) + iterations * perStep(settings, teacher);
}

type Unbounded = Omit<DistillSettings, "iterations">;

function preparation(settings: Unbounded, teacher: TeacherCosts): number {
  const { method, source, rigs, noises, noise, inversion, refinement } = settings;
  const refined = refinement ? refinement.iterations * perStep(settings, teacher) : 0;
  if (method === "sds") return refined;
  const steps = sourceSteps(source, teacher.staticSource !== undefined);
  const training = steps > 0 ? 1 + steps * GRADIENT + steps / source.checkEvery : 0;
  const still = source.weight > 0 && source.clip === "static" ? 1 : 0;
  const banked = rigs * (noises + (refinement?.noises ?? 0));
  return refined + training + banked * ((noise === "inverted" ? inversion.steps : 0) + still);
}

function perStep({ method, source, guidance }: Unbounded, teacher: TeacherCosts): number {
  const moving = method === "msd" && source.weight > 0 && source.clip === "moving";
  return predictionsOfGuided(teacher, guidance) + (moving ? 1 : 0);
}

/** A change of the draft's settings, at any depth: `{ "guidance": 5, "regularisers": { "arap": 3 } }`. */
export interface SettingsChange {
  [field: string]: unknown;
}

/** Variants of a search: the draft's settings with each change, and as many steps as `predictions` allow; the draft's own number where left out. */
export function searched(
  changes: Readonly<Record<string, SettingsChange>>,
  predictions?: number,
  teacher: TeacherCosts = {},
): Variant[] {
  const budget = predictions ?? predictionsOf(BASE, teacher);
  return Object.entries(changes).map(([name, change]) => ({
    name,
    settings: within(budget, changed(BASE, change) as DistillSettings, teacher),
  }));
}

/** @throws AnimusError "usage" at a field that the settings have not. */
function changed(settings: object, change: SettingsChange): object {
  const known = settings as Record<string, unknown>;
  const entries = Object.entries(change).map(([field, value]) => {
    if (!(field in known)) {
      throw new AnimusError("usage", `The settings have no "${field}".`, {
        hint: `There are: ${Object.keys(known).join(", ")}.`,
      });
    }
    const inner = known[field];
    const deep = isRecord(inner) && isRecord(value);
    return [field, deep ? changed(inner, value) : value];
  });
  return { ...known, ...Object.fromEntries(entries) };
}

const isRecord = (value: unknown): value is SettingsChange =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The settings with as many steps as the predictions allow. */
function within(predictions: number, settings: DistillSettings, teacher: TeacherCosts): DistillSettings {
  const iterations = Math.floor((predictions - preparation(settings, teacher)) / perStep(settings, teacher));
  return { ...settings, iterations };
}

/** All variants, with as many steps as `predictions` of the teacher allow; the draft preset's own number where left out. */
export function variants(predictions?: number, teacher: TeacherCosts = {}): Variant[] {
  const budget = predictions ?? predictionsOf(BASE, teacher);
  const bounded = (change: Partial<DistillSettings>) => within(budget, { ...BASE, ...change }, teacher);
  const source = (change: Partial<DistillSettings["source"]>) => ({ source: { ...BASE.source, ...change } });
  return [
    { name: "sds-7", settings: bounded({ method: "sds", guidance: 7 }) },
    { name: "sds-15", settings: bounded({ method: "sds", guidance: 15 }) },
    { name: "msd", settings: bounded({}) },
    { name: "msd-ground", settings: bounded({}), ground: true },
    { name: "msd-refined", settings: bounded({ refinement: REFINEMENT }) },
    { name: "msd-no-lora", settings: bounded(source({ factors: "none" })) },
    { name: "msd-inverted", settings: bounded({ noise: "inverted", noises: 4 }) },
    { name: "msd-moving", settings: bounded(source({ clip: "moving", weight: 0.3 })) },
    { name: "fit", settings: { ...BASE, ...FIT }, wrap: fixedTarget },
  ];
}
