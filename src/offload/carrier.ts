/**
 * What carries a model whose experts come and go, and single layers: a GPU or the CPU's executor. Work is begun in order and
 * done in that order; a pool of slots takes experts while it goes on.
 */
import type { Graph } from '../graph/graph';
import type { BytesPerWeight, Tensor } from '../graph/tensor';
import type { MemoryUse } from '../model/runtime';
import type { SlotDevice } from './expert-executor';

export interface Carrier {
  readonly backend: 'gpu' | 'cpu';
  /** Of the device, or how the CPU computes. */
  readonly adapter: string;
  compile(graph: Graph): Promise<CarrierProgram>;
  /** Writes a state; what is begun afterwards reads it. */
  write(state: Tensor, values: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): void;
  /** Resolves when all that was begun is done. */
  done(): Promise<void>;
  pool(tensors: PoolTensors): SlotDevice;
  /** Rows of the program for a prompt of `count` ids, and whether one runs at once: as in the runtime with all experts. */
  promptRows(count: number, context: number): number;
  runsAtOnce(count: number, hasProgram: boolean): boolean;
  /** Bytes of parameters (the pool included), states and activations of `program`, as they lie there. */
  memory(program: CarrierProgram): MemoryUse;
  /** Bytes that an element of a packable parameter takes. */
  readonly bytesPerWeight: BytesPerWeight;
  destroy(): void;
}

export interface CarrierProgram {
  readonly graph: Graph;
  /** Begins the nodes `first` ≤ i < `end`. */
  run(first: number, end: number): void;
  /** The same, and what `tensor` holds afterwards (its first `words` words, as their bits). */
  runAndRead(first: number, end: number, tensor: Tensor, words: number): Promise<Uint32Array<ArrayBuffer>>;
  /** One run of all its nodes by the device's timestamps, the mean of `repeats`, in milliseconds; null where it has none. */
  timestamps?(repeats: number): Promise<number | null>;
  destroy(): void;
}

/** The tensors of a pool, and how an expert lies in them. */
export interface PoolTensors {
  readonly up: Tensor;
  readonly down: Tensor;
  /** Numbers of one expert in each. */
  readonly upElements: number;
  readonly downElements: number;
  /** Experts come as f16 bits. */
  readonly half: boolean;
}
