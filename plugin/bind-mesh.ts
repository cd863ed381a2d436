// Makes one mesh follow a pose texture through Babylon's baked-vertex-animation include, which main, shadow, depth, picking,
// outline and glow passes all carry in GLSL and WGSL. It computes no pose; `restore` leaves the mesh as it was found.

import { BakedVertexAnimationManager } from "@babylonjs/core/BakedVertexAnimation/bakedVertexAnimationManager.js";
import type { Skeleton } from "@babylonjs/core/Bones/skeleton.js";
import { VertexBuffer } from "@babylonjs/core/Buffers/buffer.js";
import type { BaseTexture } from "@babylonjs/core/Materials/Textures/baseTexture.js";
import type { Geometry } from "@babylonjs/core/Meshes/geometry.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import type { FieldBinding } from "../runtime/field.ts";
import { INSTANCE_SETTINGS, rowSettings, showRow, showRowInInstances } from "./own-instances.ts";
import { giveSkinBack, type RestBake } from "./rest-bake.ts";
import { setBounds } from "./set-bounds.ts";

export interface BoundMesh {
  mesh: Mesh;
  binding: FieldBinding;
  manager: BakedVertexAnimationManager;
  /** Which distinct mesh space the mesh lives in (spaces.ts). */
  space: number;
  /** Not null where it came with a skin, whose rest pose is baked while the motion plays. */
  baked: RestBake | null;
  /** Rebinds to another binding of the same mesh, when the motion was replaced. */
  rebind(binding: FieldBinding, space: number): void;
  /** Makes instances that were added or taken away since follow too; true where there were such. */
  followInstances(): boolean;
  restore(): void;
}

const boundMeshes = new WeakSet<Mesh>();

/** True while a mesh follows a motion; false for a clone of such a mesh. */
export function isBound(mesh: Mesh): boolean {
  return boundMeshes.has(mesh);
}

const carried = new WeakMap<Geometry, FieldBinding>();

/** A geometry shared with a mesh that follows another binding must become the mesh's own before it is written. */
function ownGeometry(mesh: Mesh, binding: FieldBinding): void {
  const geometry = mesh.geometry;
  if (geometry === null) return;
  const current = carried.get(geometry);
  const others = geometry.meshes.some((other) => other !== mesh && other.bakedVertexAnimationManager !== null);
  if (current !== undefined && current !== binding && others) mesh.makeGeometryUnique();
}

function writeAttributes(mesh: Mesh, binding: FieldBinding): void {
  ownGeometry(mesh, binding);
  const geometry = mesh.geometry;
  if (geometry === null || carried.get(geometry) === binding) return;
  mesh.setVerticesData(VertexBuffer.MatricesIndicesKind, Float32Array.from(binding.indices), false, 4);
  const weights = Float32Array.from(binding.weights, (weight) => weight / 65535);
  mesh.setVerticesData(VertexBuffer.MatricesWeightsKind, weights, false, 4);
  carried.set(geometry, binding);
}

/**
 * @param skeleton a skeleton without bones: the include compiles only for meshes that have one
 * @param texture column-major 4x4 per handle, four texels each, one row a pose
 */
export function bindMesh(
  mesh: Mesh,
  binding: FieldBinding,
  space: number,
  baked: RestBake | null,
  skeleton: Skeleton,
  texture: BaseTexture,
): BoundMesh {
  const influencers = mesh.numBoneInfluencers;
  writeAttributes(mesh, binding);
  const manager = new BakedVertexAnimationManager(mesh.getScene());
  manager.texture = texture;
  manager.animationParameters = rowSettings(space);
  mesh.numBoneInfluencers = 4;
  mesh.skeleton = skeleton;
  mesh.bakedVertexAnimationManager = manager;
  boundMeshes.add(mesh);
  let geometry = mesh.geometry;
  /** Thin instances, and instances. */
  let instances = 0;
  let copies = 0;

  /** Clones made meanwhile share geometry and skeleton; those without a player of their own are released with the mesh. */
  function release(): void {
    if (geometry === null) return;
    for (const clone of geometry.meshes.slice()) {
      if (clone === mesh || clone.skeleton !== skeleton || isBound(clone)) continue;
      clone.bakedVertexAnimationManager = null;
      clone.skeleton = null;
      clone.numBoneInfluencers = influencers;
      giveSkinBack(clone);
      setBounds(clone, null);
    }
    if (geometry.meshes.some((other) => other.bakedVertexAnimationManager !== null)) return;
    geometry.removeVerticesData(VertexBuffer.MatricesIndicesKind);
    geometry.removeVerticesData(VertexBuffer.MatricesWeightsKind);
    carried.delete(geometry);
  }

  const bound: BoundMesh = {
    mesh,
    binding,
    manager,
    space,
    baked,
    rebind(next, nextSpace) {
      writeAttributes(mesh, next);
      geometry = mesh.geometry;
      bound.binding = next;
      bound.space = nextSpace;
      manager.animationParameters = rowSettings(nextSpace);
      if (instances > 0) showRow(mesh, nextSpace);
      if (copies > 0) showRowInInstances(mesh, nextSpace);
    },
    followInstances() {
      const {
        thinInstanceCount: thin,
        instances: { length },
      } = mesh;
      if (thin === instances && length === copies) return false;
      if (thin !== instances) showRow(mesh, bound.space);
      if (length > 0) showRowInInstances(mesh, bound.space);
      instances = thin;
      copies = length;
      return true;
    },
    restore() {
      boundMeshes.delete(mesh);
      if (mesh.isDisposed()) {
        release();
        baked?.discard();
        return;
      }
      mesh.bakedVertexAnimationManager = null;
      mesh.skeleton = null;
      mesh.numBoneInfluencers = influencers;
      if (instances > 0) mesh.thinInstanceSetBuffer(INSTANCE_SETTINGS, null);
      if (copies > 0) showRowInInstances(mesh, null);
      release();
      if (baked !== null) baked.restore();
      setBounds(mesh, null);
    },
  };
  return bound;
}
