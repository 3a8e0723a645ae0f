/** The engine of the Offload panel: the current model under K slots, the measured machine, and single layers run and simulated. */
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import type { OffloadRequest } from './offload-protocol';
import type { Event } from './protocol';

export class OffloadEngine {
  #stopped = false;

  constructor(
    private readonly backends: Backends,
    private readonly carriers: Carriers,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
  ) {}

  /** Ends what is under way. */
  stop(): void {
    this.#stopped = true;
  }

  async answer(request: OffloadRequest): Promise<void> {
    throw new Error(`${request.type} is not carried out yet.`);
  }
}
