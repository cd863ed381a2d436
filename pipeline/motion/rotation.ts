// Rotations as axis-angle vectors: their matrices and the gradient through them. All matrices are row-major 3x3.

const SMALL = 1e-8;

/** Rodrigues' formula. Writes R(w) to out[offset..offset + 9]. */
export function axisAngleToMatrix(wx: number, wy: number, wz: number, out: Float64Array, offset: number): void {
  const square = wx * wx + wy * wy + wz * wz;
  const angle = Math.sqrt(square);
  // sin(a)/a and (1 - cos a)/a^2, by their series near zero.
  const s = square < SMALL ? 1 - square / 6 : Math.sin(angle) / angle;
  const c = square < SMALL ? 0.5 - square / 24 : (1 - Math.cos(angle)) / square;
  out[offset] = 1 - c * (wy * wy + wz * wz);
  out[offset + 1] = c * wx * wy - s * wz;
  out[offset + 2] = c * wx * wz + s * wy;
  out[offset + 3] = c * wx * wy + s * wz;
  out[offset + 4] = 1 - c * (wx * wx + wz * wz);
  out[offset + 5] = c * wy * wz - s * wx;
  out[offset + 6] = c * wx * wz - s * wy;
  out[offset + 7] = c * wy * wz + s * wx;
  out[offset + 8] = 1 - c * (wx * wx + wy * wy);
}

/**
 * Gradient of a loss with respect to w, given its gradient G with respect to R(w):
 * dR/dw_i = ([w]x w_i + [w x (I - R) e_i]x) R / |w|^2 (Gallego and Yezzi 2015, eq. 9), [e_i]x near zero.
 * Adds to out[offset..offset + 3].
 */
export function axisAngleGradient(
  wx: number,
  wy: number,
  wz: number,
  rotation: Float64Array,
  r: number,
  gradient: Float64Array,
  g: number,
  out: Float64Array,
  offset: number,
): void {
  // M = G R^T; then sum_ab G_ab ([v]x R)_ab = v . (M_21 - M_12, M_02 - M_20, M_10 - M_01).
  let ax = 0;
  let ay = 0;
  let az = 0;
  for (let k = 0; k < 3; k++) {
    const r0 = rotation[r + k];
    const r1 = rotation[r + 3 + k];
    const r2 = rotation[r + 6 + k];
    const g0 = gradient[g + k];
    const g1 = gradient[g + 3 + k];
    const g2 = gradient[g + 6 + k];
    ax += g2 * r1 - g1 * r2;
    ay += g0 * r2 - g2 * r0;
    az += g1 * r0 - g0 * r1;
  }
  const square = wx * wx + wy * wy + wz * wz;
  if (square < SMALL) {
    out[offset] = out[offset] + ax;
    out[offset + 1] = out[offset + 1] + ay;
    out[offset + 2] = out[offset + 2] + az;
    return;
  }
  const along = (wx * ax + wy * ay + wz * az) / square;
  const w = [wx, wy, wz];
  for (let i = 0; i < 3; i++) {
    const ex = (i === 0 ? 1 : 0) - rotation[r + i];
    const ey = (i === 1 ? 1 : 0) - rotation[r + 3 + i];
    const ez = (i === 2 ? 1 : 0) - rotation[r + 6 + i];
    const cx = wy * ez - wz * ey;
    const cy = wz * ex - wx * ez;
    const cz = wx * ey - wy * ex;
    out[offset + i] = out[offset + i] + w[i] * along + (cx * ax + cy * ay + cz * az) / square;
  }
}

/** Unit quaternion xyzw of a rotation matrix (Shepperd's method). Writes to out[offset..offset + 4]. */
export function matrixToQuaternion(m: Float64Array, r: number, out: Float32Array, offset: number): void {
  const [m00, m01, m02] = [m[r], m[r + 1], m[r + 2]];
  const [m10, m11, m12] = [m[r + 3], m[r + 4], m[r + 5]];
  const [m20, m21, m22] = [m[r + 6], m[r + 7], m[r + 8]];
  let x: number;
  let y: number;
  let z: number;
  let w: number;
  const trace = m00 + m11 + m22;
  if (trace > m00 && trace > m11 && trace > m22) {
    [x, y, z, w] = [m21 - m12, m02 - m20, m10 - m01, 1 + trace];
  } else if (m00 >= m11 && m00 >= m22) {
    [x, y, z, w] = [1 + m00 - m11 - m22, m01 + m10, m02 + m20, m21 - m12];
  } else if (m11 >= m22) {
    [x, y, z, w] = [m01 + m10, 1 - m00 + m11 - m22, m12 + m21, m02 - m20];
  } else {
    [x, y, z, w] = [m02 + m20, m12 + m21, 1 - m00 - m11 + m22, m10 - m01];
  }
  const length = Math.hypot(x, y, z, w);
  out[offset] = x / length;
  out[offset + 1] = y / length;
  out[offset + 2] = z / length;
  out[offset + 3] = w / length;
}
