/**
 * The rows behind the run store: an interface small enough to stand in for, and IndexedDB behind it. A snapshot and the
 * record that tells of it are written in one transaction, so a tab that is closed at any moment leaves both or neither.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { RunRecord } from './run-record';
import type { RunSnapshot } from './run-snapshot';

export interface RunRow {
  readonly id: string;
  readonly record: RunRecord;
  /** Milliseconds since 1970; null: not deleted. */
  readonly deleted: number | null;
}

export interface RunDatabase {
  rows(): Promise<RunRow[]>;
  row(id: string): Promise<RunRow | undefined>;
  /** Replaces a row by what `change` makes of it, and the snapshot when one is given, all in one transaction. */
  change(id: string, change: (row: RunRow | undefined) => RunRow | undefined, snapshot?: RunSnapshot): Promise<void>;
  snapshot(id: string): Promise<RunSnapshot | undefined>;
  /** By its key, without reading what may be megabytes. */
  hasSnapshot(id: string): Promise<boolean>;
  text(hash: string): Promise<string | undefined>;
  putText(hash: string, text: string): Promise<void>;
  /** Drops runs with their snapshots, and every text that `keeps` refuses. */
  drop(ids: readonly string[], keeps: (hash: string) => boolean): Promise<void>;
}

const name = 'pangu-pi-runs';
/** Raised when a store is added; rows say their own version. */
const version = 1;

interface Schema extends DBSchema {
  runs: { key: string; value: RunRow };
  snapshots: { key: string; value: RunSnapshot };
  texts: { key: string; value: string };
}

/** Opens the database, or rejects with the browser's error. */
export async function openRunDatabase(): Promise<RunDatabase> {
  let db: IDBPDatabase<Schema> | undefined = await openDB<Schema>(name, version, {
    upgrade: (fresh) => {
      fresh.createObjectStore('runs', { keyPath: 'id' });
      fresh.createObjectStore('snapshots');
      fresh.createObjectStore('texts');
    },
    // A page of a newer version waits for this one to let go.
    blocking: () => {
      db?.close();
      db = undefined;
    },
  });
  const opened = (): IDBPDatabase<Schema> => {
    if (!db) throw new Error('a newer version of the page is open in another tab: reload this one');
    return db;
  };
  return {
    rows: () => opened().getAll('runs'),
    row: (id) => opened().get('runs', id),
    change: async (id, change, snapshot) => {
      const transaction = opened().transaction(['runs', 'snapshots'], 'readwrite');
      const runs = transaction.objectStore('runs');
      const next = change(await runs.get(id));
      const writes: Promise<unknown>[] = [transaction.done];
      if (next) writes.push(runs.put(next));
      if (next && snapshot) writes.push(transaction.objectStore('snapshots').put(snapshot, id));
      await Promise.all(writes);
    },
    snapshot: (id) => opened().get('snapshots', id),
    hasSnapshot: async (id) => (await opened().getKey('snapshots', id)) !== undefined,
    text: (hash) => opened().get('texts', hash),
    putText: async (hash, text) => {
      await opened().put('texts', text, hash);
    },
    drop: async (ids, keeps) => {
      const transaction = opened().transaction(['runs', 'snapshots', 'texts'], 'readwrite');
      const texts = transaction.objectStore('texts');
      const unused = (await texts.getAllKeys()).filter((hash) => !keeps(hash));
      await Promise.all([
        ...ids.map((id) => transaction.objectStore('runs').delete(id)),
        ...ids.map((id) => transaction.objectStore('snapshots').delete(id)),
        ...unused.map((hash) => texts.delete(hash)),
        transaction.done,
      ]);
    },
  };
}
