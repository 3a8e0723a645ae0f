/**
 * An engine whose script is fetched when it is first asked for something: panels that do not need it go without. It owns the requests
 * of these types; the one that stops it is carried out at once, before what is in the queue.
 */

interface Stoppable<Request> {
  stop(): void;
  answer(request: Request): Promise<void>;
}

export class LazyEngine<Request extends { readonly type: string }> {
  #engine: Promise<Stoppable<Request>> | null = null;
  readonly #types: ReadonlySet<string>;

  constructor(
    types: Readonly<Record<Request['type'], true>>,
    private readonly stopType: Request['type'],
    private readonly open: () => Promise<Stoppable<Request>>,
  ) {
    this.#types = new Set(Object.keys(types));
  }

  owns(request: { readonly type: string }): request is Request {
    return this.#types.has(request.type);
  }

  /** Whether the request was to stop, and has been carried out. */
  stops(request: { readonly type: string }): boolean {
    if (request.type !== this.stopType) return false;
    // One that could not be fetched has nothing under way.
    void this.#engine?.then(
      (engine) => engine.stop(),
      () => {},
    );
    return true;
  }

  async answer(request: Request): Promise<void> {
    // A script that could not be fetched is asked for again the next time.
    this.#engine ??= this.open().catch((error: unknown) => {
      this.#engine = null;
      throw error;
    });
    return (await this.#engine).answer(request);
  }
}
