// The static source that a teacher's folder may bring along: low-rank factors, trained once on many bodies standing still
// (training/train-source.ts), as a file of half-precision numbers, the manifest's tensors one after the other.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { floatToHalf, halfToFloat } from "../../runtime/half.ts";
import { AnimusError } from "../errors.ts";
import { zeroLora } from "./lora.ts";
import type { TeacherManifest } from "./manifest.ts";
import type { Lora } from "./teacher.ts";

/**
 * @returns the factors; null where the manifest names none.
 * @throws AnimusError "teacher" where the file is missing or holds another number of values than the manifest's tensors.
 */
export async function readStaticSource(
  directory: string,
  manifest: Pick<TeacherManifest, "lora" | "staticSource">,
): Promise<Lora | null> {
  if (!manifest.staticSource) return null;
  const file = join(directory, manifest.staticSource.file);
  const hint = 'Restore the teacher\'s folder, or take "staticSource" out of its teacher.json.';
  const data = await readFile(file).catch((cause) => {
    throw new AnimusError("teacher", `The static source that teacher.json names is missing: ${file}.`, {
      file,
      cause,
      hint,
    });
  });
  const lora = zeroLora(manifest as TeacherManifest);
  const values = lora.tensors.reduce((sum, { length }) => sum + length, 0);
  if (data.length !== values * 2) {
    const wanted = `teacher.json's factors of rank ${lora.rank} take ${values * 2}`;
    throw new AnimusError("teacher", `${file} has ${data.length} bytes; ${wanted}.`, { file, hint });
  }
  let at = 0;
  for (const tensor of lora.tensors) {
    for (let i = 0; i < tensor.length; i++, at += 2) tensor[i] = halfToFloat(data.readUInt16LE(at));
    if (!tensor.every(Number.isFinite)) {
      throw new AnimusError("teacher", `${file} holds a value that is not finite.`, { file, hint });
    }
  }
  return lora;
}

/** The bytes of such a file. */
export function encodeStaticSource({ tensors }: Lora): Buffer {
  const data = Buffer.alloc(2 * tensors.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const tensor of tensors) for (const value of tensor) at = data.writeUInt16LE(floatToHalf(value), at);
  return data;
}
