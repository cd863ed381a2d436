// A model and its motion -> one standard glTF: handles become joints, the binding a skin, clips animations. What plays is the
// same function, because a motion field is linear blend skinning. It touches no disk; export-command.ts does.

import type { Buffer, Document, Primitive as GltfPrimitive, Mesh, Node, Scene, Skin } from "@gltf-transform/core";
import type { FieldBinding, MotionField } from "../../runtime/field.ts";
import { hashPositions } from "../../runtime/hash.ts";
import { bakePrimitive, readFloats } from "../asset/bake.ts";
import { AnimusError } from "../errors.ts";
import { addClip } from "./clip-animation.ts";
import { writeInfluences } from "./influences.ts";

/** Extensions of the file's encoding: what is written is plain. */
const ENCODINGS = ["KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression"];

const REMEDY = "Export the model that the motion was built from, or build its motion again.";

/**
 * Changes `document` in place. Skins, animations and instancing that it had go, as the motion takes their place; materials,
 * textures, morph targets at their weights and whatever no handle moves stay.
 * @param file names the model in errors
 * @throws AnimusError "input" where the motion was made for another model.
 */
export function animateDocument(document: Document, field: MotionField, file: string): void {
  const root = document.getRoot();
  const scene = root.getDefaultScene() ?? root.listScenes()[0] ?? document.createScene("scene");
  root.setDefaultScene(scene);
  const buffer = root.listBuffers()[0] ?? document.createBuffer();
  const nodes = root.listNodes();
  const meshes = root.listMeshes();
  const parts = field.bindings.map((binding) => findPart(binding, nodes, meshes, file));
  for (const animation of root.listAnimations()) animation.dispose();
  const joints = createJoints(document, field, scene);
  const skins = new Map<string, Skin>();
  const targets = new Map<Node, Map<Skin, Mesh>>();
  // All are read at rest before the first is changed.
  const baked = parts.map(({ node, primitive }) => {
    if (node.getSkin() === null || primitive.getAttribute("JOINTS_0") === null) return null;
    return bakePrimitive(node, primitive);
  });
  parts.forEach(({ binding, node, primitive }, index) => {
    const rest = baked[index];
    const copy = rest === null ? primitive.clone() : bakedCopy(document, primitive, rest, buffer);
    writeInfluences(document, copy, binding, buffer);
    const meshToAsset = rest === null ? binding.meshToAsset : IDENTITY;
    const skin = skinFor(document, field, meshToAsset, joints, skins, buffer);
    meshFor(document, scene, node, skin, targets).addPrimitive(copy);
  });
  removeOriginals(parts);
  for (const clip of field.clips) addClip(document, field, clip, joints, buffer);
  dropUnused(document, buffer);
}

const IDENTITY = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);

interface Part {
  binding: FieldBinding;
  node: Node;
  mesh: Mesh;
  primitive: GltfPrimitive;
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

/** One joint a handle, at its rest position, below one node. */
function createJoints(document: Document, { handles, handleCount }: MotionField, scene: Scene): Node[] {
  const holder = document.createNode("handles");
  scene.addChild(holder);
  return Array.from({ length: handleCount }, (_, k) => {
    const [x, y, z] = handles.subarray(k * 3, k * 3 + 3);
    const joint = document.createNode(`handle ${k}`).setTranslation([x, y, z]);
    holder.addChild(joint);
    return joint;
  });
}

/** One skin per mesh space A: its inverse bind matrices are T(-c_k) A, so that joints work in asset space. */
function skinFor(
  document: Document,
  field: MotionField,
  meshToAsset: Float32Array,
  joints: Node[],
  skins: Map<string, Skin>,
  buffer: Buffer,
): Skin {
  const key = meshToAsset.join();
  const known = skins.get(key);
  if (known !== undefined) return known;
  const matrices = new Float32Array(joints.length * 16);
  joints.forEach((_, k) => {
    matrices.set(meshToAsset, k * 16);
    for (let axis = 0; axis < 3; axis++) matrices[k * 16 + 12 + axis] -= field.handles[k * 3 + axis];
  });
  const accessor = document.createAccessor().setType("MAT4").setArray(matrices).setBuffer(buffer);
  const skin = document.createSkin("motion").setInverseBindMatrices(accessor);
  for (const joint of joints) skin.addJoint(joint);
  skins.set(key, skin);
  return skin;
}

/** The mesh of a node that a skin moves, under a node of its own at the scene's root: a skin ignores every transform above it. */
function meshFor(
  document: Document,
  scene: Scene,
  source: Node,
  skin: Skin,
  targets: Map<Node, Map<Skin, Mesh>>,
): Mesh {
  const bySkin = targets.get(source) ?? new Map<Skin, Mesh>();
  targets.set(source, bySkin);
  const known = bySkin.get(skin);
  if (known !== undefined) return known;
  const weights = source.getWeights().length > 0 ? source.getWeights() : (source.getMesh()?.getWeights() ?? []);
  const mesh = document.createMesh(source.getMesh()?.getName() ?? "").setWeights(weights);
  const node = document.createNode(source.getName()).setMesh(mesh).setSkin(skin);
  scene.addChild(node);
  bySkin.set(skin, mesh);
  return mesh;
}

function bakedCopy(
  document: Document,
  primitive: GltfPrimitive,
  rest: NonNullable<ReturnType<typeof bakePrimitive>>,
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
function removeOriginals(parts: readonly Part[]): void {
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
function dropUnused(document: Document, buffer: Buffer): void {
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
