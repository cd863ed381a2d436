// The gradient of project-splats.ts: from image-plane means and covariances back to positions and linear parts, exactly,
// including the Jacobian's own dependence on the position. Opacity and colour have no gradients.

import { pixelScale, viewAxes } from "./camera.ts";
import { FLATNESS, type ProjectedSplats } from "./project-splats.ts";
import { CAMERA_DISTANCE, type Camera, type RenderSettings, type Splats } from "./renderer.ts";

/** Numbers of one splat's image gradient: dL/du, dL/dv, and the symmetric dL/dcovariance as xx, xy, yy (xy is one entry of two). */
export const IMAGE_GRADIENT_STRIDE = 5;

/**
 * Adds the gradients of one image to those of its frame.
 * @param imageGradient [count * IMAGE_GRADIENT_STRIDE], read for the visible splats.
 * @param positionGradient [count * 3], added to.
 * @param linearGradient [count * 9], added to.
 */
export function projectSplatsGradient(
  splats: Splats,
  positions: Float32Array,
  linears: Float32Array,
  frame: number,
  camera: Camera,
  { width, height }: RenderSettings,
  projected: ProjectedSplats,
  imageGradient: Float64Array,
  positionGradient: Float64Array,
  linearGradient: Float64Array,
): void {
  const { count, normals, sigmas } = splats;
  const { indices, visible } = projected;
  const [rx, ry, rz, ux, uy, uz, bx, by, bz] = viewAxes(camera);
  const scaleX = pixelScale(width);
  const scaleY = -pixelScale(height);
  const flat = 1 - FLATNESS * FLATNESS;

  for (let k = 0; k < visible; k++) {
    const i = indices[k];
    const g = i * IMAGE_GRADIENT_STRIDE;
    const [gu, gv] = [imageGradient[g], imageGradient[g + 1]];
    const [gxx, gxy, gyy] = [imageGradient[g + 2], imageGradient[g + 3], imageGradient[g + 4]];
    if (gu === 0 && gv === 0 && gxx === 0 && gxy === 0 && gyy === 0) continue;

    // The forward step again: M = J W, T = M L, q = T n.
    const p = (frame * count + i) * 3;
    const [px, py, pz] = [positions[p], positions[p + 1], positions[p + 2]];
    const depth = CAMERA_DISTANCE - (bx * px + by * py + bz * pz);
    const sx = scaleX / depth;
    const sy = scaleY / depth;
    const jx = (sx * (rx * px + ry * py + rz * pz)) / depth;
    const jy = (sy * (ux * px + uy * py + uz * pz)) / depth;
    const [m0, m1, m2] = [sx * rx + jx * bx, sx * ry + jx * by, sx * rz + jx * bz];
    const [m3, m4, m5] = [sy * ux + jy * bx, sy * uy + jy * by, sy * uz + jy * bz];
    const l = (frame * count + i) * 9;
    const [l0, l1, l2] = [linears[l], linears[l + 1], linears[l + 2]];
    const [l3, l4, l5] = [linears[l + 3], linears[l + 4], linears[l + 5]];
    const [l6, l7, l8] = [linears[l + 6], linears[l + 7], linears[l + 8]];
    const [t0, t1, t2] = [m0 * l0 + m1 * l3 + m2 * l6, m0 * l1 + m1 * l4 + m2 * l7, m0 * l2 + m1 * l5 + m2 * l8];
    const [t3, t4, t5] = [m3 * l0 + m4 * l3 + m5 * l6, m3 * l1 + m4 * l4 + m5 * l7, m3 * l2 + m4 * l5 + m5 * l8];
    const [nx, ny, nz] = [normals[i * 3], normals[i * 3 + 1], normals[i * 3 + 2]];
    const q0 = flat * (t0 * nx + t1 * ny + t2 * nz);
    const q1 = flat * (t3 * nx + t4 * ny + t5 * nz);

    // dL/dT = 2 s^2 G (T - flat q n^T).
    const [a0, a1, a2] = [t0 - q0 * nx, t1 - q0 * ny, t2 - q0 * nz];
    const [a3, a4, a5] = [t3 - q1 * nx, t4 - q1 * ny, t5 - q1 * nz];
    const twice = 2 * sigmas[i] * sigmas[i];
    const [wxx, wxy, wyy] = [twice * gxx, twice * gxy, twice * gyy];
    const [d0, d1, d2] = [wxx * a0 + wxy * a3, wxx * a1 + wxy * a4, wxx * a2 + wxy * a5];
    const [d3, d4, d5] = [wxy * a0 + wyy * a3, wxy * a1 + wyy * a4, wxy * a2 + wyy * a5];

    // dL/dL = M^T dL/dT.
    const o = i * 9;
    linearGradient[o] += m0 * d0 + m3 * d3;
    linearGradient[o + 1] += m0 * d1 + m3 * d4;
    linearGradient[o + 2] += m0 * d2 + m3 * d5;
    linearGradient[o + 3] += m1 * d0 + m4 * d3;
    linearGradient[o + 4] += m1 * d1 + m4 * d4;
    linearGradient[o + 5] += m1 * d2 + m4 * d5;
    linearGradient[o + 6] += m2 * d0 + m5 * d3;
    linearGradient[o + 7] += m2 * d1 + m5 * d4;
    linearGradient[o + 8] += m2 * d2 + m5 * d5;

    // dL/dM = dL/dT L^T, read along the camera's axes: the entries of J.
    const [e0, e1, e2] = [d0 * l0 + d1 * l1 + d2 * l2, d0 * l3 + d1 * l4 + d2 * l5, d0 * l6 + d1 * l7 + d2 * l8];
    const [e3, e4, e5] = [d3 * l0 + d4 * l1 + d5 * l2, d3 * l3 + d4 * l4 + d5 * l5, d3 * l6 + d4 * l7 + d5 * l8];
    const gsx = e0 * rx + e1 * ry + e2 * rz;
    const gjx = e0 * bx + e1 * by + e2 * bz;
    const gsy = e3 * ux + e4 * uy + e5 * uz;
    const gjy = e3 * bx + e4 * by + e5 * bz;

    // View space: sx = scale / depth, jx = scale x / depth^2, and depth falls with view z.
    const viewX = (gu + gjx / depth) * sx;
    const viewY = (gv + gjy / depth) * sy;
    const viewZ = gu * jx + gv * jy + (gsx * sx + gsy * sy + 2 * (gjx * jx + gjy * jy)) / depth;
    positionGradient[i * 3] += viewX * rx + viewY * ux + viewZ * bx;
    positionGradient[i * 3 + 1] += viewX * ry + viewY * uy + viewZ * by;
    positionGradient[i * 3 + 2] += viewX * rz + viewY * uz + viewZ * bz;
  }
}
