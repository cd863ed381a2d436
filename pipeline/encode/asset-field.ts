// The part of a motion field that an asset's clips share: handles, bindings, scale, rest bounds. No clip yet.

import { type FieldBinding, FORMAT_VERSION, type MotionField } from "../../runtime/field.ts";
import type { Asset, Normalisation, Primitive } from "../asset/asset.ts";
import { toAsset } from "../asset/normalise.ts";
import { AnimusError } from "../errors.ts";
import type { Binding, Handles } from "../motion/handles.ts";
import { quantiseWeights } from "./quantise-weights.ts";

export const GENERATOR = "animus3d";

/**
 * @param handles in normalised space; they are stored in asset units.
 * @param bindings one per primitive of the asset, in its order.
 */
export function assetField(
  asset: Asset,
  handles: Handles,
  normalisation: Normalisation,
  bindings: readonly Binding[],
): MotionField {
  if (bindings.length !== asset.primitives.length) {
    throw new AnimusError("internal", `${bindings.length} bindings for ${asset.primitives.length} primitives.`);
  }
  const { min, max } = asset.bounds;
  return {
    version: FORMAT_VERSION,
    asset: { name: asset.name, hash: asset.hash },
    generator: GENERATOR,
    scale: Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]),
    handleCount: handles.count,
    handles: toAsset(handles.positions, normalisation),
    bounds: { min: [...min], max: [...max] },
    bindings: asset.primitives.map((primitive, i) => fieldBinding(primitive, bindings[i], handles.count)),
    clips: [],
  };
}

function fieldBinding(primitive: Primitive, binding: Binding, handleCount: number): FieldBinding {
  const { node, nodeName, mesh, vertexCount, positionsHash, meshToAsset } = primitive;
  if (binding.count !== vertexCount) {
    throw new AnimusError("internal", `A binding of ${binding.count} points for ${vertexCount} vertices.`);
  }
  const indices = handleCount <= 256 ? Uint8Array.from(binding.indices) : Uint16Array.from(binding.indices);
  return {
    node,
    nodeName,
    mesh,
    primitive: primitive.primitive,
    vertexCount,
    positionsHash,
    meshToAsset,
    indices,
    weights: quantiseWeights(binding.weights),
  };
}
