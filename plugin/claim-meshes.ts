// Which mesh a player moves, with which binding, and who moved it before: a mesh follows one motion at a time. It binds nothing.

import { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import type { Node } from "@babylonjs/core/node.js";
import type { FieldBinding, MotionField } from "../runtime/field.ts";
import { type BoundMesh, isBound } from "./bind-mesh.ts";
import { type MatchResult, matchMeshes } from "./match-meshes.ts";
import { giveSkinBack, type RestBake } from "./rest-bake.ts";

interface Owner {
  dispose(): void;
}

const owners = new WeakMap<Mesh, Owner>();

/**
 * Matches the meshes at and below `root` with the bindings of `field` and makes `owner` theirs. A mesh that another player moves
 * is taken from it, which ends that player.
 */
export function claimMeshes(root: Node, field: MotionField, owner: Owner): MatchResult {
  for (const mesh of [root, ...root.getChildMeshes(false)]) {
    if (mesh instanceof Mesh && !isBound(mesh)) giveSkinBack(mesh);
  }
  const found = matchMeshes(root, field);
  for (const former of new Set(found.matches.flatMap(({ mesh }) => owners.get(mesh) ?? []))) former.dispose();
  for (const { mesh } of found.matches) owners.set(mesh, owner);
  return found;
}

export function unclaimMesh(mesh: Mesh): void {
  owners.delete(mesh);
}

/** A skin ignores its node's transform (glTF 2.0, 3.7.3.3): what counts is where the baked vertices lie. */
export function placedBinding(binding: FieldBinding, baked: RestBake | null): FieldBinding {
  return baked === null ? binding : { ...binding, meshToAsset: baked.meshToAsset };
}

/** The binding of a new motion for a mesh that follows an older one, or null where its vertices are others. */
export function successor({ binding, baked }: BoundMesh, field: MotionField): FieldBinding | null {
  const found = field.bindings.find(
    (other) => other.node === binding.node && other.mesh === binding.mesh && other.primitive === binding.primitive,
  );
  if (found?.positionsHash !== binding.positionsHash || found.vertexCount !== binding.vertexCount) return null;
  return placedBinding(found, baked);
}
