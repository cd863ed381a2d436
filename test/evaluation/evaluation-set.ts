// Reads the evaluation set: bodies that the teacher never saw, and the true motions of each. The Python side writes it
// (evaluation_set.py and evaluation_built.py); nothing here renders or judges.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { AnimusError } from "../../pipeline/errors.ts";
import { readBodyMeshes } from "./body-meshes.ts";
import { readBuilt } from "./built-set.ts";
import { readSetFiles } from "./set-files.ts";
import type { Body, TrueCase } from "./true-case.ts";

export interface EvaluationSet {
  frames: number;
  cases: TrueCase[];
  /** SHA-256 (hex) of the recorded part. */
  hash: string;
}

interface RecordedAsset {
  name: string;
  family: string;
  group: string;
  walker: boolean;
  area: number;
  positions: number;
  normals: number;
  colours: number;
}

interface RecordedCase {
  asset: number;
  key: string;
  class: string;
  prompt: string;
  loop: boolean;
  recorded: boolean;
  tracks: number;
}

/**
 * The recorded bodies, and the built ones after them where the folder has those.
 * @throws AnimusError "input", as readSetFiles.
 */
export async function readEvaluationSet(folder: string): Promise<EvaluationSet> {
  const { file, set, hash, bytes, floats, halves } = await readSetFiles<RecordedAsset, RecordedCase>(
    folder,
    "set",
    "evaluation_set.py",
  );
  const { points, frames } = set;
  const meshes = await readBodyMeshes(folder, "meshes");
  const bodies = set.assets.map(
    ({ name, family, group, walker, area, ...at }): Body => ({
      name,
      family,
      group,
      walker,
      area,
      setHash: hash,
      positions: floats(`${name} positions`, at.positions, points * 3),
      normals: floats(`${name} normals`, at.normals, points * 3),
      albedo: Float32Array.from(bytes(`${name} colours`, at.colours, points * 3), (value) => value / 255),
      mesh: meshes.get(name) ?? null,
    }),
  );
  const cases = set.cases.map(({ asset, tracks, key, prompt, loop, recorded, ...rest }, index): TrueCase => {
    const body = bodies[asset];
    if (!body) throw new AnimusError("input", `Case ${index} names asset ${asset} of ${bodies.length}.`, { file });
    const id = `${body.name}/${key}`;
    const positions = halves(`${id} tracks`, tracks, frames * points * 3);
    return { id, body, key, class: rest.class, prompt, loop, recorded, built: false, tracks: positions };
  });
  const built = existsSync(join(folder, "built.json")) ? await readBuilt(folder) : null;
  if (built && built.frames !== frames) {
    throw new AnimusError("input", `built.json has ${built.frames} frames a clip, set.json ${frames}.`, {
      file,
      hint: "Make both anew with the same code: evaluation_set.py and evaluation_built.py.",
    });
  }
  return { frames, cases: [...cases, ...(built?.cases ?? [])], hash };
}
