// The contract of the differentiable splat renderer. Two implementations stand behind it: typed arrays on the CPU (the truth)
// and, later in the file triples, WGSL. Nothing here renders.

/** Camera on a sphere around the origin of normalised space, looking at it; angles in radians, azimuth 0 looks from +z. */
export interface Camera {
  azimuth: number;
  elevation: number;
}

/** Distance of the camera from the origin and focal length: u = (F x / depth / 2 + 1/2) width; the teacher's data share it. */
export const CAMERA_DISTANCE = 3.2;
export const CAMERA_FOCAL = 4.6;
/** Plain background, sRGB 0..1. */
export const BACKGROUND = 0.93;

/** Surface splats in normalised space at rest. Colours are final: shading is baked from the rest normals. */
export interface Splats {
  count: number;
  /** [count * 3] */
  positions: Float32Array;
  /** Unit normals, [count * 3]. */
  normals: Float32Array;
  /** sRGB 0..1, already shaded (see shading.ts), [count * 3]. */
  colors: Float32Array;
  /** Standard deviation in the tangent plane, normalised units, [count]; along the normal it is `FLATNESS` times that. */
  sigmas: Float32Array;
}

/** Posed splats: F frames of the same splats. */
export interface SplatFrames {
  frames: number;
  /** [frames * count * 3] */
  positions: Float32Array;
  /** Linear part of each splat's deformation, row-major 3x3, [frames * count * 9]; turns the splat's covariance. */
  linears: Float32Array;
}

export interface RenderSettings {
  width: number;
  height: number;
}

export interface Renderer {
  /**
   * Images of every camera and frame.
   * @returns [cameras, 3, frames, height, width], values -1..1 (2 * sRGB - 1): the teacher's layout.
   */
  render(frames: SplatFrames, cameras: readonly Camera[]): Promise<Float32Array>;
  /**
   * Gradients of the last `render` call.
   * @param gradient dL/d image in the layout of `render`'s result.
   * @returns dL/d positions and dL/d linears in the layout of `SplatFrames`, summed over cameras.
   */
  backward(gradient: Float32Array): Promise<{ positions: Float32Array; linears: Float32Array }>;
  dispose(): Promise<void>;
}
