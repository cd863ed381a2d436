// The Fréchet distance between two sets of feature vectors, each taken as a Gaussian (Dowson and Landau 1982; Heusel et al. 2017
// for pictures): |m1 - m2|^2 + tr(C1 + C2 - 2 (C1^1/2 C2 C1^1/2)^1/2).

/** Share of the mean variance that is added to every direction: there are hardly more vectors than dimensions. */
const RIDGE = 0.01;

/** @param a @param b feature vectors of equal length, at least two each. */
export function frechetDistance(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  const [first, second] = [gaussian(a), gaussian(b)];
  const d = first.mean.length;
  const root = squareRoot(first.covariance, d);
  const inner = multiply(multiply(root, second.covariance, d), root, d);
  const { values } = eigen(inner, d);
  let distance = 0;
  for (let i = 0; i < d; i++) {
    distance += (first.mean[i] - second.mean[i]) ** 2;
    distance += first.covariance[i * d + i] + second.covariance[i * d + i] - 2 * Math.sqrt(Math.max(0, values[i]));
  }
  return distance;
}

function gaussian(vectors: readonly Float64Array[]): { mean: Float64Array; covariance: Float64Array } {
  const d = vectors[0].length;
  const mean = new Float64Array(d);
  for (const vector of vectors) for (let i = 0; i < d; i++) mean[i] += vector[i] / vectors.length;
  const covariance = new Float64Array(d * d);
  for (const vector of vectors) {
    for (let i = 0; i < d; i++) {
      const away = (vector[i] - mean[i]) / (vectors.length - 1);
      for (let j = 0; j < d; j++) covariance[i * d + j] += away * (vector[j] - mean[j]);
    }
  }
  let trace = 0;
  for (let i = 0; i < d; i++) trace += covariance[i * d + i];
  for (let i = 0; i < d; i++) covariance[i * d + i] += (RIDGE * trace) / d;
  return { mean, covariance };
}

/** Symmetric square root of a symmetric positive matrix, row-major [d * d]. */
function squareRoot(matrix: Float64Array, d: number): Float64Array {
  const { values, vectors } = eigen(matrix, d);
  const scaled = vectors.map((value, i) => value * Math.sqrt(Math.max(0, values[i % d])));
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      for (let k = 0; k < d; k++) out[i * d + j] += scaled[i * d + k] * vectors[j * d + k];
    }
  }
  return out;
}

function multiply(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < d; k++) {
      const factor = a[i * d + k];
      for (let j = 0; j < d; j++) out[i * d + j] += factor * b[k * d + j];
    }
  }
  return out;
}

/** Eigenvalues and vectors (columns) of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, algorithm 8.5.3). */
export function eigen(matrix: Float64Array, d: number): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice();
  const vectors = new Float64Array(d * d);
  for (let i = 0; i < d; i++) vectors[i * d + i] = 1;
  const norm = a.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let p = 0; p < d; p++) for (let q = p + 1; q < d; q++) off += a[p * d + q] ** 2;
    if (off <= 1e-20 * norm) break;
    for (let p = 0; p < d; p++) {
      for (let q = p + 1; q < d; q++) {
        const apq = a[p * d + q];
        if (apq === 0) continue;
        const tau = (a[q * d + q] - a[p * d + p]) / (2 * apq);
        const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
        const c = 1 / Math.sqrt(1 + t * t);
        const s = t * c;
        for (let k = 0; k < d; k++) rotate(a, k * d + p, k * d + q, c, s);
        for (let k = 0; k < d; k++) rotate(a, p * d + k, q * d + k, c, s);
        for (let k = 0; k < d; k++) rotate(vectors, k * d + p, k * d + q, c, s);
      }
    }
  }
  return { values: Float64Array.from({ length: d }, (_, i) => a[i * d + i]), vectors };
}

function rotate(m: Float64Array, i: number, j: number, c: number, s: number): void {
  const [x, y] = [m[i], m[j]];
  m[i] = c * x - s * y;
  m[j] = s * x + c * y;
}
