// What the loop asks for again and again, made once: for every rig a few noises, each at its own level, and what the source model
// gets wrong of the static clip under them. The static clip never changes, so its half of the score costs the loop nothing.

import { throwIfCancelled } from "../errors.ts";
import type { Lora, Teacher } from "../teacher/teacher.ts";
import { addNoise, invertStaticClip } from "./noise.ts";
import type { Phase } from "./phases.ts";
import { createRandom, fillNormal, shuffled } from "./random.ts";
import { type Rig, staticClip } from "./rig.ts";
import type { DistillSettings } from "./settings.ts";

export interface BankEntry {
  level: number;
  /** [views, 3, frames, height, width] */
  noise: Float32Array;
  /** x_static - x_source of the static clip under this noise, same layout; null where the source is asked elsewhere or not at all. */
  residual: Float32Array | null;
}

/** Entries of every rig, in the order in which the loop takes them. */
export type NoiseBank = BankEntry[][];

/** Streams of random numbers from here on belong to the entries of a bank; those of the refinement have others. */
const FIRST_STREAM = { distill: 1_000_000, refine: 3_000_000 };

/** @throws AnimusError cancelled. */
export async function prepareBank(
  teacher: Teacher,
  rigs: readonly Rig[],
  lora: Lora | null,
  seed: number,
  settings: DistillSettings,
  { stage, levels, noises }: Pick<Phase, "stage" | "levels" | "noises">,
  { signal, onEntry }: { signal?: AbortSignal | undefined; onEntry: (share: number) => void },
): Promise<NoiseBank> {
  const { noise: kind, source, inversion } = settings;
  const stream = FIRST_STREAM[stage];
  const bank: NoiseBank = [];
  for (const [r, rig] of rigs.entries()) {
    const clip = staticClip(rig, teacher.manifest.frames);
    const entries: BankEntry[] = [];
    // In random order, so that the loop meets high and low noise in turn.
    for (const stratum of shuffled(noises, createRandom(seed, stream - 1 - r))) {
      throwIfCancelled(signal);
      const random = createRandom(seed, stream + r * noises + stratum);
      const level = levels[0] + ((levels[1] - levels[0]) * (stratum + random())) / noises;
      let noise = fillNormal(new Float32Array(clip.length), random);
      if (kind === "inverted") {
        noise = await invertStaticClip(teacher, rig, lora, noise, { ...inversion, level, signal });
      }
      let residual: Float32Array | null = null;
      if (source.weight > 0 && source.clip === "static") {
        const prediction = await teacher.predict({
          clips: addNoise(clip, noise, level),
          levels: [level],
          conditions: [{ text: null, rest: rig.rest, cameras: rig.cameras }],
          lora,
        });
        residual = clip.map((value, i) => value - prediction[i]);
      }
      entries.push({ level, noise, residual });
      onEntry((r * noises + entries.length) / (rigs.length * noises));
    }
    bank.push(entries);
  }
  return bank;
}
