/** Commands of the matrix product `kernels/product.ts`. */
import type { Command, MatrixAt } from '../command';
import { matrixWords } from './matrix';

export interface ProductShape {
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

export interface ProductOperand {
  /** Address. */
  readonly at: number;
  /** Elements between rows as they are stored. */
  readonly stride: number;
  /** A is stored [K,M]; B is stored [N,K]. */
  readonly transposed?: boolean;
  /** A, not transposed: its rows are rounded to 8 bits, with a unit for every 32 columns. */
  readonly eightBits?: boolean;
  /** B, stored [N,K], where it is quantised. */
  readonly quantised?: MatrixAt | null;
}

export interface ProductEnd {
  /** C += A · B. */
  readonly accumulate?: boolean;
  /** Address, 0 for none, and how many columns have one. */
  readonly bias?: number;
  readonly biasCount?: number;
  /** Address of [M,N] with the stride of C, 0 for none. */
  readonly residual?: number;
  readonly residualScale?: number;
  /** 0 none, 1 SiLU, 2 GELU, 3 ReLU, on the columns from `activationFrom`. */
  readonly activation?: number;
  readonly activationFrom?: number;
}

/** Largest blocks: 64 rows of A by 512 of K and a panel of B stay in the second and first cache. */
const mostRows = 64;
const mostColumns = 128;

/** Blocks that several threads can share evenly. */
const wantedUnits = 16;

/** C[M,N] (+)= A · B, then bias, activation and residual, in at least `wanted` blocks where the shape allows. */
export function productCommand(
  { M, N, K }: ProductShape,
  a: ProductOperand,
  b: ProductOperand,
  c: ProductOperand,
  end: ProductEnd = {},
  wanted = wantedUnits,
): Command {
  const size = blockOf(M, N, wanted);
  return {
    kernel: 'product',
    args: [
      ...[a.at, b.at, c.at, M, N, K, a.stride, b.stride, c.stride],
      ...[a.transposed, b.transposed, end.accumulate].map(Number),
      ...[end.bias ?? 0, end.biasCount ?? 0, end.residual ?? 0],
      { f32: end.residualScale ?? 1 },
      ...[end.activation ?? 0, end.activationFrom ?? 0, size.rows, size.columns],
      ...matrixWords(b.quantised ?? null),
      Number(a.eightBits ?? false),
    ],
    units: blocks(M, N, size),
  };
}

export interface BlockSize {
  readonly rows: number;
  readonly columns: number;
}

/** Size of the blocks of [M,N]. Smaller ones pack more than they must, so they shrink only until there are enough. */
export function blockOf(M: number, N: number, wanted: number): BlockSize {
  let [rows, columns] = [mostRows, mostColumns];
  while (blocks(M, N, { rows, columns }) < wanted && columns > 32) columns /= 2;
  while (blocks(M, N, { rows, columns }) < wanted && rows > 16 && M > rows / 2) rows /= 2;
  return { rows, columns };
}

/** Blocks of [M,N]. */
export function blocks(M: number, N: number, { rows, columns }: BlockSize): number {
  return Math.ceil(M / rows) * Math.ceil(N / columns);
}
