// Runs in the page: moves the vertices of a loaded model with the CPU sampler and writes them into updatable buffers. What the
// plugin shows is compared with this.

import { VertexBuffer } from "@babylonjs/core/Buffers/buffer.js";
import { Matrix, Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { deformNormals, deformPositions } from "../../runtime/deform.ts";
import type { FieldBinding, MotionField } from "../../runtime/field.ts";
import { type HandlePose, poseMatrices } from "../../runtime/sample.ts";

export interface Reference {
  root: Mesh;
  /** In the order of the bindings. */
  meshes: AbstractMesh[];
  /** Shows a pose; null shows the rest. */
  pose(field: MotionField, pose: HandlePose | null): void;
}

interface Part {
  mesh: AbstractMesh;
  /** Among the bindings of the field: that of the same node and primitive. */
  index: number;
  positions: Float32Array;
  normals: Float32Array;
}

function map(values: Float32Array, matrix: Matrix, direction: boolean): Float32Array {
  const out = new Float32Array(values.length);
  const to = new Vector3();
  for (let i = 0; i < values.length; i += 3) {
    const from = Vector3.FromArray(values, i);
    if (direction) Vector3.TransformNormalToRef(from, matrix, to);
    else Vector3.TransformCoordinatesToRef(from, matrix, to);
    to.toArray(out, i);
  }
  return out;
}

/** @param names the name of the mesh that each binding moves, in the order of the bindings */
export function createReference(root: Mesh, names: string[]): Reference {
  const parts: Part[] = names.map((name, index) => {
    const mesh = root.getChildMeshes(false).find((child) => child.name === name);
    if (mesh === undefined) throw new Error(`The model has no mesh "${name}".`);
    (mesh as Mesh).makeGeometryUnique();
    const copy = (kind: string) => Float32Array.from(mesh.getVerticesData(kind)!);
    return { mesh, index, positions: copy(VertexBuffer.PositionKind), normals: copy(VertexBuffer.NormalKind) };
  });
  const write = ({ mesh }: Part, positions: Float32Array, normals: Float32Array) => {
    mesh.setVerticesData(VertexBuffer.PositionKind, positions, true);
    mesh.setVerticesData(VertexBuffer.NormalKind, normals, true);
    mesh.refreshBoundingInfo({});
  };
  return {
    root,
    meshes: parts.map(({ mesh }) => mesh),
    pose(field, pose) {
      const matrices = pose && poseMatrices(field, pose);
      for (const part of parts) {
        if (matrices === null) {
          write(part, part.positions, part.normals);
          continue;
        }
        const binding: FieldBinding = field.bindings[part.index];
        const toAsset = Matrix.FromArray(binding.meshToAsset);
        const toMesh = Matrix.Invert(toAsset);
        const positions = deformPositions(binding, matrices, map(part.positions, toAsset, false));
        const normals = deformNormals(binding, matrices, map(part.normals, toAsset, true));
        write(part, map(positions, toMesh, false), map(normals, toMesh, true));
      }
    },
  };
}
