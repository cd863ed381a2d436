// Noise, level and source of one step: from the bank, or of the step alone.

import type { Teacher } from "../teacher/teacher.ts";
import type { BankEntry, NoiseBank } from "./noise-bank.ts";
import type { Phase } from "./phases.ts";
import { createRandom, fillNormal } from "./random.ts";
import type { Rig } from "./rig.ts";
import type { SourceTerm } from "./score.ts";
import type { DistillSettings } from "./settings.ts";
import type { StaticSource } from "./source.ts";

export interface DrawnNoise {
  /** [views, 3, frames, height, width] */
  noise: Float32Array;
  level: number;
  source: SourceTerm;
}

/** @param stream of random numbers, one a step. */
export function freshNoise(
  teacher: Teacher,
  rig: Rig,
  { levels }: Pick<Phase, "levels">,
  seed: number,
  stream: number,
): DrawnNoise {
  const random = createRandom(seed, stream);
  const level = levels[0] + (levels[1] - levels[0]) * random();
  const noise = fillNormal(new Float32Array(rig.rest.length * teacher.manifest.frames), random);
  return { noise, level, source: null };
}

/** The entry of a step: rigs in turn, then the noises of each. */
export function bankedNoise(
  bank: NoiseBank,
  step: number,
  { source: { weight } }: DistillSettings,
  trained: StaticSource | null,
): DrawnNoise {
  const entries: BankEntry[] = bank[step % bank.length];
  const { noise, level, residual } = entries[Math.floor(step / bank.length) % entries.length];
  if (residual) return { noise, level, source: { clip: "static", weight, residual } };
  return { noise, level, source: weight > 0 ? { clip: "moving", weight, lora: trained?.lora ?? null } : null };
}
