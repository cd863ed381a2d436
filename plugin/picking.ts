// Makes scene.pick see the moving body: when a ray reaches the mesh's bounds, the vertices of the present pose are computed
// once on the CPU and the triangles tested against them. It costs nothing while nobody picks.

import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";

export interface PosedPicking {
  /** The pose changed: compute the vertices again at the next ray that reaches the bounds. */
  invalidate(): void;
  restore(): void;
}

/**
 * @param restoreBounds sets the bounds of the mesh's clips again, after Babylon measured those of one pose
 */
export function pickPosed(mesh: Mesh, restoreBounds: () => void): PosedPicking {
  let stale = true;
  const intersects = mesh.intersects;
  const hadOwn = Object.hasOwn(mesh, "intersects");
  const posed: Mesh["intersects"] = function (this: Mesh, ray, ...rest) {
    // A mesh of thin instances shows poses of its own: see crowd.ts.
    if (stale && !mesh.hasThinInstances && ray.intersectsBox(mesh.getBoundingInfo().boundingBox)) {
      stale = false;
      mesh.refreshBoundingInfo({ applyMorph: true, applyBakedVertexAnimation: true, updatePositionsArray: true });
      restoreBounds();
    }
    return intersects.call(mesh, ray, ...rest);
  };
  mesh.intersects = posed;
  return {
    invalidate() {
      stale = true;
    },
    restore() {
      if (mesh.intersects !== posed) return;
      if (hadOwn) mesh.intersects = intersects;
      else Reflect.deleteProperty(mesh, "intersects");
    },
  };
}
