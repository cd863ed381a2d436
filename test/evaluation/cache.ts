// What took long and can be found again: sampled clips and fits, one file each, named by a hash of everything they depend on. An
// interrupted evaluation resumes from here; the judge is quick and never cached.

import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { writeAtomically } from "../../pipeline/encode/atomic-write.ts";

export interface Cache {
  /** The value of an earlier run with an equal key, or that of `make`, which is then kept. */
  remember<T>(kind: string, key: unknown, make: () => Promise<T>): Promise<T>;
}

/** @param folder made where missing; may be deleted at any time. */
export async function openCache(folder: string): Promise<Cache> {
  await mkdir(folder, { recursive: true });
  return {
    async remember<T>(kind: string, key: unknown, make: () => Promise<T>): Promise<T> {
      const name = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 24);
      const file = join(folder, `${kind}-${name}.bin`);
      const known = await readFile(file).catch(() => null);
      if (known) return deserialize(known) as T;
      const value = await make();
      await writeAtomically(file, serialize(value));
      return value;
    },
  };
}
