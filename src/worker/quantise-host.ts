/** The engine of the Quantise panel, fetched when it is first asked for something: other panels go without its script. */
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import type { Event } from './protocol';
import type { QuantiseEngine } from './quantise-engine';
import type { QuantiseRequest } from './quantise-protocol';

const types: ReadonlySet<string> = new Set<QuantiseRequest['type']>([
  'openQuantise',
  'readMatrix',
  'measureErrors',
  'measureSchemes',
  'measureSensitivity',
  'compareQuantised',
  'exportQuantised',
  'compareRanges',
  'timeQuantisedShapes',
  'stopQuantise',
]);

export function isQuantiseRequest(request: { readonly type: string }): request is QuantiseRequest {
  return types.has(request.type);
}

export class QuantiseHost {
  #engine: Promise<QuantiseEngine> | null = null;

  constructor(
    private readonly backends: Backends,
    private readonly carriers: Carriers,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
  ) {}

  /** Ends what is under way; it comes before what is in the queue. */
  async stop(): Promise<void> {
    (await this.#engine)?.stop();
  }

  async answer(request: QuantiseRequest): Promise<void> {
    this.#engine ??= import('./quantise-engine').then(
      ({ QuantiseEngine }) => new QuantiseEngine(this.backends, this.carriers, this.modelsUrl, this.emit),
    );
    return (await this.#engine).answer(request);
  }
}
