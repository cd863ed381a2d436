// Flat-shaded meshes with a colour a triangle: the look of everything in the scene that is not an asset.

import { VertexBuffer } from "@babylonjs/core/Buffers/buffer.js";
import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial.js";
import { Color3 } from "@babylonjs/core/Maths/math.color.js";
import type { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import type { Scene } from "@babylonjs/core/scene.js";

export type PaintTriangle = (x: number, y: number, z: number, up: number, triangle: number) => Color3;

/** Splits the mesh into flat triangles and colours each by its middle and how far it faces up (normal.y). */
export function paintTriangles(mesh: Mesh, paint: PaintTriangle): Mesh {
  mesh.convertToFlatShadedMesh();
  const positions = mesh.getVerticesData(VertexBuffer.PositionKind)!;
  const normals = mesh.getVerticesData(VertexBuffer.NormalKind)!;
  const indices = mesh.getIndices()!;
  const colors = new Float32Array((positions.length / 3) * 4).fill(1);
  for (let t = 0; t < indices.length; t += 3) {
    const corners = [indices[t], indices[t + 1], indices[t + 2]];
    const middle = [0, 1, 2].map((i) => corners.reduce((sum, v) => sum + positions[v * 3 + i], 0) / 3);
    const color = paint(middle[0], middle[1], middle[2], normals[corners[0] * 3 + 1], t / 3);
    for (const v of corners) colors.set([color.r, color.g, color.b], v * 4);
  }
  mesh.setVerticesData(VertexBuffer.ColorKind, colors);
  return mesh;
}

/** A matt material that shows vertex colours as they are. */
export function mattMaterial(name: string, scene: Scene): StandardMaterial {
  const material = new StandardMaterial(name, scene);
  material.diffuseColor = Color3.White();
  material.specularColor = Color3.Black();
  return material;
}

/** A colour moved towards light or dark by `amount` (-1..1). */
export function vary(color: Color3, amount: number): Color3 {
  return Color3.Lerp(color, amount > 0 ? Color3.White() : Color3.Black(), Math.abs(amount));
}
