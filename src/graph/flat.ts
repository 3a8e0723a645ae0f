/**
 * Where each parameter lies when all of them share one buffer, so that an optimiser is one dispatch over everything.
 *
 * Parameters, gradients and moments are flat arrays of the same layout. A parameter starts at a multiple of 256 elements
 * (1,024 bytes: any adapter can bind a range that starts there), so 256 elements in a row, a chunk, belong to one
 * parameter and to one group; what a parameter leaves of its last chunk stays zero.
 */
import { elements, type Tensor } from './tensor';

/** Elements of a chunk. */
export const chunkSize = 256;

export interface FlatEntry {
  readonly tensor: Tensor;
  /** In elements. */
  readonly offset: number;
}

export interface FlatLayout {
  /** By the parameter's name. */
  readonly entries: ReadonlyMap<string, FlatEntry>;
  /** Elements of each flat array, a multiple of the chunk. */
  readonly size: number;
  /** Group of each chunk. */
  readonly groups: Uint32Array<ArrayBuffer>;
}

/** Names of the states that are flat arrays of this layout. */
export const flatNames = ['parameters', 'gradients', 'first', 'second'] as const;
export type FlatName = (typeof flatNames)[number];

/** Lays the parameters out in their order; `groupOf` numbers the group of each. */
export function flatLayout(parameters: readonly Tensor[], groupOf: (parameter: Tensor) => number): FlatLayout {
  const entries = new Map<string, FlatEntry>();
  const groups: number[] = [];
  let offset = 0;
  for (const tensor of parameters) {
    entries.set(tensor.name, { tensor, offset });
    const chunks = Math.ceil(elements(tensor.shape) / chunkSize);
    for (let chunk = 0; chunk < chunks; chunk++) groups.push(groupOf(tensor));
    offset += chunks * chunkSize;
  }
  return { entries, size: offset, groups: Uint32Array.from(groups) };
}

/** The part of a flat array that is one parameter's. */
export function viewOf<T extends Float32Array | Float64Array>(flat: T, { tensor, offset }: FlatEntry): T {
  return flat.subarray(offset, offset + elements(tensor.shape)) as T;
}
