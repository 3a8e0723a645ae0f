/**
 * The experiments of a browser, one after the other: the first that waits is carried out, what is paused is passed over. Each
 * change is kept at once, so that a reload finds the queue as it was; what was running then waits to be asked to go on.
 */
import type { ExperimentRecord } from './experiment';
import type { ExperimentRunner, JobProgress } from './runner';
import type { ExperimentStore, UnderWay } from './store';

export interface QueueListener {
  /** The list or its order has changed. */
  onList(records: readonly ExperimentRecord[]): void;
  onRecord(record: ExperimentRecord): void;
  onProgress(id: string, progress: readonly JobProgress[]): void;
  /** An experiment stopped because of this; it is paused. */
  onProblem(id: string, sentence: string): void;
}

/** What the queue gives to a runner. */
export interface RunnerLinks {
  onRecord(record: ExperimentRecord): void;
  onProgress(progress: readonly JobProgress[]): void;
  keep(record: ExperimentRecord, underWay: UnderWay | null): Promise<void>;
}

export type OpenRunner = (record: ExperimentRecord, underWay: UnderWay | null, links: RunnerLinks) => ExperimentRunner;

export class ExperimentQueue {
  #records: ExperimentRecord[] = [];
  #runner: ExperimentRunner | null = null;
  #working: Promise<void> | null = null;

  private constructor(
    private readonly store: ExperimentStore,
    private readonly openRunner: OpenRunner,
    private readonly listener: QueueListener,
  ) {}

  static async open(store: ExperimentStore, openRunner: OpenRunner, listener: QueueListener): Promise<ExperimentQueue> {
    const queue = new ExperimentQueue(store, openRunner, listener);
    // Whatever ran when the page was left is at rest now.
    queue.#records = (await store.rows()).map(({ record }) =>
      record.state === 'running' || record.state === 'waiting' ? { ...record, state: 'paused' } : record,
    );
    return queue;
  }

  get records(): readonly ExperimentRecord[] {
    return this.#records;
  }

  /** Puts an experiment at the end and begins when nothing else runs; one that `waits` is paused until it is asked for. */
  async add(record: ExperimentRecord, waits = false): Promise<void> {
    const state = record.state === 'done' ? 'done' : waits ? 'paused' : 'waiting';
    this.#records = [...this.#records, { ...record, state }];
    await this.#keepOrder();
    this.#work();
  }

  /** Gives an experiment more to do, and lets it wait its turn. */
  async extend(id: string, change: (record: ExperimentRecord) => ExperimentRecord): Promise<void> {
    if (this.#runner?.record.id === id) throw new Error('The experiment is running: pause it, then add seeds.');
    const record = { ...change(this.#find(id)), state: 'waiting' } as const;
    this.#replace(record);
    await this.#put(record);
    this.#work();
  }

  /** Waits its turn again; it goes on where it was. */
  async resume(id: string): Promise<void> {
    const { state } = this.#find(id);
    if (state === 'running' || state === 'waiting') return;
    if (state === 'done') throw new Error('The experiment is done: repeat it with more seeds, or start another.');
    await this.#set(id, { state: 'waiting' });
    this.#work();
  }

  async pause(id: string): Promise<void> {
    if (this.#runner?.record.id === id) await this.#runner.pause();
    else if (this.#find(id).state === 'waiting') await this.#set(id, { state: 'paused' });
  }

  /** Ends an experiment; its results stay. */
  async cancel(id: string): Promise<void> {
    if (this.#runner?.record.id === id) await this.#runner.cancel();
    else if (this.#find(id).state !== 'done') await this.#set(id, { state: 'cancelled' });
  }

  async cancelAll(): Promise<void> {
    for (const { id, state } of this.#records) {
      if (state === 'waiting' || state === 'paused' || state === 'running') await this.cancel(id);
    }
  }

  /** One place earlier or later. What runs goes on; the order decides what comes next. */
  async move(id: string, by: -1 | 1): Promise<void> {
    const from = this.#records.findIndex((record) => record.id === id);
    const to = from + by;
    if (from < 0 || to < 0 || to >= this.#records.length) return;
    const records = [...this.#records];
    const [moved] = records.splice(from, 1);
    if (moved) records.splice(to, 0, moved);
    this.#records = records;
    await this.#keepOrder();
  }

  /** Takes an experiment out of the list, with all it holds; a running one is cancelled first. */
  async remove(id: string): Promise<void> {
    if (this.#runner?.record.id === id) await this.#runner.cancel();
    this.#records = this.#records.filter((record) => record.id !== id);
    await this.store.drop(id);
    await this.#keepOrder();
  }

  async rename(id: string, name: string | null): Promise<void> {
    await this.#set(id, { name });
  }

  #work(): void {
    this.#working ??= this.#carryOut().finally(() => {
      this.#working = null;
      // What was added between the last look and now.
      if (this.#records.some(({ state }) => state === 'waiting')) this.#work();
    });
  }

  async #carryOut(): Promise<void> {
    for (;;) {
      const next = this.#records.find(({ state }) => state === 'waiting');
      if (!next) return;
      const { id } = next;
      const underWay = await this.store.underWay(id);
      // Paused, cancelled or removed while its snapshot was read.
      if (this.#records.find((record) => record.id === id)?.state !== 'waiting') continue;
      this.#runner = this.openRunner(this.#find(id), underWay, {
        onRecord: (record) => this.#replace({ ...record, name: this.#find(id).name }),
        onProgress: (progress) => this.listener.onProgress(id, progress),
        keep: (record, underWay) => this.#put({ ...record, name: this.#find(id).name }, underWay),
      });
      try {
        await this.#runner.go();
      } catch (error) {
        this.listener.onProblem(id, error instanceof Error ? error.message : String(error));
      } finally {
        this.#runner = null;
      }
    }
  }

  #find(id: string): ExperimentRecord {
    const record = this.#records.find((candidate) => candidate.id === id);
    if (!record) throw new Error('That experiment is not in the list any more.');
    return record;
  }

  #replace(record: ExperimentRecord): void {
    this.#records = this.#records.map((known) => (known.id === record.id ? record : known));
    this.listener.onRecord(record);
  }

  async #set(id: string, changes: Partial<ExperimentRecord>): Promise<void> {
    const record = { ...this.#find(id), ...changes };
    this.#replace(record);
    await this.#put(record);
  }

  /** Storage that fails costs only what would have been kept. */
  async #put(record: ExperimentRecord, underWay?: UnderWay | null): Promise<void> {
    const order = this.#records.findIndex(({ id }) => id === record.id);
    if (order < 0) return;
    await this.store.put({ id: record.id, order, record }, underWay);
  }

  async #keepOrder(): Promise<void> {
    this.listener.onList(this.#records);
    for (const record of this.#records) await this.#put(record);
  }
}
