// Writes the test model (model-data.ts) as a GLB.

import { Document, WebIO } from "@gltf-transform/core";
import { MESHES, NODES } from "./model-data.ts";

export async function makeModel(): Promise<Uint8Array> {
  const document = new Document();
  const buffer = document.createBuffer();
  const scene = document.createScene("scene");
  const accessor = (type: "VEC3" | "SCALAR", array: Float32Array | Uint16Array) =>
    document
      .createAccessor()
      .setType(type)
      .setArray(array.slice() as Float32Array<ArrayBuffer>)
      .setBuffer(buffer);
  const meshes = MESHES.map((primitives, index) => {
    const mesh = document.createMesh(`mesh ${index}`);
    for (const { positions, normals, indices, color } of primitives) {
      const material = document.createMaterial().setBaseColorFactor(color).setMetallicFactor(0).setRoughnessFactor(0.7);
      const primitive = document
        .createPrimitive()
        .setAttribute("POSITION", accessor("VEC3", positions))
        .setAttribute("NORMAL", accessor("VEC3", normals))
        .setIndices(accessor("SCALAR", indices))
        .setMaterial(material);
      mesh.addPrimitive(primitive);
    }
    return mesh;
  });
  const nodes = NODES.map(({ name, translation, rotation, scale, mesh }) => {
    const node = document.createNode(name).setTranslation(translation).setRotation(rotation).setScale(scale);
    return mesh >= 0 ? node.setMesh(meshes[mesh]) : node;
  });
  NODES.forEach(({ parent }, index) => {
    if (parent === null) scene.addChild(nodes[index]);
    else nodes[parent].addChild(nodes[index]);
  });
  return new WebIO().writeBinary(document);
}
