/** Opens the store that was asked for, or the one that the file system leaves. */
import { type ExpertKey, type ExpertOrigin, type ExpertStore, MemoryStore, type StoreTier } from './expert-store';
import { type ExpertFolder, FileStore } from './file-store';

export interface StoreRequest {
  readonly tier: StoreTier;
  readonly keys: readonly ExpertKey[];
  readonly origin: ExpertOrigin;
  /** Opens the folder for the files; rejects where the browser or the file system denies it. */
  readonly folder: () => Promise<ExpertFolder>;
  /** Hears of experts written, and sentences about what a person should know. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly onNote?: (sentence: string) => void;
}

/** The store that was asked for; memory, with a note, where files are denied or do not fit. */
export async function openExpertStore(request: StoreRequest): Promise<ExpertStore> {
  const { tier, keys, origin, folder, onProgress, onNote } = request;
  if (tier === 'memory') return new MemoryStore(keys, origin);
  try {
    return await FileStore.open(await folder(), keys, origin, { onProgress, onNote });
  } catch (error) {
    onNote?.(`${deniedText(error)}: the experts stay in memory instead.`);
    return new MemoryStore(keys, origin);
  }
}

function deniedText(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const message = error instanceof Error ? error.message : String(error);
  if (name === 'QuotaExceededError' || code === 'ENOSPC') return `The file system is full (${message})`;
  return `The file system is denied (${message})`;
}
