/** The twin as an executor: plain TypeScript, in float64 as the oracle or float32 where there is nothing faster. */
import type { Executor, Floats } from './executor';
import { type FlatLayout, type FlatName, flatNames, viewOf } from './flat';
import type { Graph } from './graph';
import type { Numbers } from './operation';
import { gradientName } from './reverse';
import type { Tensor } from './tensor';
import { type Precision, TwinMemory, TwinProgram } from './twin';
import type { Weights } from './weights';

export class TwinExecutor implements Executor {
  readonly hash = 'twin';
  readonly bytesPerWeight = 4;
  readonly prefersRows = false;
  readonly #memory: TwinMemory;
  #flat: Readonly<Record<FlatName, Floats>> | null = null;

  constructor(precision: Precision, weights: Weights) {
    this.#memory = new TwinMemory(precision, weights);
  }

  compile(graph: Graph): TwinProgram {
    return new TwinProgram(graph, this.#memory);
  }

  numbers(tensor: Tensor): Numbers {
    return this.#memory.numbers(tensor);
  }

  placeFlat(layout: FlatLayout): void {
    const allocate = (): Floats =>
      this.#memory.precision === 'float64' ? new Float64Array(layout.size) : new Float32Array(layout.size);
    const flat = { parameters: allocate(), gradients: allocate(), first: allocate(), second: allocate() };
    for (const name of flatNames) this.#memory.place(name, flat[name]);
    for (const entry of layout.entries.values()) {
      this.#memory.place(entry.tensor.name, viewOf(flat.parameters, entry));
      this.#memory.place(gradientName(entry.tensor), viewOf(flat.gradients, entry));
    }
    this.#flat = flat;
  }

  flat(name: FlatName): Floats {
    if (!this.#flat) throw new Error('Nothing lies flat yet.');
    return this.#flat[name];
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  destroy(): void {}
}
