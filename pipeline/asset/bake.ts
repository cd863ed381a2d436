// One glTF primitive under one node, baked at rest: morph targets at their default weights, then the skin in the nodes'
// current pose or else the node's own transform. Reads geometry alone; materials and files are elsewhere.

import type { Accessor, Primitive as GltfPrimitive, Node, Skin } from "@gltf-transform/core";
import { determinant3, multiply, normalMatrix } from "./matrix.ts";
import { triangulate } from "./triangulate.ts";

export interface BakedGeometry {
  vertexCount: number;
  /** Mesh-local POSITION as stored (dequantised), [vertexCount * 3]. */
  localPositions: Float32Array;
  /** Asset space, [vertexCount * 3]. */
  positions: Float32Array;
  normals: Float32Array;
  indices: Uint32Array;
  meshToAsset: Float32Array;
  skinned: boolean;
}

/**
 * @returns null where the primitive has no triangles.
 * @throws RangeError, with what is wrong, where indices, weights or joints do not fit the vertices.
 */
export function bakePrimitive(node: Node, primitive: GltfPrimitive): BakedGeometry | null {
  const position = primitive.getAttribute("POSITION");
  if (!position) return null;
  const vertexCount = position.getCount();
  const indices = triangulate(primitive.getMode(), primitive.getIndices()?.getArray() ?? null, vertexCount);
  if (!indices || indices.length === 0) return null;
  const localPositions = readFloats(position, 3);
  const normal = primitive.getAttribute("NORMAL");
  if (normal && normal.getCount() < vertexCount)
    throw new RangeError(`${normal.getCount()} normals for ${vertexCount} vertices`);
  const rest = {
    positions: localPositions.slice(),
    normals: normal ? readFloats(normal, 3) : new Float32Array(vertexCount * 3),
  };
  applyMorphs(node, primitive, rest.positions, rest.normals);
  const world = node.getWorldMatrix();
  const skin = node.getSkin();
  const skinned = skin !== null && primitive.getAttribute("JOINTS_0") !== null;
  if (skinned) applySkin(skin, primitive, rest.positions, rest.normals);
  else transform(rest.positions, rest.normals, world);
  if (!skinned && determinant3(world) < 0) reverse(indices);
  completeNormals(rest.positions, rest.normals, indices);
  return { vertexCount, localPositions, ...rest, indices, meshToAsset: Float32Array.from(world), skinned };
}

/** An accessor as float32 tuples: normalised integers decoded, missing components filled with 1. [count * size] */
export function readFloats(accessor: Accessor, size: number): Float32Array {
  const count = accessor.getCount();
  const out = new Float32Array(count * size);
  const element: number[] = [];
  const given = Math.min(size, accessor.getElementSize());
  for (let i = 0; i < count; i++) {
    accessor.getElement(i, element);
    for (let c = 0; c < size; c++) out[i * size + c] = c < given ? element[c] : 1;
  }
  return out;
}

function applyMorphs(node: Node, primitive: GltfPrimitive, positions: Float32Array, normals: Float32Array): void {
  const own = node.getWeights();
  const weights = own.length > 0 ? own : (node.getMesh()?.getWeights() ?? []);
  primitive.listTargets().forEach((target, index) => {
    const weight = weights[index] ?? 0;
    if (weight === 0) return;
    for (const [semantic, values] of [["POSITION", positions] as const, ["NORMAL", normals] as const]) {
      const offsets = target.getAttribute(semantic);
      if (!offsets) continue;
      const deltas = readFloats(offsets, 3);
      if (deltas.length !== values.length)
        throw new RangeError(`morph target ${index} has ${offsets.getCount()} vertices`);
      for (let i = 0; i < values.length; i++) values[i] += weight * deltas[i];
    }
  });
}

function transform(positions: Float32Array, normals: Float32Array, m: ArrayLike<number>): void {
  const n = normalMatrix(m);
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = [positions[i], positions[i + 1], positions[i + 2]];
    const [nx, ny, nz] = [normals[i], normals[i + 1], normals[i + 2]];
    for (let r = 0; r < 3; r++) {
      positions[i + r] = m[r] * x + m[4 + r] * y + m[8 + r] * z + m[12 + r];
      normals[i + r] = n[r] * nx + n[3 + r] * ny + n[6 + r] * nz;
    }
  }
}

/** glTF 2.0, 3.7.3.3: sum of joint world matrix * inverse bind matrix by weight; the node's own transform is ignored. */
function applySkin(skin: Skin, primitive: GltfPrimitive, positions: Float32Array, normals: Float32Array): void {
  const vertexCount = positions.length / 3;
  const inverseBinds = skin.getInverseBindMatrices();
  const joints = skin.listJoints();
  if (inverseBinds && inverseBinds.getCount() < joints.length) {
    throw new RangeError(`the skin has ${joints.length} joints and ${inverseBinds.getCount()} inverse bind matrices`);
  }
  const matrices = joints.map((joint, index) =>
    inverseBinds ? multiply(joint.getWorldMatrix(), inverseBinds.getElement(index, [])) : joint.getWorldMatrix(),
  );
  const blended = new Float64Array(vertexCount * 16);
  const totals = new Float64Array(vertexCount);
  for (let set = 0; primitive.getAttribute(`JOINTS_${set}`); set++) {
    const jointSet = primitive.getAttribute(`JOINTS_${set}`)!;
    const weightSet = primitive.getAttribute(`WEIGHTS_${set}`);
    if (!weightSet || weightSet.getCount() < vertexCount || jointSet.getCount() < vertexCount) {
      throw new RangeError(`the skinned primitive lacks WEIGHTS_${set} or JOINTS_${set} for its vertices`);
    }
    const ids: number[] = [];
    const weights: number[] = [];
    for (let v = 0; v < vertexCount; v++) {
      jointSet.getElement(v, ids);
      weightSet.getElement(v, weights);
      for (let k = 0; k < 4; k++) {
        if (!(weights[k] > 0)) continue;
        const matrix = matrices[ids[k]];
        if (!matrix) throw new RangeError(`a vertex follows joint ${ids[k]} of a skin with ${joints.length}`);
        for (let e = 0; e < 16; e++) blended[v * 16 + e] += weights[k] * matrix[e];
        totals[v] += weights[k];
      }
    }
  }
  for (let v = 0; v < vertexCount; v++) {
    const m = blended.subarray(v * 16, v * 16 + 16);
    // A vertex without weights stays with the skin's first joint, as players place it.
    if (totals[v] === 0) m.set(matrices[0] ?? []);
    else for (let e = 0; e < 16; e++) m[e] /= totals[v];
    transform(positions.subarray(v * 3, v * 3 + 3), normals.subarray(v * 3, v * 3 + 3), m);
  }
}

function reverse(indices: Uint32Array): void {
  for (let t = 0; t < indices.length; t += 3) {
    const b = indices[t + 1];
    indices[t + 1] = indices[t + 2];
    indices[t + 2] = b;
  }
}

/** Normalises; where a vertex has no usable normal, takes the area-weighted mean of its triangles' normals. */
function completeNormals(positions: Float32Array, normals: Float32Array, indices: Uint32Array): void {
  const faces = new Float64Array(positions.length);
  for (let t = 0; t < indices.length; t += 3) {
    const cross = triangleCross(positions, indices, t);
    for (let k = 0; k < 3; k++) for (let c = 0; c < 3; c++) faces[indices[t + k] * 3 + c] += cross[c];
  }
  for (let i = 0; i < normals.length; i += 3) {
    const given = Math.hypot(normals[i], normals[i + 1], normals[i + 2]);
    const from = given > 1e-12 ? normals : faces;
    const length = Math.hypot(from[i], from[i + 1], from[i + 2]);
    for (let c = 0; c < 3; c++) normals[i + c] = length > 0 ? from[i + c] / length : c === 1 ? 1 : 0;
  }
}

/** Cross product of two edges of the triangle that starts at `indices[t]`: its normal, twice its area long. */
export function triangleCross(positions: Float32Array, indices: Uint32Array, t: number): [number, number, number] {
  const a = indices[t] * 3;
  const b = indices[t + 1] * 3;
  const c = indices[t + 2] * 3;
  const ux = positions[b] - positions[a];
  const uy = positions[b + 1] - positions[a + 1];
  const uz = positions[b + 2] - positions[a + 2];
  const vx = positions[c] - positions[a];
  const vy = positions[c + 1] - positions[a + 1];
  const vz = positions[c + 2] - positions[a + 2];
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}
