// A model and its motion -> one standard glTF: handles become joints, the binding a skin, clips animations. What plays is the
// same function, because a motion field is linear blend skinning. It touches no disk; export-command.ts does.

import type { Buffer, Document, Mesh, Node, Scene, Skin } from "@gltf-transform/core";
import type { MotionField } from "../../runtime/field.ts";
import { bakePrimitive } from "../asset/bake.ts";
import { addClip } from "./clip-animation.ts";
import { writeInfluences } from "./influences.ts";
import { bakedCopy, dropUnused, findParts, removeOriginals } from "./model-parts.ts";

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
  const parts = findParts(document, field, file);
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
