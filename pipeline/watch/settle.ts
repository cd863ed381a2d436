// Tells files at rest from files that are still being written, and hashes models only when they rest and only when they changed.

import { stat } from "node:fs/promises";
import { type ModelFiles, readModelFiles } from "./model-files.ts";

/** Milliseconds without a change after which a file counts as complete. */
export const SETTLE_MS = 300;

/** @returns true where no file changed within the last `settleMs`; files that are gone count as at rest. */
export async function isSettled(files: readonly string[], settleMs = SETTLE_MS): Promise<boolean> {
  // The change time, unlike the modification time, is never set back by a copy that keeps times.
  const changed = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ ctimeMs }) => ctimeMs,
        () => 0,
      ),
    ),
  );
  const age = Date.now() + 1 - Math.max(0, ...changed);
  return age >= settleMs || age < -60_000;
}

/** Identity of the files' present state: sizes, times and inodes. */
async function stampOf(files: readonly string[]): Promise<string> {
  const stamps = files.map((file) =>
    stat(file, { bigint: true }).then(
      ({ size, ctimeNs, ino }) => `${size}/${ctimeNs}/${ino}`,
      () => "gone",
    ),
  );
  return (await Promise.all(stamps)).join(" ");
}

export interface ModelHashes {
  /**
   * Hash of a model and its files.
   * @returns null while one of them is being written.
   * @throws AnimusError "input" where one of them cannot be read.
   */
  get(model: string): Promise<string | null>;
}

export function createModelHashes(settleMs = SETTLE_MS): ModelHashes {
  const known = new Map<string, ModelFiles & { stamp: string }>();
  return {
    async get(model) {
      const last = known.get(model);
      const stamp = await stampOf(last?.files ?? [model]);
      if (last?.stamp === stamp) return last.hash;
      if (!(await isSettled(last?.files ?? [model], settleMs))) return null;
      known.delete(model);
      const read = await readModelFiles(model);
      // Files that only the model told of may still be on their way.
      if (!(await isSettled(read.files, settleMs))) return null;
      known.set(model, { ...read, stamp: await stampOf(read.files) });
      return read.hash;
    },
  };
}
