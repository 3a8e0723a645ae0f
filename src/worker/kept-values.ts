/** Small values kept in IndexedDB: what was measured on this device. Storage that is denied or full costs only the memory of them. */
import { openDB } from 'idb';

const database = 'pangu-pi-playground';
const store = 'calibration';
/** Raised when kernels, shape classes or backends change their names. */
const version = 2;

function open() {
  return openDB(database, version, {
    upgrade: (db) => {
      if (db.objectStoreNames.contains(store)) db.deleteObjectStore(store);
      db.createObjectStore(store);
    },
  });
}

/** Null when nothing is kept under that key. */
export async function keptValue<T>(key: string): Promise<T | null> {
  try {
    return ((await (await open()).get(store, key)) as T | undefined) ?? null;
  } catch {
    return null;
  }
}

export async function keepValue(key: string, value: unknown): Promise<void> {
  try {
    await (await open()).put(store, value, key);
  } catch {
    // Private windows may deny storage; the value then lasts as long as the page.
  }
}
