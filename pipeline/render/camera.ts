// The orbit camera: view axes, projection to pixels and its Jacobian. The teacher's training renders use the same formulas.
// Knows nothing of splats.

import { CAMERA_DISTANCE, CAMERA_FOCAL, type Camera } from "./renderer.ts";

/** Splats nearer to the camera plane than this (normalised units) are not drawn. */
export const NEAR = 0.2;

/**
 * World-to-view rotation of a camera, row-major 3x3: rows are the camera's right, up and backward axes in the world.
 * A point's depth is `CAMERA_DISTANCE` minus its coordinate on the third axis.
 */
export function viewAxes({ azimuth, elevation }: Camera): Float64Array {
  const [ca, sa, ce, se] = [Math.cos(azimuth), Math.sin(azimuth), Math.cos(elevation), Math.sin(elevation)];
  return Float64Array.of(ca, 0, -sa, -se * sa, ce, -se * ca, ce * sa, se, ce * ca);
}

/** Pixels per unit of slope: u = scale * x / depth + size / 2. */
export function pixelScale(size: number): number {
  return (CAMERA_FOCAL * size) / 2;
}

/** Where a point lands: pixels (u right, v down, pixel centres at halves) and depth in normalised units. */
export interface Projected {
  u: number;
  v: number;
  depth: number;
  /** d(u, v) / d(view x, y, z), row-major 2x3. */
  jacobian: readonly [number, number, number, number, number, number];
}

/** Projects one world point. The inner loops of the renderer inline this; tests and previews call it. */
export function projectPoint(
  point: ArrayLike<number>,
  camera: Camera,
  { width, height }: { width: number; height: number },
): Projected {
  const axes = viewAxes(camera);
  const [x, y, z] = [0, 3, 6].map((row) => axes[row] * point[0] + axes[row + 1] * point[1] + axes[row + 2] * point[2]);
  const depth = CAMERA_DISTANCE - z;
  const sx = pixelScale(width) / depth;
  const sy = -pixelScale(height) / depth;
  return {
    u: sx * x + width / 2,
    v: sy * y + height / 2,
    depth,
    jacobian: [sx, 0, (sx * x) / depth, 0, sy, (sy * y) / depth],
  };
}
