/**
 * A model with experts that writes under K slots: its experts in a store, the device measured for them, and texts with what
 * moved for each token. The page's worker and the command line both run this; a host says where.
 */
import type { Weights } from '../../graph/weights';
import type { ModelConfig } from '../../model/config';
import type { SamplingSettings } from '../../model/records';
import type { Runtime } from '../../model/runtime';
import { needsTrace, type OffloadPolicyId } from '../../offload/any-policy';
import type { ExpertRequest } from '../../offload/caches';
import type { Carrier } from '../../offload/carrier';
import { requireSlots } from '../../offload/expert-executor';
import type { ExpertVisit, LayerRun, OffloadTotals } from '../../offload/expert-run';
import { type ExpertShape, expertKeys, expertOrigin, expertShape, slotsWithin } from '../../offload/expert-shape';
import type { ExpertStore, StoreTier } from '../../offload/expert-store';
import type { ExpertFolder } from '../../offload/file-store';
import { modelLayerShape } from '../../offload/layer-bench';
import { measureMachine } from '../../offload/measure';
import type { MeasuredMachine } from '../../offload/measured-machine';
import { OffloadedRuntime } from '../../offload/offloaded-runtime';
import { openExpertStore } from '../../offload/open-store';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { TextSession, type Written } from '../text-session';
import { sumTotals } from './sum-totals';

export interface OffloadModel {
  readonly id: string;
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
}

/** Where models run and experts lie. */
export interface OffloadHost {
  /** A carrier for weights, packed in 16 bits or not; whoever asked closes it. */
  openCarrier(weights: Weights, half: boolean): Promise<Carrier>;
  /** The same model with all its experts. */
  openResident(config: ModelConfig, weights: Weights): Promise<Runtime>;
  /** Rejects where files are denied. */
  openFolder(): Promise<ExpertFolder>;
  /** Whether something was lost, a device or a thread, and is there again: `openCarrier` then opens on the new one. */
  reopened(error: unknown): Promise<boolean>;
  onProgress?(task: 'store' | 'machine' | 'resident' | 'trace', done: number, total: number): void;
}

export interface OffloadSetup {
  readonly policy: OffloadPolicyId;
  readonly slots: number;
  readonly budgetBytes: number | null;
  readonly tier: StoreTier;
}

export interface TextOptions {
  readonly prompt: string;
  readonly settings: SamplingSettings;
  /** Tokens. */
  readonly length: number;
  readonly stopped?: (() => boolean) | undefined;
}

/** What is known before the first token. */
export interface Started {
  readonly backend: 'gpu' | 'cpu';
  readonly adapter: string;
  /** K as it is enforced. */
  readonly slots: number;
  readonly tier: StoreTier;
  readonly notes: readonly string[];
  readonly promptIds: readonly number[];
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

export interface OffloadedText extends Written {
  readonly ids: readonly number[];
  readonly text: string;
  readonly started: Started;
  readonly totals: OffloadTotals;
  readonly machine: MeasuredMachine;
  /** Mean over the decoded tokens but the first, without what their experts took; null with fewer than two. */
  readonly otherMs: number | null;
}

/** A text as it was decoded, for a sweep over what could have been. */
export interface DecodedTrace {
  readonly requests: readonly ExpertRequest[];
  readonly otherMs: number;
  readonly machine: MeasuredMachine;
}

/** Rows that α is measured up to. */
const mostRows = 64;

export class OffloadSession {
  readonly shape: ExpertShape;
  readonly #stores = new Map<StoreTier, ExpertStore>();
  readonly #machines = new Map<string, MeasuredMachine>();
  #notes: string[] = [];
  #decoded: DecodedTrace | null = null;

  /** Throws a sentence for a model without experts. */
  constructor(
    readonly model: OffloadModel,
    private readonly host: OffloadHost,
  ) {
    this.shape = expertShape(model.config, model.weights);
  }

  /** The text written last; null before one with two tokens. */
  get decoded(): DecodedTrace | null {
    return this.#decoded;
  }

  /** What there was to say since the last time. */
  takeNotes(): readonly string[] {
    const notes = this.#notes;
    this.#notes = [];
    return notes;
  }

  async store(tier: StoreTier): Promise<ExpertStore> {
    const known = this.#stores.get(tier);
    if (known) return known;
    const { config, weights } = this.model;
    const store = await openExpertStore({
      tier,
      keys: expertKeys(this.shape),
      origin: expertOrigin(config, weights, this.shape),
      folder: () => this.host.openFolder(),
      onProgress: (done, total) => this.host.onProgress?.('store', done, total),
      onNote: (sentence) => this.#notes.push(sentence),
    });
    // Files that were denied may be allowed the next time.
    if (store.tier === tier) this.#stores.set(tier, store);
    return store;
  }

  /** Measured once for each device and tier unless asked to measure again. */
  async machine(tier: StoreTier, again = false, check?: () => void): Promise<MeasuredMachine> {
    try {
      return await this.#measure(tier, again, check);
    } catch (error) {
      // A device that was lost while nobody looked is noticed here.
      if (!(await this.host.reopened(error))) throw error;
      return this.#measure(tier, again, check);
    }
  }

  async #measure(tier: StoreTier, again: boolean, check?: () => void): Promise<MeasuredMachine> {
    const store = await this.store(tier);
    const { config } = this.model;
    const carrier = await this.host.openCarrier(new Map(), this.shape.half);
    const key = `${carrier.backend} ${carrier.adapter} ${store.tier}`;
    try {
      const known = this.#machines.get(key);
      if (known && !again) return known;
      const rows = Math.min(mostRows, config.max_position_embeddings);
      const machine = await measureMachine(carrier, modelLayerShape(config, rows, this.shape.half), {
        ...(store.tier === 'files' && { files: { store, keys: expertKeys(this.shape) } }),
        onProgress: (done, total) => this.host.onProgress?.('machine', done, total),
        check,
      });
      this.#machines.set(key, machine);
      return machine;
    } finally {
      carrier.destroy();
    }
  }

  /** Writes a text under a setup. Throws a sentence for a setup that cannot be. */
  async write(
    setup: OffloadSetup,
    options: TextOptions,
    onStart: (started: Started) => void = () => {},
    onToken: (token: OffloadedToken) => void = () => {},
  ): Promise<OffloadedText> {
    const slots = slotsWithin(setup.slots, setup.budgetBytes, this.shape);
    requireSlots(setup.policy, slots, this.shape.layers * this.shape.experts);
    const machine = await this.machine(setup.tier);
    const trace = needsTrace(setup.policy) ? await this.#traceOf(setup, slots, options) : undefined;
    const open = () => this.#open({ ...setup, slots }, machine, trace);
    const writer = new Writer(await open(), this.model.tokenizer, options, async (error) => {
      if (!(await this.host.reopened(error))) return null;
      this.#notes.push(`What ran the model was lost (${sentence(error)}) and opened again: the text goes on.`);
      return open();
    });
    try {
      const store = await this.store(setup.tier);
      const { backend, adapter } = machine;
      const notes = this.takeNotes();
      const started: Started = { backend, adapter, slots, tier: store.tier, notes, promptIds: writer.promptIds };
      onStart(started);
      const written = await writer.write(onToken);
      this.#notes.push(...writer.notes);
      const { otherMs } = written;
      if (otherMs !== null) this.#decoded = { requests: writer.decoded, otherMs, machine };
      return { ...written, machine, started: { ...started, notes: [...notes, ...this.takeNotes()] } };
    } finally {
      writer.destroy();
    }
  }

  /** The same text with every weight where it runs. */
  async writeResident({ prompt, settings, length, stopped }: TextOptions) {
    const { config, weights, tokenizer } = this.model;
    const open = () => this.host.openResident(config, weights);
    const session = new TextSession(await open(), tokenizer, async (error) =>
      (await this.host.reopened(error)) ? open() : null,
    );
    try {
      const prepared = session.prepare(prompt, length);
      session.begin(prepared);
      const writing = session.write(length, settings, stopped);
      for (let done = 0; ; done++) {
        const next = await writing.next();
        this.host.onProgress?.('resident', done, length);
        if (next.done) {
          const ids = session.ids.slice(prepared.ids.length);
          return { ...next.value, ids, text: tokenizer.decode(ids) };
        }
      }
    } finally {
      session.runtime.destroy();
    }
  }

  async #open(
    { policy, slots, tier }: OffloadSetup,
    machine: MeasuredMachine,
    trace: readonly ExpertRequest[] | undefined,
  ): Promise<OffloadedRuntime> {
    const { config, weights } = this.model;
    const carrier = await this.host.openCarrier(weights, this.shape.half);
    const store = await this.store(tier);
    return OffloadedRuntime.open(config, carrier, { policy, slots, shape: this.shape, store, machine, trace });
  }

  /** What the text will ask for: written before under the same K, by a cache that need not know. */
  async #traceOf(setup: OffloadSetup, slots: number, options: TextOptions): Promise<readonly ExpertRequest[]> {
    const machine = await this.machine(setup.tier);
    const runtime = await this.#open({ ...setup, slots, policy: 'lru' }, machine, undefined);
    const writer = new Writer(runtime, this.model.tokenizer, options);
    try {
      let done = 0;
      await writer.write(() => this.host.onProgress?.('trace', ++done, options.length));
      return writer.trace;
    } finally {
      writer.destroy();
    }
  }
}

/** One text on a runtime whose experts come and go, or on those that take its place. */
class Writer {
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

  async write(onToken: (token: OffloadedToken) => void): Promise<Omit<OffloadedText, 'started' | 'machine'>> {
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

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
