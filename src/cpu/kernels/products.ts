/**
 * Many matrix products as one command, so that threads share them all and wait for each other once. A unit is a unit of one of
 * the products; entries of the table are the number of a product's first unit and its arguments, as product.ts takes them.
 */
import { product } from './product';

/** Arguments: number of entries, bytes of each, entries by rising first unit. */
export function products(args: usize, begin: i32, end: i32, scratch: usize): void {
  const count = load<i32>(args);
  const size = load<u32>(args, 4) as usize;
  const table = args + 8;
  for (let unit = begin; unit < end; unit++) {
    const entry = table + (entryOf(table, size, count, unit) as usize) * size;
    const own = unit - load<i32>(entry);
    product(entry + 4, own, own + 1, scratch);
  }
}

/** The last entry that starts at `unit` or before. */
function entryOf(table: usize, size: usize, count: i32, unit: i32): i32 {
  let low = 0;
  let high = count;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (load<i32>(table + (middle as usize) * size) <= unit) low = middle;
    else high = middle;
  }
  return low;
}
