/** A quantised matrix as the words that `kernels/quantised-matrix.ts` reads. */
import type { MatrixAt, Word } from '../command';

/** Zeros where the matrix is not quantised. */
export function matrixWords(matrix: MatrixAt | null): Word[] {
  if (!matrix) return [0, 0, 0, 0, 0, 0, 0];
  const { packed, scales, zeros, bits, block, blocks, rowBytes } = matrix;
  return [packed, scales, zeros, bits, block, blocks, rowBytes];
}
