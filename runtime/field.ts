// What a motion field is once decoded: plain data that the sampler, the plugin and the encoder share. The bytes are in README.md.

export const FORMAT_VERSION = 1;
export const EXTENSION_NAME = "ANIMUS_motion_field";

export interface FieldBounds {
  min: [number, number, number];
  max: [number, number, number];
}

/** Which handles move the vertices of one primitive of the model. */
export interface FieldBinding {
  /** glTF indices and the node's name (may be empty). */
  node: number;
  nodeName: string;
  mesh: number;
  primitive: number;
  vertexCount: number;
  /** Hash (hash.ts) of the mesh-local rest positions. */
  positionsHash: string;
  /** Column-major 4x4: mesh-local to asset space at rest (the node's world matrix). */
  meshToAsset: Float32Array;
  /** [vertexCount * 4]; u8 up to 256 handles, else u16. */
  indices: Uint8Array | Uint16Array;
  /** Normalised u16 (65535 = 1), each vertex sums to 65535, [vertexCount * 4]. */
  weights: Uint16Array;
}

export interface FieldClip {
  name: string;
  prompt: string;
  fps: number;
  /** Frames of one pass, without the duplicated loop row. */
  frames: number;
  loop: boolean;
  /** Seconds of one pass: frames / fps where it loops, (frames - 1) / fps otherwise. */
  duration: number;
  /**
   * Half-float bits; rows = frames (+1 where it loops: row `frames` repeats row 0, a quaternion negated where that continues
   * the row before), columns = handles * 2, 4 values a texel.
   * Texel 2k: unit quaternion xyzw, hemispheres aligned in time. Texel 2k+1: translation xyz in units of `MotionField.scale`,
   * then uniform scale. [rows * handles * 8]
   */
  texels: Uint16Array;
  rows: number;
  /** Of the moving asset over the whole clip, asset units. */
  bounds: FieldBounds;
  seed: number;
  preset: string;
  teacher: string;
  /** As in the pipeline's `done` event. */
  metrics: Record<string, number>;
}

/** x_p(t) = sum_k w_pk [ s_k R_k (p - c_k) + c_k + scale * tau_k ], asset space. */
export interface MotionField {
  version: number;
  asset: { name: string; hash: string };
  generator: string;
  /** Asset units per unit of stored translation: the diagonal of the rest bounds. */
  scale: number;
  handleCount: number;
  /** Rest positions c_k in asset units, [handleCount * 3]. */
  handles: Float32Array;
  /** Rest bounds, asset units. */
  bounds: FieldBounds;
  bindings: FieldBinding[];
  clips: FieldClip[];
}

/** The bytes are not a motion field that this version can read. */
export class FormatError extends Error {
  override name = "FormatError";
}
