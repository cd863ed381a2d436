// Bakes the skin of a mesh at its rest pose, because a motion field moves the rest pose and takes the skeleton's place. The
// mesh gets a geometry of its own; `restore` gives the skinned one back. Morph targets stay with Babylon.

import { VertexBuffer } from "@babylonjs/core/Buffers/buffer.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";

const SKIN_KINDS = [
  VertexBuffer.MatricesIndicesKind,
  VertexBuffer.MatricesWeightsKind,
  VertexBuffer.MatricesIndicesExtraKind,
  VertexBuffer.MatricesWeightsExtraKind,
];

export interface RestBake {
  restore(): void;
}

/** True for a mesh with bones; a clone of a playing mesh carries a skeleton without any. */
export function hasSkin(mesh: Mesh): boolean {
  return mesh.skeleton !== null && mesh.skeleton.bones.length > 0;
}

/** Returns the skeleton to rest, writes the skinned rest vertices into a geometry of the mesh's own and drops the skeleton. */
export function bakeRestPose(mesh: Mesh): RestBake {
  const skeleton = mesh.skeleton;
  const geometry = mesh.geometry;
  if (skeleton === null || geometry === null) throw new Error(`"${mesh.name}" has no skin to bake.`);
  skeleton.returnToRest();
  skeleton.prepare(true);
  const positions = mesh.getPositionData(true, false);
  const normals = mesh.isVerticesDataPresent(VertexBuffer.NormalKind) ? mesh.getNormalsData(true, false) : null;
  const influencers = mesh.numBoneInfluencers;

  // A copy under a new name; makeGeometryUnique would keep the only user's geometry and overwrite it.
  const copy = geometry.copy(`${geometry.id} at rest`);
  copy.applyToMesh(mesh);
  if (positions !== null) mesh.setVerticesData(VertexBuffer.PositionKind, Float32Array.from(positions), false);
  if (normals !== null) mesh.setVerticesData(VertexBuffer.NormalKind, Float32Array.from(normals), false);
  for (const kind of SKIN_KINDS) if (mesh.isVerticesDataPresent(kind)) mesh.removeVerticesData(kind);
  mesh.skeleton = null;

  return {
    restore() {
      geometry.applyToMesh(mesh);
      copy.dispose();
      mesh.skeleton = skeleton;
      mesh.numBoneInfluencers = influencers;
    },
  };
}
