/** WebAssembly as an executor: a model's memory in the engine, and programs over it. */
import type { Executor, ExecutorOptions } from '../graph/executor';
import type { FlatLayout, FlatName } from '../graph/flat';
import type { Graph } from '../graph/graph';
import type { BytesPerWeight, Tensor } from '../graph/tensor';
import { bytesPerWeightOf, type Weights } from '../graph/weights';
import type { CpuEngine } from './engine';
import { CpuMemory } from './memory';
import { CpuProgram } from './program';

export class CpuExecutor implements Executor {
  readonly prefersRows = true;
  readonly bytesPerWeight: BytesPerWeight;
  readonly #memory: CpuMemory;
  #flat: { readonly at: Readonly<Record<FlatName, number>>; readonly size: number } | null = null;

  constructor(
    private readonly engine: CpuEngine,
    weights: Weights,
    { integerActivations = false }: ExecutorOptions = {},
  ) {
    this.bytesPerWeight = bytesPerWeightOf(weights, false);
    this.#memory = new CpuMemory(engine, weights, integerActivations);
  }

  get hash(): string {
    return this.engine.hash;
  }

  compile(graph: Graph): CpuProgram {
    return new CpuProgram(graph, this.#memory);
  }

  numbers(tensor: Tensor): Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> {
    return this.#memory.numbers(tensor);
  }

  placeFlat(layout: FlatLayout): void {
    this.#flat = { at: this.#memory.placeFlat(layout), size: layout.size };
  }

  flat(name: FlatName): Float32Array<ArrayBuffer> {
    if (!this.#flat) throw new Error('Nothing lies flat yet.');
    return this.engine.floats(this.#flat.at[name], this.#flat.size);
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  destroy(): void {
    this.#memory.destroy();
  }
}
