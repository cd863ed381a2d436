// What the evaluation asks: a body that the teacher never saw, what it should do, and how that truly looks.

import type { BodyMesh } from "./body-meshes.ts";

/** A body as points, in normalised space: centred, largest side 1, y up, facing +z. */
export interface Body {
  name: string;
  family: string;
  /** animal, person, creature, robot, vehicle, object. */
  group: string;
  walker: boolean;
  /** Surface area, normalised units squared. */
  area: number;
  /** SHA-256 (hex) of the files that it came from: caches of a body survive when others are added. */
  setHash: string;
  /** [points * 3] */
  positions: Float32Array;
  /** Unit normals, [points * 3]. */
  normals: Float32Array;
  /** sRGB 0..1 before shading, [points * 3]. */
  albedo: Float32Array;
  /** The triangles that the points lie on; null where the set has none of this body. */
  mesh: BodyMesh | null;
}

export interface TrueCase {
  /** "asset/key", unique. */
  id: string;
  body: Body;
  /** Motion key: an action, perhaps with its manner ("walk", "walk@fast"), or a procedural kind ("proc:jump"). */
  key: string;
  /** The judge's class that is right; null where the judge has none for it. */
  class: string | null;
  prompt: string;
  loop: boolean;
  /** From an artist's animation, not from a formula. */
  recorded: boolean;
  /** A body built from primitives, of a species held out of the training; its motion is a formula of its skeleton. */
  built: boolean;
  /** True positions, [frames * points * 3]. */
  tracks: Float32Array;
}
