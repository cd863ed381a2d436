// Bakes the skin of a mesh at its rest pose, because a motion field moves the rest pose and takes the skeleton's place. The
// mesh gets a geometry of its own; `restore` gives the skinned one back. Morph targets stay with Babylon.

import type { Skeleton } from "@babylonjs/core/Bones/skeleton.js";
import { VertexBuffer } from "@babylonjs/core/Buffers/buffer.js";
import { Matrix, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh.js";
import type { Geometry } from "@babylonjs/core/Meshes/geometry.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import type { Node } from "@babylonjs/core/node.js";
import type { FloatArray } from "@babylonjs/core/types.js";

const SKIN_KINDS = [
  VertexBuffer.MatricesIndicesKind,
  VertexBuffer.MatricesWeightsKind,
  VertexBuffer.MatricesIndicesExtraKind,
  VertexBuffer.MatricesWeightsExtraKind,
];

export interface RestBake {
  /** Column-major 4x4 from the baked vertices to asset space, where the loader hung the skinned mesh. */
  meshToAsset: Float32Array;
  restore(): void;
  /** Instead of `restore`, once the mesh is gone. */
  discard(): void;
}

interface Skin {
  geometry: Geometry;
  skeleton: Skeleton;
  influencers: number;
}

/** What each baked geometry was made from. */
const skins = new WeakMap<Geometry, Skin>();

/** The skinned geometry of a mesh that shows a baked one, else null. */
export function skinnedGeometry(mesh: AbstractMesh): Geometry | null {
  return (mesh.geometry && skins.get(mesh.geometry)?.geometry) ?? null;
}

/** Gives a clone of a baked mesh the skin back; leaves any other mesh alone. */
export function giveSkinBack(mesh: Mesh): void {
  const skin = mesh.geometry && skins.get(mesh.geometry);
  if (!skin) return;
  skin.geometry.applyToMesh(mesh);
  mesh.bakedVertexAnimationManager = null;
  mesh.skeleton = skin.skeleton;
  mesh.numBoneInfluencers = skin.influencers;
}

/** True for a mesh with bones; a clone of a playing mesh carries a skeleton without any. */
export function hasSkin(mesh: Mesh): boolean {
  return mesh.skeleton !== null && mesh.skeleton.bones.length > 0;
}

/** The node whose local space is the asset's: what Babylon's glTF loader calls `__root__`, or a clone of it. */
function assetNode(mesh: Mesh, attached: Node): Node {
  const above: Node[] = [];
  for (let node: Node | null = mesh; node !== null; node = node.parent) above.push(node);
  return above.find((node) => node.name.endsWith("__root__")) ?? (above.includes(attached) ? attached : mesh);
}

/** Vertices without weights come out as NaN; they stay with the first joint, as the pipeline's import places them. */
function placeWeightless(
  mesh: Mesh,
  skeleton: Skeleton,
  positions: FloatArray | null,
  normals: FloatArray | null,
): void {
  const joint = Matrix.FromArray(skeleton.getTransformMatrices(mesh));
  const rest = mesh.getVerticesData(VertexBuffer.PositionKind);
  const restNormals = mesh.getVerticesData(VertexBuffer.NormalKind);
  if (positions === null || rest === null) return;
  const moved = new Vector3();
  for (let i = 0; i < positions.length; i += 3) {
    if (Number.isFinite(positions[i])) continue;
    Vector3.TransformCoordinatesToRef(Vector3.FromArray(rest, i), joint, moved);
    moved.toArray(positions, i);
    if (normals === null || restNormals === null) continue;
    Vector3.TransformNormalToRef(Vector3.FromArray(restNormals, i), joint, moved);
    moved.toArray(normals, i);
  }
}

/**
 * Returns the skeleton to rest, writes the skinned rest vertices into a geometry of the mesh's own and drops the skeleton.
 * @param attached the node that the motion is attached to
 */
export function bakeRestPose(mesh: Mesh, attached: Node): RestBake {
  const skeleton = mesh.skeleton;
  const geometry = mesh.geometry;
  if (skeleton === null || geometry === null) throw new Error(`"${mesh.name}" has no skin to bake.`);
  skeleton.returnToRest();
  skeleton.prepare(true);
  const positions = mesh.getPositionData(true, false);
  const normals = mesh.isVerticesDataPresent(VertexBuffer.NormalKind) ? mesh.getNormalsData(true, false) : null;
  placeWeightless(mesh, skeleton, positions, normals);
  const influencers = mesh.numBoneInfluencers;
  const asset = assetNode(mesh, attached);
  const world = mesh.computeWorldMatrix(true);
  const toAsset = asset === mesh ? Matrix.Identity() : world.multiply(Matrix.Invert(asset.computeWorldMatrix(true)));

  // A copy under a new name; makeGeometryUnique would keep the only user's geometry and overwrite it.
  const copy = geometry.copy(`${geometry.id} at rest ${mesh.uniqueId}`);
  skins.set(copy, { geometry, skeleton, influencers });
  copy.applyToMesh(mesh);
  if (positions !== null) mesh.setVerticesData(VertexBuffer.PositionKind, Float32Array.from(positions), false);
  if (normals !== null) mesh.setVerticesData(VertexBuffer.NormalKind, Float32Array.from(normals), false);
  for (const kind of SKIN_KINDS) if (mesh.isVerticesDataPresent(kind)) mesh.removeVerticesData(kind);
  mesh.skeleton = null;

  return {
    meshToAsset: Float32Array.from(toAsset.m),
    restore() {
      const shown = mesh.geometry;
      geometry.applyToMesh(mesh);
      if (copy.meshes.length === 0) copy.dispose();
      if (shown !== copy && shown?.meshes.length === 0) shown.dispose();
      mesh.skeleton = skeleton;
      mesh.numBoneInfluencers = influencers;
    },
    discard() {
      if (copy.meshes.length === 0) copy.dispose();
      if (geometry.meshes.length === 0) geometry.dispose();
    },
  };
}
