// A model file becomes an Asset: every triangle of its scene in one space, baked at rest, with its colour. The steps are files
// of their own (read-document, bake, read-material, decode-image); this one walks the scene and checks what comes out.

import { basename, extname } from "node:path";
import {
  type Document,
  type Primitive as GltfPrimitive,
  type Node,
  PropertyType,
  type Texture,
} from "@gltf-transform/core";
import { hashPositions } from "../../runtime/hash.ts";
import { AnimusError } from "../errors.ts";
import type { Asset, Image, Primitive } from "./asset.ts";
import { type BakedGeometry, bakePrimitive, readFloats } from "./bake.ts";
import { boundsOf } from "./bounds-of.ts";
import { decodeImage } from "./decode-image.ts";
import { importSplats, isSplatFile } from "./import-splats.ts";
import { readDocument } from "./read-document.ts";
import { readMaterial } from "./read-material.ts";

export interface ImportOptions {
  /** Longest side of decoded textures, pixels. */
  maxTextureSize?: number;
  /** More vertices than this are refused. */
  maxVertices?: number;
  /** Told of what was left out or replaced; the import goes on. */
  onWarning?: (message: string) => void;
}

export const IMPORT_DEFAULTS = { maxTextureSize: 1024, maxVertices: 2_000_000 } as const;

/**
 * Reads `.glb` or `.gltf` with its buffers and textures (Draco, meshopt and quantisation are decoded), or Gaussian splats.
 * @throws AnimusError "input" for every file that cannot become an asset, saying what to do about it.
 */
export async function importAsset(file: string, options: ImportOptions = {}): Promise<Asset> {
  const { maxTextureSize, maxVertices, onWarning } = { ...IMPORT_DEFAULTS, onWarning: () => {}, ...options };
  if (isSplatFile(file)) return importSplats(file, maxVertices);
  const { document, hash } = await readDocument(file);
  const parts = listParts(document, onWarning);
  checkSize(file, parts, maxVertices);

  const images = new Map<Texture, Promise<Image | null>>();
  const decode = (texture: Texture): Promise<Image | null> => {
    let image = images.get(texture);
    if (!image) images.set(texture, (image = decodeImage(texture, { maxSize: maxTextureSize, onWarning })));
    return image;
  };
  const primitives: Primitive[] = [];
  for (const part of parts) {
    const geometry = bake(file, part);
    if (geometry) primitives.push(await assemble(part, geometry, decode));
  }
  if (primitives.length === 0) {
    const message = `${basename(file)} has no triangles in its scene.`;
    throw new AnimusError("input", message, {
      file,
      hint: "Export a model with a mesh; points and lines have no surface.",
    });
  }
  const bounds = boundsOf(file, primitives);
  return { name: basename(file, extname(file)), file, hash, primitives, bounds, splats: null };
}

/** A primitive and where it stands: glTF indices, as a player counts them. */
interface Part {
  node: Node;
  nodeIndex: number;
  meshIndex: number;
  source: GltfPrimitive;
  index: number;
}

function listParts(document: Document, onWarning: (message: string) => void): Part[] {
  const root = document.getRoot();
  const nodes = new Map(root.listNodes().map((node, index) => [node, index]));
  const meshes = new Map(root.listMeshes().map((mesh, index) => [mesh, index]));
  const scene = root.getDefaultScene() ?? root.listScenes()[0];
  const tops = scene
    ? scene.listChildren()
    : root.listNodes().filter((node) => !node.listParents().some((p) => p.propertyType === PropertyType.NODE));
  const parts: Part[] = [];
  for (const top of tops) {
    top.traverse((node) => {
      const mesh = node.getMesh();
      if (!mesh) return;
      if (node.getExtension("EXT_mesh_gpu_instancing")) {
        onWarning(
          `The node ${node.getName() || nodes.get(node)} is instanced; it is animated once, where the node stands.`,
        );
      }
      mesh.listPrimitives().forEach((source, index) => {
        parts.push({ node, nodeIndex: nodes.get(node)!, meshIndex: meshes.get(mesh)!, source, index });
      });
    });
  }
  return parts;
}

function checkSize(file: string, parts: readonly Part[], maxVertices: number): void {
  let total = 0;
  for (const { source } of parts) total += source.getAttribute("POSITION")?.getCount() ?? 0;
  if (total <= maxVertices) return;
  throw new AnimusError("input", `${basename(file)} has ${total} vertices; at most ${maxVertices} can be animated.`, {
    file,
    hint: "Simplify it first, in Blender (Decimate) or with `npx @gltf-transform/cli simplify`.",
  });
}

function bake(file: string, part: Part): BakedGeometry | null {
  const where = `${basename(file)}, mesh ${part.meshIndex} ("${part.node.getMesh()?.getName() ?? ""}"), primitive ${part.index}`;
  const broken = (what: string, cause?: unknown): AnimusError =>
    new AnimusError("input", `${where}: ${what}.`, {
      file,
      hint: "The geometry is damaged: check it with the Khronos glTF validator, or export it again.",
      cause,
    });
  let geometry: BakedGeometry | null;
  try {
    geometry = bakePrimitive(part.node, part.source);
  } catch (error) {
    if (error instanceof RangeError) throw broken(error.message, error);
    throw error;
  }
  for (const vertex of geometry?.indices ?? []) {
    const [x, y, z] = geometry!.positions.subarray(vertex * 3, vertex * 3 + 3);
    if (!Number.isFinite(x + y + z)) throw broken(`vertex ${vertex} is at (${x}, ${y}, ${z})`);
  }
  return geometry;
}

async function assemble(
  part: Part,
  geometry: BakedGeometry,
  decode: (texture: Texture) => Promise<Image | null>,
): Promise<Primitive> {
  const { localPositions, ...baked } = geometry;
  const { material, texCoord, uvTransform: m } = await readMaterial(part.source.getMaterial(), decode);
  const coordinates = material.texture ? part.source.getAttribute(`TEXCOORD_${texCoord}`) : null;
  const uvs = coordinates && coordinates.getCount() >= baked.vertexCount ? readFloats(coordinates, 2) : null;
  for (let i = 0; uvs && i < uvs.length; i += 2) {
    const [u, v] = [uvs[i], uvs[i + 1]];
    uvs[i] = m[0] * u + m[1] * v + m[2];
    uvs[i + 1] = m[3] * u + m[4] * v + m[5];
  }
  const color = part.source.getAttribute("COLOR_0");
  return {
    node: part.nodeIndex,
    nodeName: part.node.getName(),
    mesh: part.meshIndex,
    primitive: part.index,
    ...baked,
    uvs,
    colors: color && color.getCount() >= baked.vertexCount ? readFloats(color, 4) : null,
    material,
    positionsHash: hashPositions(localPositions),
  };
}
