/**
 * Calibration's winners, kept per adapter in IndexedDB. Storage that is denied or full costs only the memory of them.
 */
import { openDB } from 'idb';
import type { Winners } from '../gpu/choice';
import type { AdapterDescription } from '../gpu/device';

const database = 'pangu-pi-playground';
const store = 'calibration';
/** Raised when kernels or shape classes change their names. */
const version = 1;

function open() {
  return openDB(database, version, {
    upgrade: (db) => {
      db.createObjectStore(store);
    },
  });
}

function keyOf({ vendor, architecture, name }: AdapterDescription): string {
  return [vendor, architecture, name].join(' · ');
}

export async function loadWinners(adapter: AdapterDescription): Promise<Winners> {
  try {
    return ((await (await open()).get(store, keyOf(adapter))) as Winners | undefined) ?? {};
  } catch {
    return {};
  }
}

/** Adds to what is known of this adapter. */
export async function saveWinners(adapter: AdapterDescription, winners: Winners): Promise<void> {
  try {
    const known = await loadWinners(adapter);
    await (await open()).put(store, { ...known, ...winners }, keyOf(adapter));
  } catch {
    // Private windows may deny storage; the winners then last as long as the page.
  }
}
