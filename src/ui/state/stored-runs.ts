/**
 * The runs that this browser keeps, as the page lists them; the training workers write them. Opened when the first panel
 * asks, and kept in step with what any tab writes from then on.
 */
import { create } from 'zustand';
import type { RunRecord } from '../../lab/run-record';
import { RunStore } from '../../lab/run-store';

interface StoredRuns {
  /** Newest first; null until they were read. */
  readonly runs: readonly RunRecord[] | null;
  /** Why they could not be read: a sentence. */
  readonly problem: string | null;
}

export const useStoredRuns = create<StoredRuns>()(() => ({ runs: null, problem: null }));

let opened: Promise<RunStore> | null = null;

/** The store itself, to rename, delete and restore. Rejects with a StorageError. */
export function runStore(): Promise<RunStore> {
  opened ??= RunStore.open().then((store) => {
    store.subscribe(() => void list(store));
    return store;
  });
  return opened;
}

/** Reads the list, and reads it again whenever a run was written. */
export async function watchStoredRuns(): Promise<void> {
  try {
    await list(await runStore());
  } catch (error) {
    useStoredRuns.setState({ problem: error instanceof Error ? error.message : String(error) });
  }
}

/** A list that was asked for while another is being read comes after it. */
let reading: Promise<void> = Promise.resolve();

function list(store: RunStore): Promise<void> {
  reading = reading.then(async () => {
    useStoredRuns.setState({ runs: await store.list(), problem: null });
  });
  return reading;
}
