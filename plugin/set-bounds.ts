// Gives a mesh the bounds of what it plays, so that culling and shadow fitting see the moving body and not the rest pose.

import { BoundingInfo } from "@babylonjs/core/Culling/boundingInfo.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import type { FieldBounds } from "../runtime/field.ts";

/** Sets mesh-local bounds on the mesh and its submeshes; null measures the vertices again. */
export function setBounds(mesh: Mesh, bounds: FieldBounds | null): void {
  if (bounds === null) {
    mesh.refreshBoundingInfo({});
    return;
  }
  const world = mesh.computeWorldMatrix(true);
  const min = Vector3.FromArray(bounds.min);
  const max = Vector3.FromArray(bounds.max);
  mesh.buildBoundingInfo(min, max, world);
  for (const subMesh of mesh.subMeshes ?? []) {
    if (!subMesh.IsGlobal) subMesh.setBoundingInfo(new BoundingInfo(min, max, world));
  }
}
