// The joints and weights of one primitive, as glTF wants them: unused slots at joint 0, no joint twice in a vertex, sums exactly 1.

import type { Buffer, Document, Primitive } from "@gltf-transform/core";
import type { FieldBinding } from "../../runtime/field.ts";

/** Writes JOINTS_0 (u8 or u16, as in the binding) and WEIGHTS_0 (normalised u16); takes other influences away. */
export function writeInfluences(document: Document, primitive: Primitive, binding: FieldBinding, buffer: Buffer): void {
  const joints = binding.indices.slice() as Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  const weights = binding.weights.slice() as Uint16Array<ArrayBuffer>;
  for (let v = 0; v < joints.length; v += 4) {
    for (let i = v; i < v + 4; i++) {
      for (let earlier = v; earlier < i; earlier++) {
        if (joints[earlier] !== joints[i]) continue;
        weights[earlier] += weights[i];
        weights[i] = 0;
      }
      if (weights[i] === 0) joints[i] = 0;
    }
  }
  for (const semantic of primitive.listSemantics()) {
    if (/^(JOINTS|WEIGHTS)_/.test(semantic)) primitive.setAttribute(semantic, null);
  }
  const accessor = () => document.createAccessor().setType("VEC4").setBuffer(buffer);
  primitive.setAttribute("JOINTS_0", accessor().setArray(joints));
  primitive.setAttribute("WEIGHTS_0", accessor().setArray(weights).setNormalized(true));
}
