// What a Gaussian-splat file holds, whatever its format: plain arrays in the file's own coordinates. The readers (read-ply.ts and its
// neighbours) fill it; import-splats.ts makes an asset of it.

export interface SplatCloud {
  count: number;
  /** Centres as a player reads them, [count * 3]. */
  positions: Float32Array;
  /** Standard deviations along the splat's own axes, [count * 3]. */
  scales: Float32Array;
  /** Quaternions w, x, y, z of any length, [count * 4]. */
  rotations: Float32Array;
  /** sRGB 0..1 of spherical-harmonics degree 0, [count * 3]; what depends on the view is left out. */
  colors: Float32Array;
  /** 0..1, [count] */
  opacities: Float32Array;
}

/** Y0 of the spherical harmonics: colour = 1/2 + Y0 c. */
export const SH_C0 = 0.28209479177387814;

export function emptyCloud(count: number): SplatCloud {
  return {
    count,
    positions: new Float32Array(count * 3),
    scales: new Float32Array(count * 3),
    rotations: new Float32Array(count * 4),
    colors: new Float32Array(count * 3),
    opacities: new Float32Array(count),
  };
}

/** The bytes are not what the file's name says. `message` is a clause that goes on after the file's name. */
export class SplatFormatError extends Error {
  override name = "SplatFormatError";
}
