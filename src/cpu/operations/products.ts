/** Many matrix products as one command, `kernels/products.ts`: threads share them all and wait for each other once. */
import type { Command, Word } from '../command';
import { type ProductOperand, type ProductShape, productCommand } from './product';

/** C[M,N] = A · B. */
export interface Product {
  readonly shape: ProductShape;
  readonly a: ProductOperand;
  readonly b: ProductOperand;
  readonly c: ProductOperand;
}

/** Blocks of all products together that several threads can share evenly. */
const wantedUnits = 64;

/** Multiply-adds that are done before another thread is awake. */
const tinyWork = 200_000;

/** No product may read what another one writes: they run in any order. */
export function productsCommand(products: readonly Product[]): Command {
  const wanted = Math.ceil(wantedUnits / products.length);
  const commands = products.map(({ shape, a, b, c }) => productCommand(shape, a, b, c, {}, wanted));
  const table: Word[] = [];
  let units = 0;
  for (const { args, units: own } of commands) {
    table.push(units, ...args);
    units += own;
  }
  const entryBytes = (table.length / products.length) * 4;
  const work = products.reduce((sum, { shape: { M, N, K } }) => sum + M * N * K, 0);
  return {
    kernel: 'products',
    args: [products.length, entryBytes, ...table],
    units,
    grain: work < tinyWork ? units : 1,
  };
}
