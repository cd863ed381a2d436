// The mesh-local spaces of a model: handles move the asset as a whole, while a mesh's shader works in its own space, so each
// distinct meshToAsset matrix A gets its own matrices A^-1 M_k A. It knows no textures.

import { Matrix } from "@babylonjs/core/Maths/math.vector.js";
import { toMeshSpace } from "../runtime/deform.ts";
import type { FieldBinding, FieldBounds } from "../runtime/field.ts";

export interface Space {
  /** A binding that lives in the space. */
  binding: FieldBinding;
  meshToAsset: Matrix;
  assetToMesh: Matrix;
}

/** The index of a binding's space among `spaces`, which grows when it is a new one. */
export function spaceIndex(spaces: Space[], binding: FieldBinding): number {
  const index = spaces.findIndex((space) =>
    space.binding.meshToAsset.every((value, i) => value === binding.meshToAsset[i]),
  );
  if (index >= 0) return index;
  // Babylon stores a matrix for row vectors row by row, which is a matrix for column vectors column by column.
  const meshToAsset = Matrix.FromArray(binding.meshToAsset);
  return spaces.push({ binding, meshToAsset, assetToMesh: Matrix.Invert(meshToAsset) }) - 1;
}

/** False where a node is scaled to nothing: such a mesh shows nothing and has no space to move in. */
export function hasSpace(binding: FieldBinding): boolean {
  const determinant = Matrix.FromArray(binding.meshToAsset).determinant();
  return determinant !== 0 && Number.isFinite(1 / determinant);
}

/**
 * Writes A^-1 M_k A for every handle as column-major 4x4.
 * @param matrices row-major 3x4 per handle, asset space, [handles * 12]
 * @param scratch as large as `matrices`
 * @param out [handles * 16] from `offset`
 */
export function writeSpace(
  space: Space,
  matrices: Float32Array,
  scratch: Float32Array,
  out: Float32Array,
  offset: number,
): void {
  toMeshSpace(space.binding, matrices, scratch);
  for (let m = 0, o = offset; m < matrices.length; m += 12, o += 16) {
    for (let column = 0; column < 4; column++) {
      out[o + column * 4] = scratch[m + column];
      out[o + column * 4 + 1] = scratch[m + 4 + column];
      out[o + column * 4 + 2] = scratch[m + 8 + column];
      out[o + column * 4 + 3] = column === 3 ? 1 : 0;
    }
  }
}

/** The smallest mesh-local box that holds an asset-space box. */
export function boundsInMesh(bounds: FieldBounds, space: Space): FieldBounds {
  const min: FieldBounds["min"] = [Infinity, Infinity, Infinity];
  const max: FieldBounds["max"] = [-Infinity, -Infinity, -Infinity];
  const b = space.assetToMesh.m;
  for (let corner = 0; corner < 8; corner++) {
    const x = corner & 1 ? bounds.max[0] : bounds.min[0];
    const y = corner & 2 ? bounds.max[1] : bounds.min[1];
    const z = corner & 4 ? bounds.max[2] : bounds.min[2];
    for (let axis = 0; axis < 3; axis++) {
      const value = b[axis] * x + b[4 + axis] * y + b[8 + axis] * z + b[12 + axis];
      min[axis] = Math.min(min[axis], value);
      max[axis] = Math.max(max[axis], value);
    }
  }
  return { min, max };
}

/** The smallest box that holds both. */
export function unionBounds(a: FieldBounds, b: FieldBounds): FieldBounds {
  return {
    min: [Math.min(a.min[0], b.min[0]), Math.min(a.min[1], b.min[1]), Math.min(a.min[2], b.min[2])],
    max: [Math.max(a.max[0], b.max[0]), Math.max(a.max[1], b.max[1]), Math.max(a.max[2], b.max[2])],
  };
}

/** `a`, grown by as far as an additive clip that stays within `b` can carry a vertex, however the body has turned. */
export function grownBounds(a: FieldBounds, b: FieldBounds): FieldBounds {
  const both = unionBounds(a, b);
  const far = Math.hypot(...both.max.map((high, axis) => high - both.min[axis]));
  return {
    min: a.min.map((value) => value - far) as FieldBounds["min"],
    max: a.max.map((value) => value + far) as FieldBounds["max"],
  };
}
