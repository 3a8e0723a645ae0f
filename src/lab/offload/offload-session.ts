/**
 * A model with experts that writes under K slots: its experts in a store, the device measured for them, and texts with what
 * moved for each token. The page's worker and the command line both run this; a host says where.
 */
import type { Weights } from '../../graph/weights';
import type { ModelConfig } from '../../model/config';
import type { Runtime } from '../../model/runtime';
import { needsTrace, type OffloadPolicyId } from '../../offload/any-policy';
import type { ExpertRequest } from '../../offload/caches';
import type { Carrier } from '../../offload/carrier';
import { requireSlots } from '../../offload/expert-executor';
import { type ExpertShape, expertKeys, expertOrigin, expertShape, slotsWithin } from '../../offload/expert-shape';
import type { ExpertStore, StoreTier } from '../../offload/expert-store';
import type { ExpertFolder } from '../../offload/file-store';
import { modelLayerShape } from '../../offload/layer-bench';
import { measureMachine } from '../../offload/measure';
import type { MeasuredMachine } from '../../offload/measured-machine';
import { OffloadedRuntime } from '../../offload/offloaded-runtime';
import { openExpertStore } from '../../offload/open-store';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { TextSession } from '../text-session';
import { type OffloadedToken, OffloadedWriter, type TextOptions, type WrittenText } from './offloaded-writer';

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

export interface OffloadedText extends WrittenText {
  readonly started: Started;
  readonly machine: MeasuredMachine;
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
    const writer = new OffloadedWriter(await open(), this.model.tokenizer, options, async (error) => {
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
    const writer = new OffloadedWriter(runtime, this.model.tokenizer, options);
    try {
      let done = 0;
      await writer.write(() => this.host.onProgress?.('trace', ++done, options.length));
      return writer.trace;
    } finally {
      writer.destroy();
    }
  }
}

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
