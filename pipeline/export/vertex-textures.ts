// Clips -> a pair of vertex animation textures in the manner of OpenVAT: how far each vertex is from rest and where its normal points,
// a block of rows a frame, clip below clip. Numbers only; vat.ts makes files of them. README.md of this folder has the layout.

import { deformNormals, deformPositions } from "../../runtime/deform.ts";
import type { MotionField } from "../../runtime/field.ts";
import { sampleHandles } from "../../runtime/sample.ts";
import type { BakedGeometry } from "../asset/bake.ts";

/** Wider textures are refused by some devices. */
export const MOST_WIDE = 4096;

/** Where the vertices of all parts, one after another, lie in a texture. */
export interface TextureLayout {
  vertexCount: number;
  width: number;
  /** Rows of one frame: more than one where the vertices do not fit side by side. */
  rowsPerFrame: number;
  height: number;
  frames: number;
}

export interface VertexTextures extends TextureLayout {
  /** Offsets from rest in glTF axes, asset units, over the range below: 65535 (d - min) / (max - min); RGBA, alpha full. */
  offsets: Uint16Array;
  min: [number, number, number];
  max: [number, number, number];
  /** Unit normals: 255 (n + 1) / 2; RGB. */
  normals: Uint8Array;
}

export function textureLayout(vertexCount: number, frames: number): TextureLayout {
  const rowsPerFrame = Math.ceil(vertexCount / MOST_WIDE);
  const width = Math.ceil(vertexCount / rowsPerFrame);
  return { vertexCount, width, rowsPerFrame, height: rowsPerFrame * frames, frames };
}

/** @param rest one entry a binding, asset space */
export function vertexTextures(field: MotionField, rest: readonly BakedGeometry[]): VertexTextures {
  const layout = textureLayout(
    rest.reduce((sum, part) => sum + part.vertexCount, 0),
    field.clips.reduce((sum, clip) => sum + clip.frames, 0),
  );
  const block = layout.width * layout.rowsPerFrame;
  const pixels = block * layout.frames;
  const moved = new Float32Array(pixels * 3);
  const turned = new Float32Array(pixels * 3);
  const frames = field.clips.flatMap((clip) => Array.from({ length: clip.frames }, (_, frame) => ({ clip, frame })));
  frames.forEach(({ clip, frame }, index) => {
    const matrices = sampleHandles(field, clip, frame / clip.fps);
    let first = index * block * 3;
    rest.forEach(({ positions, normals }, part) => {
      const at = deformPositions(field.bindings[part], matrices, positions);
      for (let i = 0; i < at.length; i++) moved[first + i] = at[i] - positions[i];
      turned.set(deformNormals(field.bindings[part], matrices, normals), first);
      first += at.length;
    });
  });
  const { min, max } = range(moved);
  const offsets = new Uint16Array(pixels * 4).fill(65535);
  for (let i = 0; i < pixels * 3; i++) {
    const c = i % 3;
    offsets[Math.floor(i / 3) * 4 + c] = Math.round((65535 * (moved[i] - min[c])) / (max[c] - min[c]));
  }
  return { ...layout, offsets, min, max, normals: Uint8Array.from(turned, (n) => Math.round(127.5 * (n + 1))) };
}

/** Never empty: what does not move along an axis still has a span to divide by. */
function range(moved: Float32Array): Pick<VertexTextures, "min" | "max"> {
  const min: VertexTextures["min"] = [0, 0, 0];
  const max: VertexTextures["max"] = [0, 0, 0];
  for (let i = 0; i < moved.length; i++) {
    min[i % 3] = Math.min(min[i % 3], moved[i]);
    max[i % 3] = Math.max(max[i % 3], moved[i]);
  }
  for (let c = 0; c < 3; c++) if (!(max[c] > min[c])) max[c] = min[c] + 1e-6;
  return { min, max };
}
