/**
 * What an operation becomes on this backend: commands, each a kernel with 32-bit arguments and a number of units that
 * threads share. `operations/` says which; `kernels/schedule.ts` carries them out.
 */
import type { Node, Tensors } from '../graph/operation';
import type { Tensor } from '../graph/tensor';

/** Where a quantised matrix lies. Addresses in bytes; 0 is off. */
export interface MatrixAt {
  readonly bits: 4 | 8;
  readonly packed: number;
  readonly scales: number;
  readonly zeros: number;
  /** Columns that share a scale, and how many such blocks a row has, filled up to a multiple of 32. */
  readonly block: number;
  readonly blocks: number;
  readonly rowBytes: number;
}

/** An argument: an integer or address, or a number that the kernel reads as f32. */
export type Word = number | { readonly f32: number };

export interface Command {
  /** Name of a kernel, as `kernels/dispatch.ts` has it. */
  readonly kernel: string;
  readonly args: readonly Word[];
  /** Pieces of the work that may run in any order and at the same time. */
  readonly units: number;
  /** Units that a thread claims at a time, 1 unless given; a command of no more runs on the first thread alone. */
  readonly grain?: number;
}

/** Where a tensor lies, in bytes; 0 when it is off. */
export type AddressOf = (tensor: Tensor | undefined) => number;

/** What a quantised parameter is made of and where it lies; null for every other tensor. */
export interface Matrices {
  of(tensor: Tensor | undefined): MatrixAt | null;
  /** Whether products with quantised matrices take x in 8 bits. */
  readonly integerActivations: boolean;
}

/** The commands of a node, in order. `scratch` gives memory of `bytes` that lasts from the first to the last of them. */
export type Lowering<I = Tensors, O = Tensors, A = unknown> = (
  node: Node<I, O, A>,
  at: AddressOf,
  scratch: (bytes: number) => number,
  matrices: Matrices,
) => readonly Command[];

/** Units of a claim so that there are about `claims` of them: fewer for small work, whose claims would cost more than they share. */
export function grainOf(units: number, claims: number): number {
  return Math.max(1, Math.ceil(units / claims));
}

const headWords = 4;

/** Bytes of a command in memory. */
export function commandBytes({ args }: Command): number {
  return (headWords + args.length) * 4;
}

/** Writes a command at the start of `words`. */
export function writeCommand(words: Uint32Array, kernel: number, command: Command): void {
  const { args, units, grain = 1 } = command;
  words.set([kernel, units, grain, commandBytes(command)]);
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  args.forEach((word, index) => {
    if (typeof word === 'number') words[headWords + index] = word;
    else floats[headWords + index] = word.f32;
  });
}
