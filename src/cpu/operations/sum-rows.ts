/** Column sums of a matrix, added to a vector: `kernels/sum-rows.ts`. */
import type { Command } from '../command';

/** Columns of a unit: a cache line. */
const columnsEach = 16;

/** total[n] += Σ_m matrix[m,n] for the first `count` of N columns. */
export function sumRowsCommand(matrix: number, M: number, N: number, total: number, count: number): Command {
  return { kernel: 'sumRows', args: [matrix, M, N, total, count], units: Math.ceil(count / columnsEach), grain: 2 };
}
