// Where a job keeps its checkpoint while it runs: one hidden file beside the outputs, named by the job's key, so that only the same
// job takes it up again. Of the state itself it knows nothing (distill/checkpoint.ts).

import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Checkpoint, type CheckpointStage, decodeCheckpoint, encodeCheckpoint } from "./distill/checkpoint.ts";
import { writeAtomically } from "./encode/atomic-write.ts";

export interface JobCheckpoint {
  /** The state that a broken run of the same job left; null where there is none or it is damaged. */
  load(lengths: Partial<Record<CheckpointStage, number>>): Promise<Checkpoint | null>;
  save(checkpoint: Checkpoint): Promise<void>;
  /** The job is done. */
  clear(): Promise<void>;
}

/** Opens the checkpoint of `clip` of `asset` in the folder `out`, and removes those of the clip's earlier versions. */
export async function openJobCheckpoint(out: string, asset: string, clip: string, key: string): Promise<JobCheckpoint> {
  const start = `.${asset}.${clip}.`;
  const end = ".checkpoint";
  const name = `${start}${key.slice(0, 16)}${end}`;
  for (const other of await readdir(out)) {
    const version = other.startsWith(start) && other.endsWith(end) ? other.slice(start.length, -end.length) : "";
    if (/^[0-9a-f]{16}$/.test(version) && other !== name) await rm(join(out, other), { force: true });
  }
  const file = join(out, name);
  return {
    async load(lengths) {
      const bytes = await readFile(file).catch(() => null);
      return bytes && decodeCheckpoint(bytes, lengths);
    },
    save: (checkpoint) => writeAtomically(file, encodeCheckpoint(checkpoint)),
    clear: () => rm(file, { force: true }),
  };
}
