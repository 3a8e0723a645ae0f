/** The engine of the Tokenizer panel, fetched when it is first asked for something: other panels go without its script. */
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import type { Event } from './protocol';
import type { TokenizerEngine } from './tokenizer-engine';
import type { TokenizerRequest } from './tokenizer-protocol';

const types: ReadonlySet<string> = new Set<TokenizerRequest['type']>([
  'openTokenizer',
  'countTokens',
  'pruneVocabulary',
  'measureCoverage',
  'readText',
  'listPieces',
  'exportTokenizer',
  'measurePruned',
  'comparePruned',
  'exportPruned',
  'stopTokenizer',
]);

export function isTokenizerRequest(request: { readonly type: string }): request is TokenizerRequest {
  return types.has(request.type);
}

export class TokenizerHost {
  #engine: Promise<TokenizerEngine> | null = null;

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

  async answer(request: TokenizerRequest): Promise<void> {
    this.#engine ??= import('./tokenizer-engine').then(
      ({ TokenizerEngine }) => new TokenizerEngine(this.backends, this.carriers, this.modelsUrl, this.emit),
    );
    return (await this.#engine).answer(request);
  }
}
