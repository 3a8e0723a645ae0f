/** Commands whose units are many small pieces: rows, or blocks of elements. */
import { type Command, grainOf, type Word } from '../command';

/** Elements of a claim below which handing it out costs more than it shares: about 5 µs. */
const leastElements = 8192;

/** Claims that several threads can share evenly. */
const wantedClaims = 32;

/** A command of `units`, each as much work as `elementsEach` elements that are read, computed with a little, and written. */
export function rowsCommand(kernel: string, args: readonly Word[], units: number, elementsEach: number): Command {
  const least = Math.ceil(leastElements / elementsEach);
  return { kernel, args, units, grain: Math.max(least, grainOf(units, wantedClaims)) };
}

/** Elements of a unit of the kernels that know no rows: `each` in kernels/add.ts and kernels/dropout.ts. */
const blockElements = 1024;

/** As `rowsCommand` for `count` elements; `weight` is the work of one. */
export function elementsCommand(kernel: string, args: readonly Word[], count: number, weight: number): Command {
  return rowsCommand(kernel, args, Math.ceil(count / blockElements), blockElements * weight);
}
