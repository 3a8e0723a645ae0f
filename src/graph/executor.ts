/**
 * What runs graphs on the CPU, whichever code carries it: the twin (`twin.ts`) or WebAssembly (`src/cpu`). It holds the
 * parameters and states of one model; the programs that it compiles share them by name.
 */
import type { FlatLayout, FlatName } from './flat';
import type { Graph } from './graph';
import type { Numbers } from './operation';
import type { BytesPerWeight, Tensor } from './tensor';
import type { Weights } from './weights';

export type Floats = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

export interface ExecutorProgram {
  readonly graph: Graph;
  /** Runs the nodes `first` ≤ i < `end`, all unless given. */
  run(first?: number, end?: number): void;
  /** Numbers of a parameter, state or result. The view ends when the executor compiles or holds something new. */
  read(tensor: Tensor): Numbers;
  /** What computes node `index`. */
  carrierOf(index: number): 'wasm' | 'twin';
  destroy(): void;
}

/** What executors are opened on: a module with its memory and threads. */
export interface ExecutorSource {
  /** For one model; its weights are copied in as they are needed. */
  executor(weights: Weights, options?: ExecutorOptions): Executor;
}

export interface ExecutorOptions {
  /** Products with quantised matrices take their other side in 8 bits too, with a scale for every 32 columns. */
  readonly integerActivations?: boolean | undefined;
}

export interface Executor {
  /** Of the code that computes, hexadecimal: the same hash, the same numbers. */
  readonly hash: string;
  /** Bytes that weights take here, for `costOf`. */
  readonly bytesPerWeight: BytesPerWeight;
  /** Whether rows that run at once cost less than one after the other. */
  readonly prefersRows: boolean;
  compile(graph: Graph): ExecutorProgram;
  /** Numbers of a parameter or state, which is there from its first use on. The view ends as `read`'s does. */
  numbers(tensor: Tensor): Numbers;
  /** Lets parameters and their gradients be parts of flat arrays; before their first use. */
  placeFlat(layout: FlatLayout): void;
  /** A flat array. The view ends as `read`'s does. */
  flat(name: FlatName): Floats;
  /** Bytes that it holds. */
  readonly bytes: number;
  destroy(): void;
}
