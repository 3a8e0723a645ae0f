/**
 * Every kernel under its number. TypeScript reads the numbers from the module's exports (`Kernel.product`), so they are
 * written down here alone.
 *
 * A kernel is `(args, begin, end, scratch)`: it computes the units `begin` ≤ u < `end` of what its arguments, 32-bit words at
 * `args`, describe; `scratch` is memory of its thread (see `scratchBytes` in ../engine.ts). Addresses are bytes; 0 is a tensor
 * that is off.
 */
import { product } from './product';
import { sumRows } from './sum-rows';

export enum Kernel {
  product = 0,
  sumRows = 1,
}

export function call(kernel: i32, args: usize, begin: i32, end: i32, scratch: usize): void {
  switch (kernel) {
    case Kernel.product:
      product(args, begin, end, scratch);
      break;
    case Kernel.sumRows:
      sumRows(args, begin, end, scratch);
      break;
    default:
      unreachable();
  }
}
