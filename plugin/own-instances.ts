// Instances and thin instances of a mesh that are the game's own: all of them show the pose of the mesh, each in its own place. Members
// of a crowd, which have poses of their own, are in crowd.ts.

// Adds registerInstancedBuffer and the thinInstance methods to Mesh.
import "@babylonjs/core/Meshes/instancedMesh.js";
import "@babylonjs/core/Meshes/thinInstanceMesh.js";
import { Vector4 } from "@babylonjs/core/Maths/math.vector.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";

/** The attribute through which thin instances choose their row of the pose texture. */
export const INSTANCE_SETTINGS = "bakedVertexAnimationSettingsInstanced";

/** Settings that select one row at any time: start and end frame are that row, offset and speed are zero. */
export function rowSettings(row: number): Vector4 {
  return new Vector4(row, row, 0, 0);
}

/** Makes the thin instances of a mesh show one row; without instances it takes the attribute away. */
export function showRow(mesh: Mesh, row: number): void {
  const settings = new Float32Array(mesh.thinInstanceCount * 4);
  for (let i = 0; i < settings.length; i += 4) rowSettings(row).toArray(settings, i);
  mesh.thinInstanceSetBuffer(INSTANCE_SETTINGS, settings.length > 0 ? settings : null, 4, true);
}

/** The same for instances (`createInstance`); null gives them back. Later ones take it over from the mesh. */
export function showRowInInstances(mesh: Mesh, row: number | null): void {
  if (mesh.instancedBuffers?.[INSTANCE_SETTINGS] === undefined) mesh.registerInstancedBuffer(INSTANCE_SETTINGS, 4);
  for (const one of [mesh, ...mesh.instances]) {
    one.instancedBuffers[INSTANCE_SETTINGS] = row === null ? null : rowSettings(row);
  }
}

/** The places of the thin instances inside the mesh's world matrix, [count * 16]. */
export function instancePlaces(mesh: Mesh): Float32Array {
  const matrices = mesh.thinInstanceGetWorldMatrices().slice(0, mesh.thinInstanceCount);
  const places = new Float32Array(matrices.length * 16);
  for (const [i, matrix] of matrices.entries()) matrix.copyToArray(places, i * 16);
  return places;
}
