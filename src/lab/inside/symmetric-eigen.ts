/**
 * Eigenvalues and eigenvectors of a symmetric matrix by Jacobi rotations, cyclic by row: simple, and accurate for the small
 * eigenvalues too. O(n³) a sweep and about eight sweeps, so for n of some hundreds.
 * Source: Golub & Van Loan, Matrix Computations, section 8.5.
 */

export interface Eigen {
  /** Largest first. */
  readonly values: Float64Array;
  /** `[n, n]`: row k is the unit eigenvector of `values[k]`, its sign arbitrary. */
  readonly vectors: Float64Array;
}

const mostSweeps = 60;

/** What is left off the diagonal, as a share of the matrix's norm: the rounding of float64. */
const tolerance = 1e-15;

/** `matrix` `[n, n]` is symmetric and stays as it is. Throws when it holds what is not finite. */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = Float64Array.from(matrix);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  const norm = a.reduce((sum, x) => sum + x * x, 0);
  if (!Number.isFinite(norm)) throw new RangeError('A matrix with numbers that are not finite has no eigenvalues.');
  for (let sweep = 0; offDiagonal(a, n) > tolerance * tolerance * norm; sweep++) {
    if (sweep === mostSweeps) throw new Error(`The eigenvalues did not settle in ${mostSweeps} sweeps.`);
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
    }
  }
  const order = Array.from({ length: n }, (_, k) => k).sort((i, j) => at(a, j * n + j) - at(a, i * n + i));
  const sorted = new Float64Array(n * n);
  order.forEach((from, k) => {
    sorted.set(vectors.subarray(from * n, (from + 1) * n), k * n);
  });
  return { values: Float64Array.from(order, (k) => at(a, k * n + k)), vectors: sorted };
}

/** Turns the plane (p, q) so that a[p, q] becomes 0. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = at(a, p * n + q);
  if (apq === 0) return;
  const [app, aqq] = [at(a, p * n + p), at(a, q * n + q)];
  const tau = (aqq - app) / (2 * apq);
  // The smaller of the two angles.
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const cosine = 1 / Math.sqrt(1 + t * t);
  const sine = t * cosine;
  for (let k = 0; k < n; k++) {
    const [akp, akq] = [at(a, p * n + k), at(a, q * n + k)];
    const [turnedP, turnedQ] = [cosine * akp - sine * akq, sine * akp + cosine * akq];
    a[p * n + k] = turnedP;
    a[k * n + p] = turnedP;
    a[q * n + k] = turnedQ;
    a[k * n + q] = turnedQ;
    const [vp, vq] = [at(vectors, p * n + k), at(vectors, q * n + k)];
    vectors[p * n + k] = cosine * vp - sine * vq;
    vectors[q * n + k] = sine * vp + cosine * vq;
  }
  a[p * n + p] = app - t * apq;
  a[q * n + q] = aqq + t * apq;
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}

function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) sum += 2 * at(a, i * n + j) * at(a, i * n + j);
  }
  return sum;
}

function at(array: Float64Array, index: number): number {
  return array[index] as number;
}
