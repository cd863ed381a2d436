// A model and its motion -> the files of vertex animation textures: the model at rest with a second UV set that says where each vertex
// reads, and two PNGs and a JSON sidecar as OpenVAT names them. It touches no disk; export-command.ts does.

import { type Document, NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import sharp from "sharp";
import type { MotionField } from "../../runtime/field.ts";
import { type BakedGeometry, bakePrimitive } from "../asset/bake.ts";
import { AnimusError } from "../errors.ts";
import { bakedCopy, dropUnused, findParts, removeOriginals } from "./model-parts.ts";
import { type TextureLayout, type VertexTextures, vertexTextures } from "./vertex-textures.ts";

/** Most rows of a texture that every WebGL2 and WebGPU device takes. */
const MOST_HIGH = 8192;
const TRIANGLES = 4;

/**
 * @param document the model; changed in place
 * @param name stem of all file names
 * @param file names the model in errors
 * @returns bytes by file name
 * @throws AnimusError "input" where the motion was made for another model, or it fits no texture.
 */
export async function vatFiles(
  document: Document,
  field: MotionField,
  name: string,
  file: string,
): Promise<Map<string, Uint8Array>> {
  const rest = findParts(document, field, file).map(({ node, primitive }) => bakePrimitive(node, primitive)!);
  const textures = vertexTextures(field, rest);
  if (textures.height > MOST_HIGH) {
    const message = `${file}: ${textures.frames} frames of ${textures.vertexCount} vertices need a texture of ${textures.width}x${textures.height}.`;
    const hint = "Simplify the model, or build clips with fewer frames (`fps`, `seconds` of the sidecar).";
    throw new AnimusError("input", message, { file, hint });
  }
  const uvSet = writeModel(document, field, rest, textures, file);
  const json = `${JSON.stringify(sidecar(field, textures, uvSet), null, 2)}\n`;
  return new Map([
    [`${name}.glb`, await new NodeIO().registerExtensions(ALL_EXTENSIONS).writeBinary(document)],
    [`${name}_vat.png`, await png(textures.offsets, textures, 4)],
    [`${name}_vnrm.png`, await png(textures.normals, textures, 3)],
    [`${name}-remap_info.json`, new TextEncoder().encode(json)],
  ]);
}

/** What OpenVAT's shaders read, and beside it what they cannot know. */
function sidecar(field: MotionField, textures: VertexTextures, uvSet: number) {
  const { min, max, vertexCount, width, height, rowsPerFrame, frames } = textures;
  let first = 0;
  const clips = field.clips.map(({ name, frames: count, fps, loop }) => {
    first += count;
    return { name, first: first - count, frames: count, fps, loop };
  });
  return {
    "os-remap": { Min: [...min], Max: [...max], Frames: frames },
    animus: { version: 1, asset: field.asset, vertexCount, width, height, rowsPerFrame, uvSet, clips },
  };
}

function png(data: Uint8Array | Uint16Array, { width, height }: TextureLayout, channels: 3 | 4): Promise<Uint8Array> {
  const image = sharp(data, { raw: { width, height, channels } });
  return (data instanceof Uint16Array ? image.toColourspace("rgb16") : image).png().toBuffer();
}

/**
 * Puts all parts at rest into one mesh at the scene's root, in the order of the textures.
 * @returns the UV set that says where a vertex reads: 1, which OpenVAT's shaders read, or the first that no part has
 */
function writeModel(
  document: Document,
  field: MotionField,
  rest: readonly BakedGeometry[],
  layout: TextureLayout,
  file: string,
): number {
  const root = document.getRoot();
  const scene = root.getDefaultScene() ?? root.listScenes()[0] ?? document.createScene("scene");
  root.setDefaultScene(scene);
  const buffer = root.listBuffers()[0] ?? document.createBuffer();
  const parts = findParts(document, field, file);
  for (const animation of root.listAnimations()) animation.dispose();
  const mesh = document.createMesh("vertex animation");
  const sets = parts.flatMap(({ primitive }) => primitive.listSemantics().map(uvSetOf));
  const uvSet = Math.max(0, ...sets) + 1;
  let first = 0;
  parts.forEach(({ primitive }, index) => {
    const copy = bakedCopy(document, primitive, rest[index], buffer);
    for (const semantic of copy.listSemantics())
      if (/^(JOINTS|WEIGHTS)_/.test(semantic)) copy.setAttribute(semantic, null);
    const indices = rest[index].indices.slice() as Uint32Array<ArrayBuffer>;
    copy.setMode(TRIANGLES).setIndices(document.createAccessor().setType("SCALAR").setArray(indices).setBuffer(buffer));
    const uvs = (array: Float32Array<ArrayBuffer>) =>
      document.createAccessor().setType("VEC2").setArray(array).setBuffer(buffer);
    // Sets must not leave gaps.
    for (let set = 0; set < uvSet; set++) {
      const name = `TEXCOORD_${set}`;
      if (copy.getAttribute(name) === null) copy.setAttribute(name, uvs(new Float32Array(rest[index].vertexCount * 2)));
    }
    copy.setAttribute(`TEXCOORD_${uvSet}`, uvs(placesOf(first, rest[index].vertexCount, layout)));
    mesh.addPrimitive(copy);
    first += rest[index].vertexCount;
  });
  scene.addChild(document.createNode("vertex animation").setMesh(mesh));
  removeOriginals(parts);
  dropUnused(document, buffer);
  return uvSet;
}

function uvSetOf(semantic: string): number {
  return Number(/^TEXCOORD_(\d+)$/.exec(semantic)?.[1] ?? 0);
}

/** UVs of the middle of each vertex' texel in frame 0; v grows by rowsPerFrame / height a frame. [count * 2] */
function placesOf(first: number, count: number, { width, height }: TextureLayout): Float32Array<ArrayBuffer> {
  const uvs = new Float32Array(count * 2);
  for (let v = 0; v < count; v++) {
    uvs[v * 2] = (((first + v) % width) + 0.5) / width;
    uvs[v * 2 + 1] = (Math.floor((first + v) / width) + 0.5) / height;
  }
  return uvs;
}
