// A pose texture filled on the CPU: column-major 4x4 per handle as four float32 texels, one row a pose. Float32 because half a
// unit in the last place of a half would show as jitter on large models, and the include fetches texels without filtering.

import { Constants } from "@babylonjs/core/Engines/constants.js";
import { RawTexture } from "@babylonjs/core/Materials/Textures/rawTexture.js";
import type { Scene } from "@babylonjs/core/scene.js";

export interface PoseTexture {
  texture: RawTexture;
  /** [rows * handles * 16]; call `upload` after writing. */
  data: Float32Array;
  upload(): void;
  dispose(): void;
}

/** Makes a texture of float32 RGBA texels, fetched exactly. */
export function floatTexture(data: Float32Array, width: number, height: number, scene: Scene): RawTexture {
  const texture = new RawTexture(
    data,
    width,
    height,
    Constants.TEXTUREFORMAT_RGBA,
    scene,
    false,
    false,
    Constants.TEXTURE_NEAREST_SAMPLINGMODE,
    Constants.TEXTURETYPE_FLOAT,
  );
  texture.wrapU = texture.wrapV = Constants.TEXTURE_CLAMP_ADDRESSMODE;
  return texture;
}

/** Writes the identity for every handle of every row. */
export function fillRest(data: Float32Array): void {
  for (let i = 0; i < data.length; i++)
    data[i] = i % 16 === 0 || i % 16 === 5 || i % 16 === 10 || i % 16 === 15 ? 1 : 0;
}

export function createPoseTexture(handles: number, rows: number, scene: Scene): PoseTexture {
  const data = new Float32Array(rows * handles * 16);
  fillRest(data);
  const texture = floatTexture(data, handles * 4, rows, scene);
  texture.name = "motion poses";
  return { texture, data, upload: () => texture.update(data), dispose: () => texture.dispose() };
}
