/** A folder on the disk, for the command line and the tests. The only file here that knows Node. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExpertFolder } from './file-store';

/** Made where it is missing; rejects where that is denied. */
export async function openNodeFolder(folder: string): Promise<ExpertFolder> {
  await mkdir(folder, { recursive: true });
  const place = (name: string) => path.join(folder, name);
  return {
    async read(name) {
      const bytes = await unlessMissing(readFile(place(name)));
      // Small files come as parts of a buffer that others share.
      return bytes && new Uint8Array(bytes);
    },
    async size(name) {
      return (await unlessMissing(stat(place(name))))?.size ?? null;
    },
    write: (name, bytes) => writeFile(place(name), bytes),
  };
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
