/** The engine of the Quantise panel: the current model, its matrices, and what a scheme does to both. */
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import type { Event } from './protocol';
import type { QuantiseRequest } from './quantise-protocol';

export class QuantiseEngine {
  #stopped = false;

  constructor(
    readonly backends: Backends,
    readonly carriers: Carriers,
    readonly modelsUrl: string,
    readonly emit: (event: Event) => void,
  ) {}

  /** Ends the measurement under way. */
  stop(): void {
    this.#stopped = true;
  }

  async answer(request: QuantiseRequest): Promise<void> {
    this.#stopped = false;
    throw new Error(`${request.type} ${this.#stopped}`);
  }
}
