// The few 4x4 operations that baking a rest pose needs: column-major, as glTF stores them. Not a general algebra.

/** a * b. */
export function multiply(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const out = new Float64Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[k * 4 + row] * b[column * 4 + k];
      out[column * 4 + row] = sum;
    }
  }
  return out;
}

/** Determinant of the linear part; negative where the matrix mirrors. */
export function determinant3(m: ArrayLike<number>): number {
  return m[0] * (m[5] * m[10] - m[6] * m[9]) - m[4] * (m[1] * m[10] - m[2] * m[9]) + m[8] * (m[1] * m[6] - m[2] * m[5]);
}

/**
 * Cofactors of the linear part, column-major 3x3: turns normals as the inverse transpose does, up to a positive length, and
 * is defined for singular matrices too.
 */
export function normalMatrix(m: ArrayLike<number>): Float64Array {
  const sign = determinant3(m) < 0 ? -1 : 1;
  return Float64Array.of(
    sign * (m[5] * m[10] - m[6] * m[9]),
    sign * (m[6] * m[8] - m[4] * m[10]),
    sign * (m[4] * m[9] - m[5] * m[8]),
    sign * (m[2] * m[9] - m[1] * m[10]),
    sign * (m[0] * m[10] - m[2] * m[8]),
    sign * (m[1] * m[8] - m[0] * m[9]),
    sign * (m[1] * m[6] - m[2] * m[5]),
    sign * (m[2] * m[4] - m[0] * m[6]),
    sign * (m[0] * m[5] - m[1] * m[4]),
  );
}
