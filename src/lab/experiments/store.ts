/**
 * Experiments as the browser keeps them, in the order of the queue: a record each, and the snapshot of the run under way, so
 * that a reload or a closed tab costs at most what came since. Rows say their own version; what cannot be read is left out.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { RunSnapshot } from '../run-snapshot';
import type { ExperimentRecord } from './experiment';

export interface ExperimentRow {
  readonly id: string;
  /** Place in the queue: lower comes first. */
  readonly order: number;
  readonly record: ExperimentRecord;
}

/** Where a run of an experiment stands: its job, and what it goes on from. */
export interface UnderWay {
  readonly job: string;
  readonly snapshot: RunSnapshot;
}

export interface ExperimentStore {
  /** By rising order. */
  rows(): Promise<ExperimentRow[]>;
  /** The record, and what is under way in it: kept together or not at all. */
  put(row: ExperimentRow, underWay?: UnderWay | null): Promise<void>;
  underWay(id: string): Promise<UnderWay | null>;
  drop(id: string): Promise<void>;
}

const name = 'pangu-pi-experiments';
/** Raised when a store is added. */
const version = 1;

interface Schema extends DBSchema {
  experiments: { key: string; value: ExperimentRow };
  underWay: { key: string; value: UnderWay };
}

/** Opens the database, or rejects with the browser's error. */
export async function openExperimentStore(): Promise<ExperimentStore> {
  const db: IDBPDatabase<Schema> = await openDB<Schema>(name, version, {
    upgrade: (fresh) => {
      fresh.createObjectStore('experiments', { keyPath: 'id' });
      fresh.createObjectStore('underWay');
    },
    blocking: () => db.close(),
  });
  return {
    rows: async () => (await db.getAll('experiments')).sort((a, b) => a.order - b.order),
    put: async (row, underWay) => {
      const transaction = db.transaction(['experiments', 'underWay'], 'readwrite');
      const writes: Promise<unknown>[] = [transaction.done, transaction.objectStore('experiments').put(row)];
      if (underWay) writes.push(transaction.objectStore('underWay').put(underWay, row.id));
      if (underWay === null) writes.push(transaction.objectStore('underWay').delete(row.id));
      await Promise.all(writes);
    },
    underWay: async (id) => (await db.get('underWay', id)) ?? null,
    drop: async (id) => {
      const transaction = db.transaction(['experiments', 'underWay'], 'readwrite');
      await Promise.all([
        transaction.objectStore('experiments').delete(id),
        transaction.objectStore('underWay').delete(id),
        transaction.done,
      ]);
    },
  };
}

/** A store that lasts as long as the page: for tests, and for browsers that deny storage. */
export function memoryStore(): ExperimentStore {
  const rows = new Map<string, ExperimentRow>();
  const snapshots = new Map<string, UnderWay>();
  return {
    rows: async () => [...rows.values()].sort((a, b) => a.order - b.order),
    put: async (row, underWay) => {
      rows.set(row.id, row);
      if (underWay) snapshots.set(row.id, underWay);
      if (underWay === null) snapshots.delete(row.id);
    },
    underWay: async (id) => snapshots.get(id) ?? null,
    drop: async (id) => {
      rows.delete(id);
      snapshots.delete(id);
    },
  };
}
