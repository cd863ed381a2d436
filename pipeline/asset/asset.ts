// What an imported asset is: triangles in one space, baked at rest, with the colour of their surface. Data only; the readers
// fill it, the splat sampler and the handle placement read it.

import type { SplatSurface } from "./splat-surface.ts";

export interface Bounds {
  min: [number, number, number];
  max: [number, number, number];
}

/** Decoded 8-bit RGBA image, rows top to bottom, sRGB values as stored. */
export interface Image {
  width: number;
  height: number;
  data: Uint8Array;
}

export type Wrap = "repeat" | "clamp" | "mirror";

export interface Material {
  /** Linear RGBA factor, as glTF stores it. */
  baseColorFactor: [number, number, number, number];
  texture: Image | null;
  /** What lies outside 0..1 of the texture, along u and v. */
  wrap: [Wrap, Wrap];
  /** UVs are already transformed (KHR_texture_transform) and chosen by texCoord. */
  alphaMode: "OPAQUE" | "MASK" | "BLEND";
  alphaCutoff: number;
  doubleSided: boolean;
}

/** One glTF primitive under one node. The same mesh under two nodes gives two of these. */
export interface Primitive {
  /** glTF indices of node, mesh and primitive, and the node's name (may be empty). */
  node: number;
  nodeName: string;
  mesh: number;
  primitive: number;
  vertexCount: number;
  /** Asset space (the scene's root space of the file), skin, morphs and node transforms baked at rest. [vertexCount * 3] */
  positions: Float32Array;
  /** Unit normals in asset space, computed from the triangles where the file has none. [vertexCount * 3] */
  normals: Float32Array;
  /** Triangles, counter-clockwise seen from outside also where the node mirrors. [triangles * 3] */
  indices: Uint32Array;
  /** [vertexCount * 2] or null. */
  uvs: Float32Array | null;
  /** Linear RGBA vertex colours, [vertexCount * 4] or null. */
  colors: Float32Array | null;
  material: Material;
  /** FNV-1a hash (runtime/hash.ts) of the mesh-local POSITION values as float32, before node transforms: what a player
   * that loads the same model sees too. */
  positionsHash: string;
  /** Column-major 4x4: mesh-local to asset space at rest, the node's world matrix. A skin ignores it (see `skinned`). */
  meshToAsset: Float32Array;
  skinned: boolean;
}

export interface Asset {
  /** File name without its extension. */
  name: string;
  file: string;
  /** SHA-256 (hex) over the file and every file it refers to. */
  hash: string;
  primitives: Primitive[];
  /** Of the rest positions that triangles use, asset units. */
  bounds: Bounds;
  /** Of a Gaussian-splat file, whose only primitive has a splat for each vertex; null for models of triangles. */
  splats: SplatSurface | null;
}

/** Where the optimisation happens: x_normalised = (x - centre) * scale, so that the largest side of the bounds is 1. */
export interface Normalisation {
  centre: [number, number, number];
  scale: number;
  /** Diagonal of the bounds in normalised units. */
  diagonal: number;
}
