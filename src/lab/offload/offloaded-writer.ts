/** Writes one text with a model whose experts come and go, and says for each token what moved. */
import type { SamplingSettings } from '../../model/records';
import type { ExpertRequest } from '../../offload/caches';
import type { ExpertVisit, LayerRun, OffloadTotals } from '../../offload/expert-run';
import type { OffloadedRuntime } from '../../offload/offloaded-runtime';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { TextSession, type Written } from '../text-session';
import { sumTotals } from './sum-totals';

export interface TextOptions {
  readonly prompt: string;
  readonly settings: SamplingSettings;
  /** Tokens. */
  readonly length: number;
  readonly stopped?: (() => boolean) | undefined;
}

export interface OffloadedToken {
  readonly id: number;
  readonly position: number;
  /** Of the step that wrote it, one a layer. */
  readonly visits: readonly ExpertVisit[];
  /** What the layers did since the token before; with the first token, for the prompt too. */
  readonly layers: readonly LayerRun[];
  readonly milliseconds: number;
  readonly totals: OffloadTotals;
}

/** What a text came to. */
export interface WrittenText extends Written {
  readonly ids: readonly number[];
  readonly text: string;
  readonly totals: OffloadTotals;
  /** Mean over the decoded tokens but the first, without what their experts took; null with fewer than two. */
  readonly otherMs: number | null;
}

/** One text on a runtime whose experts come and go, or on those that take its place. */
export class OffloadedWriter {
  readonly promptIds: readonly number[];
  readonly #session: TextSession;
  /** Of runtimes that were lost. */
  #before: OffloadTotals | null = null;
  #firstStep: number | null = null;

  constructor(
    private runtime: OffloadedRuntime,
    private readonly tokenizer: Tokenizer,
    private readonly options: TextOptions,
    recover: (error: unknown) => Promise<OffloadedRuntime | null> = async () => null,
  ) {
    this.#session = new TextSession(runtime, tokenizer, async (error) => {
      const next = await recover(error);
      if (!next) return null;
      this.#before = this.totals;
      this.runtime.destroy();
      this.#firstStep = null;
      this.runtime = next;
      return next;
    });
    const prepared = this.#session.prepare(options.prompt, options.length);
    this.#session.begin(prepared);
    this.promptIds = prepared.ids;
  }

  get totals(): OffloadTotals {
    return this.#before ? sumTotals(this.#before, this.runtime.totals) : this.runtime.totals;
  }

  get trace(): readonly ExpertRequest[] {
    return this.runtime.trace;
  }

  get notes(): ReadonlySet<string> {
    return this.runtime.notes;
  }

  /** Requests of decoded tokens. */
  get decoded(): readonly ExpertRequest[] {
    const first = this.#firstStep ?? 0;
    return this.trace.filter(({ token }) => token >= first);
  }

  async write(onToken: (token: OffloadedToken) => void): Promise<WrittenText> {
    const { settings, length, stopped } = this.options;
    const writing = this.#session.write(length, settings, stopped);
    const others: number[] = [];
    let last = performance.now();
    for (;;) {
      const next = await writing.next();
      if (next.done) {
        const ids = this.#session.ids.slice(this.promptIds.length);
        const otherMs = others.length > 0 ? others.reduce((sum, time) => sum + time, 0) / others.length : null;
        return { ...next.value, ids, text: this.tokenizer.decode(ids), totals: this.totals, otherMs };
      }
      const { id, position } = next.value;
      const now = performance.now();
      const milliseconds = now - last;
      last = now;
      const layers = this.runtime.takeLayers();
      const step = this.runtime.trace.at(-1)?.token ?? 0;
      const own = layers.filter((layer) => layer.step === step);
      // The first token of a runtime comes with a prompt.
      if (this.#firstStep === null) this.#firstStep = step;
      else others.push(milliseconds - own.reduce((sum, { timeline }) => sum + timeline.makespan, 0));
      const visits = own.flatMap((layer) => layer.visits);
      onToken({ id, position, visits, layers, milliseconds, totals: this.totals });
    }
  }

  destroy(): void {
    this.runtime.destroy();
  }
}
