// Linear blend skinning of one primitive by the handles' matrices, and the change of space that a player needs when it
// deforms vertices before the node's own transform. Pure arithmetic on typed arrays.

import { type FieldBinding, FormatError } from "./field.ts";

/**
 * Moves rest positions: x_p = sum_k w_pk M_k p.
 * @param matrices `poseMatrices`' result for asset-space positions, or `toMeshSpace`'s for mesh-local ones, [handles * 12].
 * @param rest [vertexCount * 3], same space as the matrices. `out` may be `rest`.
 */
export function deformPositions(
  binding: FieldBinding,
  matrices: Float32Array,
  rest: Float32Array,
  out: Float32Array = new Float32Array(rest.length),
): Float32Array {
  checkLength(binding, rest);
  const row = new Float64Array(12);
  for (let v = 0; v < binding.vertexCount; v++) {
    blendMatrix(binding, matrices, v, row);
    const x = rest[v * 3];
    const y = rest[v * 3 + 1];
    const z = rest[v * 3 + 2];
    out[v * 3] = row[0] * x + row[1] * y + row[2] * z + row[3];
    out[v * 3 + 1] = row[4] * x + row[5] * y + row[6] * z + row[7];
    out[v * 3 + 2] = row[8] * x + row[9] * y + row[10] * z + row[11];
  }
  return out;
}

/** Turns asset-space rest normals by the blended rotation and normalises them. Arguments as in `deformPositions`. */
export function deformNormals(
  binding: FieldBinding,
  matrices: Float32Array,
  rest: Float32Array,
  out: Float32Array = new Float32Array(rest.length),
): Float32Array {
  checkLength(binding, rest);
  const row = new Float64Array(12);
  for (let v = 0; v < binding.vertexCount; v++) {
    blendMatrix(binding, matrices, v, row);
    const x = rest[v * 3];
    const y = rest[v * 3 + 1];
    const z = rest[v * 3 + 2];
    const nx = row[0] * x + row[1] * y + row[2] * z;
    const ny = row[4] * x + row[5] * y + row[6] * z;
    const nz = row[8] * x + row[9] * y + row[10] * z;
    const length = Math.hypot(nx, ny, nz) || 1;
    out[v * 3] = nx / length;
    out[v * 3 + 1] = ny / length;
    out[v * 3 + 2] = nz / length;
  }
  return out;
}

/**
 * The same motion for mesh-local vertices: B^-1 M_k B with B = `binding.meshToAsset`.
 * @returns [handles * 12], row-major 3x4 as in `poseMatrices`.
 * @throws FormatError where B cannot be inverted (a node of zero scale).
 */
export function toMeshSpace(
  binding: FieldBinding,
  matrices: Float32Array,
  out: Float32Array = new Float32Array(matrices.length),
): Float32Array {
  const forward = rowMajor(binding.meshToAsset);
  const back = invertAffine(forward, binding.nodeName);
  const half = new Float64Array(12);
  for (let m = 0; m < matrices.length; m += 12) {
    multiplyAffine(matrices, m, forward, 0, half, 0);
    multiplyAffine(back, 0, half, 0, out, m);
  }
  return out;
}

function checkLength(binding: FieldBinding, rest: Float32Array): void {
  if (rest.length === binding.vertexCount * 3) return;
  throw new RangeError(`The binding is for ${binding.vertexCount} vertices, not for ${rest.length / 3}.`);
}

function blendMatrix(binding: FieldBinding, matrices: Float32Array, vertex: number, out: Float64Array): void {
  out.fill(0);
  for (let b = vertex * 4; b < vertex * 4 + 4; b++) {
    const weight = binding.weights[b] / 65535;
    if (weight === 0) continue;
    const m = binding.indices[b] * 12;
    for (let i = 0; i < 12; i++) out[i] += weight * matrices[m + i];
  }
}

/** Column-major 4x4 -> row-major 3x4. */
function rowMajor(m: Float32Array): Float64Array {
  const out = new Float64Array(12);
  for (let row = 0; row < 3; row++)
    for (let column = 0; column < 4; column++) out[row * 4 + column] = m[column * 4 + row];
  return out;
}

function multiplyAffine(
  a: ArrayLike<number>,
  i: number,
  b: ArrayLike<number>,
  j: number,
  out: Float32Array | Float64Array,
  o: number,
): void {
  for (let row = 0; row < 12; row += 4) {
    for (let column = 0; column < 4; column++) {
      const moved = column === 3 ? a[i + row + 3] : 0;
      out[o + row + column] =
        a[i + row] * b[j + column] + a[i + row + 1] * b[j + 4 + column] + a[i + row + 2] * b[j + 8 + column] + moved;
    }
  }
}

/** Inverse of a row-major 3x4 by cofactors. */
function invertAffine(m: Float64Array, node: string): Float64Array {
  const out = new Float64Array(12);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      const [r1, r2] = [(column + 1) % 3, (column + 2) % 3];
      const [c1, c2] = [(row + 1) % 3, (row + 2) % 3];
      out[row * 4 + column] = m[r1 * 4 + c1] * m[r2 * 4 + c2] - m[r1 * 4 + c2] * m[r2 * 4 + c1];
    }
  }
  const determinant = m[0] * out[0] + m[1] * out[4] + m[2] * out[8];
  if (determinant === 0 || !Number.isFinite(1 / determinant)) {
    throw new FormatError(`The node ${JSON.stringify(node)} is scaled to nothing: its motion has no mesh space.`);
  }
  for (let i = 0; i < 12; i++) out[i] /= determinant;
  for (let row = 0; row < 12; row += 4) out[row + 3] = -(out[row] * m[3] + out[row + 1] * m[7] + out[row + 2] * m[11]);
  return out;
}
