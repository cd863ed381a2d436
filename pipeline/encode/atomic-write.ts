// Replaces a file in one step: whoever reads it sees the old bytes or the new ones, never half of them.

import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AnimusError } from "../errors.ts";

/**
 * Writes to a hidden file in the same folder, flushes it to the disk and renames it.
 * @throws AnimusError "input" where the file cannot be written; the old one then stays as it was.
 */
export async function writeAtomically(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    const handle = await open(temporary, "w");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new AnimusError("input", `${file} cannot be written: ${(cause as Error).message}`, {
      file,
      hint: "Check that the folder may be written and that the disk is not full.",
      cause,
    });
  }
}
