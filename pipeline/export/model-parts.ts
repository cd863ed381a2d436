// The primitives of a model that a motion moves, found by the motion's bindings and taken out of their places, for exports that put
// something else there. It decides nothing about what that is.

import type { Buffer, Document, Primitive as GltfPrimitive, Mesh, Node } from "@gltf-transform/core";
import type { FieldBinding, MotionField } from "../../runtime/field.ts";
import { hashPositions } from "../../runtime/hash.ts";
import { type BakedGeometry, readFloats } from "../asset/bake.ts";
import { AnimusError } from "../errors.ts";

/** Extensions of the file's encoding: what is written is plain. */
const ENCODINGS = ["KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression"];

const REMEDY = "Export the model that the motion was built from, or build its motion again.";

export interface Part {
  binding: FieldBinding;
  node: Node;
  mesh: Mesh;
  primitive: GltfPrimitive;
}

/** One part a binding. @throws AnimusError "input" where the motion was made for another model. */
export function findParts(document: Document, field: MotionField, file: string): Part[] {
  const nodes = document.getRoot().listNodes();
  const meshes = document.getRoot().listMeshes();
  return field.bindings.map((binding) => findPart(binding, nodes, meshes, file));
}

function findPart(binding: FieldBinding, nodes: Node[], meshes: Mesh[], file: string): Part {
  const [node, mesh] = [nodes[binding.node], meshes[binding.mesh]];
  const primitive = node?.getMesh() === mesh ? mesh?.listPrimitives()[binding.primitive] : undefined;
  const position = primitive?.getAttribute("POSITION");
  if (!primitive || !position || hashPositions(readFloats(position, 3)) !== binding.positionsHash) {
    const what = `node ${binding.node} ("${binding.nodeName}"), primitive ${binding.primitive}`;
    const message = `${file} is not the model that the motion was made for: ${what} has other vertices or none.`;
    throw new AnimusError("input", message, { file, hint: REMEDY });
  }
  return { binding, node, mesh, primitive };
}

/** The same primitive with the geometry that was baked, and nothing that would bend it again. */
export function bakedCopy(
  document: Document,
  primitive: GltfPrimitive,
  rest: BakedGeometry,
  buffer: Buffer,
): GltfPrimitive {
  const copy = primitive.clone();
  const vectors = (array: Float32Array<ArrayBuffer>) =>
    document.createAccessor().setType("VEC3").setArray(array).setBuffer(buffer);
  copy.setAttribute("POSITION", vectors(Float32Array.from(rest.positions)));
  copy.setAttribute("NORMAL", vectors(Float32Array.from(rest.normals)));
  // Tangents of another pose would be wrong; players make them anew.
  copy.setAttribute("TANGENT", null);
  for (const target of copy.listTargets()) copy.removeTarget(target);
  return copy;
}

/** Takes what moves out of its old place; primitives that no handle moves (points, lines) stay there. */
export function removeOriginals(parts: readonly Part[]): void {
  for (const { node, mesh } of parts) {
    const moved = new Set(parts.filter((part) => part.node === node).map((part) => part.primitive));
    node.setSkin(null);
    node.setExtension("EXT_mesh_gpu_instancing", null);
    if (mesh.listPrimitives().every((primitive) => moved.has(primitive))) {
      node.setMesh(null).setWeights([]);
      continue;
    }
    const rest = mesh.clone();
    for (const primitive of rest.listPrimitives()) if (moved.has(primitive)) rest.removePrimitive(primitive);
    if (node.getMesh() === mesh) node.setMesh(rest);
  }
}

/** Everything that nothing refers to any more, and the encoding of the file that was read. */
export function dropUnused(document: Document, buffer: Buffer): void {
  const root = document.getRoot();
  const orphan = (property: { listParents(): unknown[] }) => property.listParents().every((parent) => parent === root);
  for (const node of root.listNodes().reverse()) {
    const bare = node.listChildren().length === 0 && node.listExtensions().length === 0;
    if (bare && node.getMesh() === null && node.getCamera() === null && !isJoint(node)) node.dispose();
  }
  for (const skin of root.listSkins()) if (orphan(skin)) skin.dispose();
  for (const mesh of root.listMeshes()) {
    if (!orphan(mesh)) continue;
    for (const primitive of mesh.listPrimitives()) primitive.dispose();
    mesh.dispose();
  }
  for (const accessor of root.listAccessors()) {
    if (orphan(accessor)) accessor.dispose();
    else accessor.setBuffer(buffer);
  }
  for (const other of root.listBuffers()) if (other !== buffer) other.dispose();
  for (const extension of root.listExtensionsUsed()) {
    if (ENCODINGS.includes(extension.extensionName)) extension.dispose();
  }
}

function isJoint(node: Node): boolean {
  return node.listParents().some((parent) => parent.propertyType === "Skin");
}
