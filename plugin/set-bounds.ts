// Gives a mesh the bounds of what it plays, so that culling and shadow fitting see the moving body and not the rest pose.

import { BoundingInfo } from "@babylonjs/core/Culling/boundingInfo.js";
import { Matrix, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import type { FieldBounds } from "../runtime/field.ts";

/** Sets mesh-local bounds on the mesh, its instances and its submeshes; null measures the vertices again. */
export function setBounds(mesh: Mesh, bounds: FieldBounds | null): void {
  if (bounds === null) {
    if (mesh.thinInstanceCount > 0) mesh.thinInstanceRefreshBoundingInfo(true);
    else mesh.refreshBoundingInfo({});
    for (const instance of mesh.instances) instance.refreshBoundingInfo();
    return;
  }
  const world = mesh.computeWorldMatrix(true);
  const min = Vector3.FromArray(bounds.min);
  const max = Vector3.FromArray(bounds.max);
  mesh.buildBoundingInfo(min, max, world);
  for (const instance of mesh.instances) instance.buildBoundingInfo(min, max, instance.computeWorldMatrix(true));
  for (const subMesh of mesh.subMeshes ?? []) {
    if (!subMesh.IsGlobal) subMesh.setBoundingInfo(new BoundingInfo(min, max, world));
  }
}

/** The smallest mesh-local box that holds `box` in every one of the places. @param matrices [count * 16] */
export function instancedBounds(box: FieldBounds, matrices: Float32Array): FieldBounds {
  const min = new Vector3(Infinity, Infinity, Infinity);
  const max = new Vector3(-Infinity, -Infinity, -Infinity);
  const matrix = new Matrix();
  const corner = new Vector3();
  for (let offset = 0; offset < matrices.length; offset += 16) {
    Matrix.FromArrayToRef(matrices, offset, matrix);
    for (let c = 0; c < 8; c++) {
      corner.set((c & 1 ? box.max : box.min)[0], (c & 2 ? box.max : box.min)[1], (c & 4 ? box.max : box.min)[2]);
      Vector3.TransformCoordinatesToRef(corner, matrix, corner);
      min.minimizeInPlace(corner);
      max.maximizeInPlace(corner);
    }
  }
  return { min: [min.x, min.y, min.z], max: [max.x, max.y, max.z] };
}
