/**
 * The runs that a browser keeps: records, snapshots to go on from, and dropped texts. The worker that trains writes, the
 * page lists and renames, and both hear of what the other does, in this tab and in others.
 *
 * Every failure is a StorageError with a sentence. None of them ends a run: it goes on, and only is not kept.
 */
import { openRunDatabase, type RunDatabase, type RunRow } from './run-database';
import type { RunPlace } from './run-keeper';
import { type RunLocks, runLocks } from './run-locks';
import type { RunRecord } from './run-record';
import type { RunSnapshot } from './run-snapshot';

/** Storage that is denied, full or broken, said with the next step. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** The part of a BroadcastChannel that is needed. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((message: MessageEvent) => unknown) | null;
}

/** A deleted run can be had back for this long. */
const undoMilliseconds = 10 * 60_000;

export class RunStore implements RunPlace {
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly database: RunDatabase,
    readonly locks: RunLocks,
    private readonly channel: Channel | null,
    private readonly now: () => number = Date.now,
  ) {
    if (channel) channel.onmessage = () => this.#tellHere();
  }

  /** Throws a StorageError when the browser denies storage. */
  static async open(): Promise<RunStore> {
    const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('pangu-pi-runs');
    return new RunStore(await guarded(openRunDatabase()), runLocks(globalThis.navigator?.locks), channel);
  }

  /** Called whenever a run was written, renamed or deleted, here or in another tab. Returns what ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Newest first, without the deleted. A run that says it goes on while no tab trains it was interrupted. */
  async list(): Promise<RunRecord[]> {
    const [rows, taken] = await guarded(Promise.all([this.database.rows(), this.locks.taken()]));
    return rows
      .filter(({ deleted }) => deleted === null)
      .map(({ record }) => atRestUnless(taken.has(record.id), record))
      .sort((a, b) => (a.created < b.created ? 1 : -1));
  }

  /** Null when there is no such run. */
  async find(id: string): Promise<RunRecord | null> {
    const row = await guarded(this.database.row(id));
    return row?.deleted === null ? atRestUnless((await this.locks.taken()).has(id), row.record) : null;
  }

  /**
   * Keeps a record, with the snapshot it can go on from when there is a new one. The name of a run that is already kept
   * stays: the page may have renamed it while it went on.
   */
  async put(record: RunRecord, snapshot?: RunSnapshot): Promise<void> {
    const id = record.id;
    const write = (row: RunRow | undefined): RunRow => ({
      id,
      record: row ? { ...record, name: row.record.name } : record,
      deleted: row?.deleted ?? null,
    });
    await guarded(this.database.change(id, write, snapshot));
    this.#tell();
  }

  /** Null: the name is made from what differs. */
  async rename(id: string, name: string | null): Promise<void> {
    await this.#change(id, (row) => ({ ...row, record: { ...row.record, name } }));
  }

  /** Takes runs out of the list; `restore` brings them back, and the next `purge` after ten minutes drops them. */
  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#change(id, (row) => ({ ...row, deleted: this.now() }));
  }

  async restore(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#change(id, (row) => ({ ...row, deleted: null }));
  }

  /** Frees what was deleted: at once (`true`, to make room), or what can no longer be had back. */
  async purge(atOnce = false): Promise<void> {
    const oldest = this.now() - (atOnce ? 0 : undoMilliseconds);
    const rows = await guarded(this.database.rows());
    const gone = rows.filter(({ deleted }) => deleted !== null && deleted <= oldest);
    const kept = rows.filter((row) => !gone.includes(row));
    const texts = new Set(
      kept.flatMap(({ record: { recipe } }) => (recipe.corpus.kind === 'file' ? [recipe.corpus.hash] : [])),
    );
    await guarded(
      this.database.drop(
        gone.map(({ id }) => id),
        (hash) => texts.has(hash),
      ),
    );
  }

  /** Null: the run is not kept here, or has no snapshot yet. */
  async snapshot(id: string): Promise<RunSnapshot | null> {
    return (await guarded(this.database.snapshot(id))) ?? null;
  }

  /** Whether there is one to go on from, without reading it. */
  async hasSnapshot(id: string): Promise<boolean> {
    return guarded(this.database.hasSnapshot(id));
  }

  /** Text of a dropped file, by its hash. */
  async text(hash: string): Promise<string | null> {
    return (await guarded(this.database.text(hash))) ?? null;
  }

  async putText(hash: string, text: string): Promise<void> {
    await guarded(this.database.putText(hash, text));
  }

  async #change(id: string, change: (row: RunRow) => RunRow): Promise<void> {
    await guarded(this.database.change(id, (row) => row && change(row)));
    this.#tell();
  }

  #tell(): void {
    this.channel?.postMessage(null);
    this.#tellHere();
  }

  #tellHere(): void {
    for (const listener of this.#listeners) listener();
  }
}

function atRestUnless(taken: boolean, record: RunRecord): RunRecord {
  const going = record.state === 'running' || record.state === 'paused';
  return going && !taken ? { ...record, state: 'interrupted' } : record;
}

async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new StorageError(sentenceOf(error));
  }
}

function sentenceOf(error: unknown): string {
  const lost = 'the run goes on, but will not survive a reload';
  const { name = '', message = String(error) } = error instanceof Error ? error : {};
  if (name === 'QuotaExceededError') return `Storage is full: ${lost}. Delete runs, or export this one.`;
  if (['SecurityError', 'InvalidStateError', 'NotAllowedError', 'ReferenceError'].includes(name)) {
    return `The browser denies storage, as in a private window: ${lost}. Export this one, or allow storage for this page.`;
  }
  return `Storage failed (${message}): ${lost}. Export this one, then reload the page.`;
}
