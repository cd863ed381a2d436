// Projects the splats of one frame into one image: EWA splatting (Zwicker et al. 2001, "EWA volume splatting", eq. 20-24).
// The gradient of this step is in project-splats-gradient.ts; the drawing is in composite.ts.

import { NEAR, pixelScale, viewAxes } from "./camera.ts";
import { notFinite } from "./check-input.ts";
import { CAMERA_DISTANCE, type Camera, type RenderSettings, type Splats } from "./renderer.ts";

/** Thickness of a splat along its normal, as a share of its tangent sigma. */
export const FLATNESS = 0.2;
/** Squared Mahalanobis distance at which a splat ends (see `composite`). */
export const SUPPORT = 8;

/** Numbers of one projected splat: mean u, v; conic a, b, c (inverse covariance aa, ab, bb); half extents in pixels; depth. */
export const PROJECTED_STRIDE = 8;

/** The splats of one image. Reused from image to image. */
export interface ProjectedSplats {
  /** [count * PROJECTED_STRIDE]; only visible splats are filled in. */
  data: Float64Array;
  /** Indices of the visible splats in ascending order, [count], the first `visible` of them. */
  indices: Uint32Array;
  visible: number;
}

export function allocateProjected(count: number): ProjectedSplats {
  return { data: new Float64Array(count * PROJECTED_STRIDE), indices: new Uint32Array(count), visible: 0 };
}

/**
 * Fills `out` with the splats of frame `frame` as `camera` sees them. With the splat's rest covariance
 * s^2 (I - (1 - FLATNESS^2) n n^T), its linear part L, the view rotation W and the projection's Jacobian J, the covariance in
 * the image is T (...) T^T + lowPass I with T = J W L.
 * @param lowPass Variance of a pixel's footprint, pixels squared (see footprint.ts).
 * @throws AnimusError (internal) where a position or linear part is not finite.
 */
export function projectSplats(
  splats: Splats,
  positions: Float32Array,
  linears: Float32Array,
  frame: number,
  camera: Camera,
  { width, height }: RenderSettings,
  lowPass: number,
  out: ProjectedSplats,
): void {
  const { count, normals, sigmas } = splats;
  const { data, indices } = out;
  const [rx, ry, rz, ux, uy, uz, bx, by, bz] = viewAxes(camera);
  const scaleX = pixelScale(width);
  const scaleY = -pixelScale(height);
  const flat = 1 - FLATNESS * FLATNESS;
  let visible = 0;

  for (let i = 0; i < count; i++) {
    const p = (frame * count + i) * 3;
    const [px, py, pz] = [positions[p], positions[p + 1], positions[p + 2]];
    const depth = CAMERA_DISTANCE - (bx * px + by * py + bz * pz);
    if (depth < NEAR) continue;
    const sx = scaleX / depth;
    const sy = scaleY / depth;
    const u = sx * (rx * px + ry * py + rz * pz);
    const v = sy * (ux * px + uy * py + uz * pz);

    // M = J W, then T = M L and q = T n.
    const jx = u / depth;
    const jy = v / depth;
    const [m0, m1, m2] = [sx * rx + jx * bx, sx * ry + jx * by, sx * rz + jx * bz];
    const [m3, m4, m5] = [sy * ux + jy * bx, sy * uy + jy * by, sy * uz + jy * bz];
    const l = (frame * count + i) * 9;
    const t0 = m0 * linears[l] + m1 * linears[l + 3] + m2 * linears[l + 6];
    const t1 = m0 * linears[l + 1] + m1 * linears[l + 4] + m2 * linears[l + 7];
    const t2 = m0 * linears[l + 2] + m1 * linears[l + 5] + m2 * linears[l + 8];
    const t3 = m3 * linears[l] + m4 * linears[l + 3] + m5 * linears[l + 6];
    const t4 = m3 * linears[l + 1] + m4 * linears[l + 4] + m5 * linears[l + 7];
    const t5 = m3 * linears[l + 2] + m4 * linears[l + 5] + m5 * linears[l + 8];
    const n = i * 3;
    const q0 = t0 * normals[n] + t1 * normals[n + 1] + t2 * normals[n + 2];
    const q1 = t3 * normals[n] + t4 * normals[n + 1] + t5 * normals[n + 2];
    const variance = sigmas[i] * sigmas[i];
    const xx = variance * (t0 * t0 + t1 * t1 + t2 * t2 - flat * q0 * q0) + lowPass;
    const xy = variance * (t0 * t3 + t1 * t4 + t2 * t5 - flat * q0 * q1);
    const yy = variance * (t3 * t3 + t4 * t4 + t5 * t5 - flat * q1 * q1) + lowPass;
    const determinant = xx * yy - xy * xy;
    if (!(determinant > 0 && determinant < Infinity && u + v - u - v < Infinity)) throw notFinite(i, frame);

    const centreX = u + width / 2;
    const centreY = v + height / 2;
    const halfX = Math.sqrt(SUPPORT * xx);
    const halfY = Math.sqrt(SUPPORT * yy);
    if (centreX + halfX < 0.5 || centreX - halfX > width - 0.5) continue;
    if (centreY + halfY < 0.5 || centreY - halfY > height - 0.5) continue;

    const o = i * PROJECTED_STRIDE;
    data[o] = centreX;
    data[o + 1] = centreY;
    data[o + 2] = yy / determinant;
    data[o + 3] = -xy / determinant;
    data[o + 4] = xx / determinant;
    data[o + 5] = halfX;
    data[o + 6] = halfY;
    data[o + 7] = depth;
    indices[visible++] = i;
  }
  out.visible = visible;
}
