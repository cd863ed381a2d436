// Finds which mesh of a loaded model each binding of a motion field moves. The rest positions decide; glTF indices and node
// names only tell equal geometries apart. It changes nothing.

import { VertexBuffer } from "@babylonjs/core/Buffers/buffer.js";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh.js";
import { InstancedMesh } from "@babylonjs/core/Meshes/instancedMesh.js";
import { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import type { Node } from "@babylonjs/core/node.js";
import type { FieldBinding, MotionField } from "../runtime/field.ts";
import { hashPositions } from "../runtime/hash.ts";
import { skinnedGeometry } from "./rest-bake.ts";
import { hasSpace } from "./spaces.ts";

export interface MeshMatch {
  mesh: Mesh;
  binding: FieldBinding;
}

export interface MatchResult {
  matches: MeshMatch[];
  /** Sentences for the log, each with its remedy. */
  warnings: string[];
}

interface GltfPlace {
  node: number | null;
  mesh: number | null;
  primitive: number | null;
}

/** The JSON pointers that Babylon's glTF loader leaves on what it makes ("/nodes/2", "/meshes/0/primitives/1"). */
function pointersOf(node: Node | null): string[] {
  const metadata = (node as unknown as { _internalMetadata?: { gltf?: { pointers?: string[] } } } | null)
    ?._internalMetadata;
  return metadata?.gltf?.pointers ?? [];
}

function gltfPlace(mesh: AbstractMesh): GltfPlace {
  const place: GltfPlace = { node: null, mesh: null, primitive: null };
  const read = (pointers: string[]) => {
    for (const pointer of pointers) {
      const node = /^\/nodes\/(\d+)/.exec(pointer);
      const primitive = /^\/meshes\/(\d+)\/primitives\/(\d+)/.exec(pointer);
      if (node) place.node ??= Number(node[1]);
      if (primitive) {
        place.mesh ??= Number(primitive[1]);
        place.primitive ??= Number(primitive[2]);
      }
    }
  };
  read(pointersOf(mesh));
  // A mesh of several primitives hangs below its node as one child each.
  if (place.node === null) read(pointersOf(mesh.parent).filter((pointer) => pointer.startsWith("/nodes/")));
  return place;
}

/** How well the names and indices of a mesh fit a binding: higher is better. */
function placeScore(mesh: AbstractMesh, place: GltfPlace, binding: FieldBinding): number {
  const same = (a: number | null, b: number) => (a === b ? 1 : 0);
  const named = binding.nodeName !== "" && (mesh.name === binding.nodeName || mesh.parent?.name === binding.nodeName);
  return (
    8 * same(place.node, binding.node) +
    4 * (same(place.mesh, binding.mesh) * same(place.primitive, binding.primitive)) +
    (named ? 2 : 0) +
    (mesh.name.endsWith(`_primitive${binding.primitive}`) ? 1 : 0)
  );
}

function restPositions(mesh: AbstractMesh): Float32Array | null {
  const data = (skinnedGeometry(mesh) ?? mesh).getVerticesData(VertexBuffer.PositionKind);
  if (data === null) return null;
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** The meshes of the model below (and with) `root` that have geometry. */
function candidates(root: Node): AbstractMesh[] {
  const below = root.getChildMeshes(false);
  const own = root instanceof Mesh || root instanceof InstancedMesh ? [root] : [];
  return [...own, ...below].filter((mesh) => mesh.getTotalVertices() > 0);
}

/**
 * Pairs the meshes at and below `root` with the bindings of `field`: equal vertex count and equal hash of the rest positions
 * first; else the same place in the glTF file with an equal vertex count, which is worth a warning.
 */
export function matchMeshes(root: Node, field: MotionField): MatchResult {
  const matches: MeshMatch[] = [];
  const warnings: string[] = [];
  const meshes = candidates(root);
  if (meshes.length === 0) {
    warnings.push(`"${root.name}" holds no mesh with vertices. Attach once the model has loaded.`);
  }
  for (const mesh of meshes) {
    const sameCount = field.bindings.filter((binding) => binding.vertexCount === mesh.getTotalVertices());
    if (sameCount.length === 0) continue;
    const positions = restPositions(mesh);
    if (positions === null) continue;
    const hash = hashPositions(positions);
    const place = gltfPlace(mesh);
    const best = (bindings: FieldBinding[]) =>
      bindings
        .map((binding) => ({ binding, score: placeScore(mesh, place, binding) }))
        .reduce((a, b) => (b.score > a.score ? b : a));
    const exact = sameCount.filter((binding) => binding.positionsHash === hash);
    let binding: FieldBinding;
    if (exact.length > 0) {
      binding = best(exact).binding;
    } else {
      const near = best(sameCount);
      if (near.score < 2) continue;
      binding = near.binding;
      warnings.push(
        `The vertices of "${mesh.name}" are not those that the motion of "${field.asset.name}" was made for ` +
          `(positions ${hash}, expected ${binding.positionsHash}): the model changed. Build its motion again.`,
      );
    }
    if (!hasSpace(binding)) continue;
    if (mesh instanceof Mesh) {
      matches.push({ mesh, binding });
    } else {
      warnings.push(
        `"${mesh.name}" is an instance of another mesh and cannot move by itself. ` +
          "Load the model with the glTF loader's option createInstances set to false.",
      );
    }
  }
  if (matches.length === 0) {
    const expected = field.bindings.map(
      (binding) => `${binding.nodeName || `node ${binding.node}`}: ${binding.vertexCount}`,
    );
    const found = meshes.map((mesh) => `${mesh.name}: ${mesh.getTotalVertices()}`);
    warnings.push(
      `No mesh of "${root.name}" fits the motion of "${field.asset.name}" (vertices expected ${expected.join(", ")}; ` +
        `found ${found.join(", ") || "none"}). Attach to the model that the motion was built from, or build it again.`,
    );
  }
  return { matches, warnings };
}
