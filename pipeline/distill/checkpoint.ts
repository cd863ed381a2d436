// The state of a distillation between two steps, as bytes: what a killed job needs to go on to the very result of an unbroken one.
// Rigs, source and noises are not in it, because the seed makes them again.

import type { AdamState } from "./adam.ts";

export interface Checkpoint {
  /** The loop, or its refinement with more knots. */
  stage: CheckpointStage;
  /** Steps of the stage done. */
  step: number;
  /** `Motion.values`. */
  values: Float64Array;
  adam: AdamState;
  /** Of all stages. */
  losses: number[];
}

export const CHECKPOINT_STAGES = ["distill", "refine"] as const;
export type CheckpointStage = (typeof CHECKPOINT_STAGES)[number];

const MAGIC = 0x4b434e41; // "ANCK"

/** u32 magic, step, Adam's step, values, losses (numbers), stage (place in the list above); then f64: values, first moments, second moments, losses. */
export function encodeCheckpoint({ stage, step, values, adam, losses }: Checkpoint): Uint8Array {
  const head = Uint32Array.of(MAGIC, step, adam.step, values.length, losses.length, CHECKPOINT_STAGES.indexOf(stage));
  const body = [values, adam.first, adam.second, Float64Array.from(losses)];
  const out = new Uint8Array(head.byteLength + body.reduce((sum, part) => sum + part.byteLength, 0));
  out.set(new Uint8Array(head.buffer));
  let offset = head.byteLength;
  for (const part of body) {
    out.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  }
  return out;
}

/**
 * @param lengths number of control values of each stage that the job has.
 * @returns null where the bytes are no whole checkpoint of such a job: it begins anew.
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  lengths: Partial<Record<CheckpointStage, number>>,
): Checkpoint | null {
  if (bytes.byteLength < 24) return null;
  const copy = bytes.slice();
  const [magic, step, adamStep, values, losses, place] = new Uint32Array(copy.buffer, 0, 6);
  const stage = CHECKPOINT_STAGES[place];
  if (magic !== MAGIC || values !== lengths[stage] || copy.byteLength !== 24 + 8 * (3 * values + losses)) return null;
  const part = (index: number, count: number) => new Float64Array(copy.buffer, 24 + 8 * values * index, count).slice();
  return {
    stage,
    step,
    values: part(0, values),
    adam: { step: adamStep, first: part(1, values), second: part(2, values) },
    losses: [...part(3, losses)],
  };
}
