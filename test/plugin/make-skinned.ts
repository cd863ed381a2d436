// Writes a skinned box as a GLB whose nodes stand in another pose than the bind pose, below a node that a skin must ignore, and
// the motion that the pipeline's own import gives a base for.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Document, WebIO } from "@gltf-transform/core";
import { importAsset } from "../../pipeline/asset/import-asset.ts";
import type { MotionField } from "../../runtime/field.ts";
import { bind, FIELD_DEFAULTS, makeClip } from "./make-field.ts";
import { slicedBox } from "./model-data.ts";

export interface SkinnedModel {
  bytes: Uint8Array;
  field: MotionField;
  /** Rest positions and normals in asset space, as the pipeline baked them. */
  positions: Float32Array;
  normals: Float32Array;
}

function skinnedDocument(): Document {
  const document = new Document();
  const buffer = document.createBuffer();
  const { positions, normals, indices, color } = slicedBox([0, 1, 0], [0.8, 2, 0.5], 10, [0.9, 0.6, 0.1, 1]);
  const count = positions.length / 3;
  const joints = new Uint8Array(count * 4);
  const weights = new Float32Array(count * 4);
  for (let v = 0; v < count; v++) {
    const upper = Math.min(Math.max(positions[v * 3 + 1] - 0.5, 0), 1);
    joints.set([0, 1, 0, 0], v * 4);
    weights.set([1 - upper, upper, 0, 0], v * 4);
  }
  const accessor = (type: "VEC3" | "VEC4" | "MAT4" | "SCALAR", array: Float32Array | Uint16Array | Uint8Array) =>
    document
      .createAccessor()
      .setType(type)
      .setArray(array as Float32Array<ArrayBuffer>)
      .setBuffer(buffer);
  const mesh = document
    .createMesh("skinned")
    .addPrimitive(
      document
        .createPrimitive()
        .setAttribute("POSITION", accessor("VEC3", positions))
        .setAttribute("NORMAL", accessor("VEC3", normals))
        .setAttribute("JOINTS_0", accessor("VEC4", joints))
        .setAttribute("WEIGHTS_0", accessor("VEC4", weights))
        .setIndices(accessor("SCALAR", indices))
        .setMaterial(document.createMaterial().setBaseColorFactor(color).setMetallicFactor(0)),
    );
  const upper = document
    .createNode("upper")
    .setTranslation([0, 1, 0])
    .setRotation([0, 0, Math.sin(0.35), Math.cos(0.35)]);
  const lower = document
    .createNode("lower")
    .setTranslation([0.3, 0.1, 0.2])
    .setRotation([0, Math.sin(0.3), 0, Math.cos(0.3)])
    .addChild(upper);
  // Exporters hang the joints below an armature with a scale of its own; a loader may hang the mesh there too.
  const armature = document
    .createNode("armature")
    .setTranslation([-0.4, 0.1, 0])
    .setScale([1.3, 1.3, 1.3])
    .addChild(lower);
  const inverseBinds = new Float32Array([
    1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, -1, 0, 1,
  ]);
  const skin = document
    .createSkin()
    .addJoint(lower)
    .addJoint(upper)
    .setInverseBindMatrices(accessor("MAT4", inverseBinds));
  const body = document.createNode("body").setMesh(mesh).setSkin(skin);
  const aside = document.createNode("aside").setTranslation([2, 0, 1]).addChild(body);
  document.createScene("scene").addChild(aside).addChild(armature);
  return document;
}

export async function makeSkinned(): Promise<SkinnedModel> {
  const bytes = await new WebIO().writeBinary(skinnedDocument());
  const folder = await mkdtemp(join(tmpdir(), "skinned-"));
  const file = join(folder, "skinned.glb");
  await writeFile(file, bytes);
  const asset = await importAsset(file).finally(() => rm(folder, { recursive: true }));
  const { positions, normals, ...primitive } = asset.primitives[0];
  const { min, max } = asset.bounds;
  const handles = Float32Array.from(
    Array.from({ length: 6 }, (_, k) =>
      [0, 1, 2].map((axis) => min[axis] + ((k + 0.5) / 6) * (max[axis] - min[axis])),
    ).flat(),
  );
  const { node, nodeName, mesh, vertexCount, positionsHash, meshToAsset } = primitive;
  const place = { node, nodeName, mesh, primitive: primitive.primitive, vertexCount, positionsHash, meshToAsset };
  const binding = { ...place, ...bind(positions, handles, 0.5) };
  const field: MotionField = {
    version: 1,
    asset: { name: "skinned", hash: asset.hash },
    generator: "plugin tests",
    scale: Math.hypot(...max.map((value, axis) => value - min[axis])),
    handleCount: 6,
    handles,
    bounds: asset.bounds,
    bindings: [binding],
    clips: [],
  };
  field.clips = [makeClip("wave", field, [{ binding, rest: positions }], FIELD_DEFAULTS)];
  return { bytes, field, positions, normals };
}
