/** A folder on the disk, for the command line and the tests. The only file here that knows Node. */
import { closeSync, openSync, read } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ExpertFolder } from './file-store';

/** Made where it is missing; rejects where that is denied. */
export async function openNodeFolder(folder: string): Promise<ExpertFolder> {
  await mkdir(folder, { recursive: true });
  const place = (name: string) => path.join(folder, name);
  return {
    async read(name, into) {
      // Opened at once and read in one piece: each further step would wait until the thread that computes looks up again.
      const file = await unlessMissing(async () => openSync(place(name), 'r'));
      if (file === null) return null;
      try {
        const { bytesRead } = await readFrom(file, into, 0, into.byteLength, 0);
        return bytesRead === into.byteLength ? into : into.slice(0, bytesRead);
      } finally {
        closeSync(file);
      }
    },
    async size(name) {
      return (await unlessMissing(() => stat(place(name))))?.size ?? null;
    },
    write: (name, bytes) => writeFile(place(name), bytes),
  };
}

const readFrom = promisify(read);

async function unlessMissing<T>(find: () => Promise<T>): Promise<T | null> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
