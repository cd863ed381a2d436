// Writes one mesh with vertex colours as a GLB. The material is rough and plain: the colour is all in the vertices.

import { Document, NodeIO } from "@gltf-transform/core";
import type { Mesh } from "./polygonise.ts";

/** GLB bytes of a scene with one node that holds the mesh. */
export async function toGlb(name: string, mesh: Mesh): Promise<Uint8Array> {
  const document = new Document();
  const buffer = document.createBuffer();
  const accessor = (type: "VEC3" | "VEC4" | "SCALAR", array: Float32Array | Uint32Array | Uint16Array | Uint8Array) =>
    document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
  const vertices = mesh.positions.length / 3;
  const colors = new Uint8Array(vertices * 4).fill(255);
  for (let v = 0; v < vertices; v++) {
    for (let i = 0; i < 3; i++) colors[v * 4 + i] = Math.round(Math.min(Math.max(mesh.colors[v * 3 + i], 0), 1) * 255);
  }
  const indices = vertices < 65536 ? Uint16Array.from(mesh.indices) : mesh.indices;
  const primitive = document
    .createPrimitive()
    .setAttribute("POSITION", accessor("VEC3", mesh.positions))
    .setAttribute("NORMAL", accessor("VEC3", mesh.normals))
    .setAttribute("COLOR_0", accessor("VEC4", colors).setNormalized(true))
    .setIndices(accessor("SCALAR", indices))
    .setMaterial(document.createMaterial(name).setRoughnessFactor(0.75).setMetallicFactor(0));
  const node = document.createNode(name).setMesh(document.createMesh(name).addPrimitive(primitive));
  document.getRoot().setDefaultScene(document.createScene(name).addChild(node));
  return new NodeIO().writeBinary(document);
}
