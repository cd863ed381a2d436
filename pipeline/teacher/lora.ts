// The low-rank factors of the static source: their layout comes from the manifest, their first values from here. The product
// down * up starts at zero, so a fresh LoRA leaves the teacher as it is.

import type { TeacherManifest } from "./manifest.ts";
import type { Lora } from "./teacher.ts";

const sizeOf = (shape: readonly number[]) => shape.reduce((size, n) => size * n, 1);

/** All zero: the base model. */
export function zeroLora({ lora }: TeacherManifest): Lora {
  return { rank: lora.rank, tensors: lora.tensors.map(({ shape }) => new Float32Array(sizeOf(shape))) };
}

/**
 * The usual start of training (Hu et al. 2021): factors that reduce ("..._down", shape [blocks, width, rank]) uniform with
 * variance 1 / width, factors that expand zero.
 * @param random uniform in [0, 1).
 */
export function randomLora(manifest: TeacherManifest, random: () => number): Lora {
  const lora = zeroLora(manifest);
  for (const [i, { name, shape }] of manifest.lora.tensors.entries()) {
    if (!name.endsWith("_down")) continue;
    const bound = Math.sqrt(3 / shape[shape.length - 2]!);
    const tensor = lora.tensors[i]!;
    for (let k = 0; k < tensor.length; k++) tensor[k] = (2 * random() - 1) * bound;
  }
  return lora;
}
