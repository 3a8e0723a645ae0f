/** What the lowerings over the flat buffers share. */
import { chunksOf } from '../../gpu/kernels/gradient-norm/record';
import type { Tensor } from '../../graph/tensor';
import { type Command, grainOf, type Word } from '../command';

/** Chunks of a unit: `chunksEach` in kernels/chunks.ts. */
const chunksEach = 16;

/** A command over the chunks of `flat`; `argsOf` is given their number. */
export function chunksCommand(kernel: string, flat: Tensor, argsOf: (chunks: number) => readonly Word[]): Command {
  const chunks = chunksOf(flat);
  const units = Math.ceil(chunks / chunksEach);
  return { kernel, args: argsOf(chunks), units, grain: grainOf(units, 64) };
}
