// What the loop asks for again and again, made once: for every rig a few noises, each at its own level, and what the source model
// gets wrong of the static clip under them. The static clip never changes, so its half of the score costs the loop nothing.

import { throwIfCancelled } from "../errors.ts";
import type { Lora, Teacher } from "../teacher/teacher.ts";
import { addNoise, invertStaticClip } from "./noise.ts";
import { createRandom, fillNormal } from "./random.ts";
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

/** Streams of random numbers from here on belong to the bank's entries. */
const FIRST_STREAM = 1_000_000;

/** @throws AnimusError cancelled. */
export async function prepareBank(
  teacher: Teacher,
  rigs: readonly Rig[],
  lora: Lora | null,
  seed: number,
  settings: DistillSettings,
  { signal, onEntry }: { signal?: AbortSignal | undefined; onEntry: (share: number) => void },
): Promise<NoiseBank> {
  const { noises, noise: kind, source, levels, inversion } = settings;
  const bank: NoiseBank = [];
  for (const [r, rig] of rigs.entries()) {
    const clip = staticClip(rig, teacher.manifest.frames);
    const entries: BankEntry[] = [];
    for (const stratum of shuffled(noises, seed, FIRST_STREAM - 1 - r)) {
      throwIfCancelled(signal);
      const random = createRandom(seed, FIRST_STREAM + r * noises + stratum);
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

/** 0..count-1 in random order (Fisher and Yates), so that the loop meets high and low noise in turn. */
function shuffled(count: number, seed: number, stream: number): number[] {
  const random = createRandom(seed, stream);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
