// Reads the built part of the evaluation set: bodies of the species that are held out of the teacher's training, skinned, and their
// motions as matrices of joints (evaluation_built.py writes both).

import { AnimusError } from "../../pipeline/errors.ts";
import { readBodyMeshes } from "./body-meshes.ts";
import { readSetFiles } from "./set-files.ts";
import type { Body, TrueCase } from "./true-case.ts";

interface BuiltAsset {
  name: string;
  family: string;
  group: string;
  walker: boolean;
  area: number;
  bones: number;
  bind: number;
  joints: number;
  weights: number;
  normals: number;
  colours: number;
  rest: number;
}

interface BuiltCase {
  asset: number;
  key: string;
  /** null: the judge has no such class. */
  class: string | null;
  prompt: string;
  loop: boolean;
  matrices: number;
}

/** Bodies and cases of built.json and built.bin in `folder`. @throws AnimusError "input", as readSetFiles. */
export async function readBuilt(folder: string): Promise<{ frames: number; points: number; cases: TrueCase[] }> {
  const { file, set, hash, bytes, floats, halves } = await readSetFiles<BuiltAsset, BuiltCase>(
    folder,
    "built",
    "evaluation_built.py",
  );
  const { points, frames } = set;
  const meshes = await readBodyMeshes(folder, "built-meshes");
  const made = set.assets.map(({ name, family, group, walker, area, bones, ...at }) => {
    const skin: Skin = {
      bind: floats(`${name} bind`, at.bind, points * 3),
      joints: bytes(`${name} joints`, at.joints, points * 4),
      weights: bytes(`${name} weights`, at.weights, points * 4),
      bones,
    };
    const worst = skin.joints.reduce((most, joint) => Math.max(most, joint), 0);
    if (worst >= bones) {
      const hint = "Make the set anew; the two files belong together.";
      throw new AnimusError("input", `${name} follows joint ${worst} of ${bones}.`, { file, hint });
    }
    const body: Body = {
      name,
      family,
      group,
      walker,
      area,
      setHash: hash,
      positions: skinned(skin, halves(`${name} rest`, at.rest, bones * 12), 1),
      normals: floats(`${name} normals`, at.normals, points * 3),
      albedo: Float32Array.from(bytes(`${name} colours`, at.colours, points * 3), (value) => value / 255),
      mesh: meshes.get(name) ?? null,
    };
    return { body, skin };
  });
  const cases = set.cases.map(({ asset, matrices, key, prompt, loop, ...rest }, index): TrueCase => {
    const own = made[asset];
    if (!own) throw new AnimusError("input", `Case ${index} names asset ${asset} of ${made.length}.`, { file });
    const { body, skin } = own;
    const id = `${body.name}/${key}`;
    const tracks = skinned(skin, halves(`${id} matrices`, matrices, frames * skin.bones * 12), frames);
    return { id, body, key, class: rest.class, prompt, loop, recorded: false, built: true, tracks };
  });
  return { frames, points, cases };
}

interface Skin {
  /** [points * 3] */
  bind: Float32Array;
  /** Four joints a point and their weights, a 255th. */
  joints: Uint8Array;
  weights: Uint8Array;
  bones: number;
}

/** Points [frames * points * 3] of skin matrices [frames, bones, 3, 4]. */
function skinned({ bind, joints, weights, bones }: Skin, matrices: Float32Array, frames: number): Float32Array {
  const points = bind.length / 3;
  const out = new Float32Array(frames * points * 3);
  for (let f = 0; f < frames; f++) {
    for (let p = 0; p < points; p++) {
      for (let k = 0; k < 4; k++) {
        const weight = weights[4 * p + k] / 255;
        if (weight === 0) continue;
        const at = (f * bones + joints[4 * p + k]) * 12;
        for (let c = 0; c < 3; c++) {
          let moved = matrices[at + 4 * c + 3];
          for (let i = 0; i < 3; i++) moved += matrices[at + 4 * c + i] * bind[3 * p + i];
          out[(f * points + p) * 3 + c] += weight * moved;
        }
      }
    }
  }
  return out;
}
