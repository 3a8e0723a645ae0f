/** Stores of experts: what they hand out, and what they do with files that are damaged, missing, denied or too many. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fnv1aBytes } from '../graph/hash';
import { expertKeys } from './expert-shape';
import { type ExpertKey, MemoryStore, readExpert } from './expert-store';
import { type ExpertFolder, FileStore } from './file-store';
import { openNodeFolder } from './node-folder';
import { openExpertStore } from './open-store';

const keys = expertKeys({ layers: 2, experts: 3 });
const origin = ({ layer, expert }: ExpertKey) =>
  Uint8Array.from({ length: 22 }, (_, index) => layer * 100 + expert * 10 + (index % 7));
const key: ExpertKey = { layer: 1, expert: 2 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'experts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = async (notes: string[] = []) =>
  FileStore.open(await openNodeFolder(folder), keys, origin, { onNote: (note) => notes.push(note) });
const file = () => path.join(folder, '1-2.bin');

describe('FileStore', () => {
  it('writes every expert once and reads what the model holds', async () => {
    const store = await open();
    for (const each of keys) expect(await readExpert(store, each)).toEqual(origin(each));
    expect(store).toMatchObject({ tier: 'files', reads: 6, repaired: 0 });
    // Opened again over the same files it writes nothing: a file of the right size stays as it is.
    const changed = readFileSync(file());
    changed[0] = (changed[0] ?? 0) + 1;
    writeFileSync(file(), changed);
    await open();
    expect(readFileSync(file())).toEqual(changed);
  });

  it.each([0, 13, 21])(
    'notices a flipped bit in byte %i, fetches the expert again and rewrites the file',
    async (place) => {
      const notes: string[] = [];
      const store = await open(notes);
      const bytes = readFileSync(file());
      bytes[place] = (bytes[place] ?? 0) ^ 1;
      writeFileSync(file(), bytes);
      expect(await readExpert(store, key)).toEqual(origin(key));
      expect(notes).toEqual([
        'The file of expert 2 in layer 1 does not match its checksum: it was fetched again from the model and rewritten.',
      ]);
      expect(new Uint8Array(readFileSync(file()))).toEqual(origin(key));
      await readExpert(store, key);
      expect(store).toMatchObject({ reads: 2, repaired: 1 });
    },
  );

  it('mends a file that was cut short or removed, and one that it damaged itself', async () => {
    const notes: string[] = [];
    const store = await open(notes);
    truncateSync(file(), 5);
    expect(await readExpert(store, key)).toEqual(origin(key));
    rmSync(file());
    expect(await readExpert(store, key)).toEqual(origin(key));
    await store.damage(key);
    expect(await readExpert(store, key)).toEqual(origin(key));
    expect(notes.map((note) => note.split(':')[0])).toEqual([
      'The file of expert 2 in layer 1 has 5 bytes instead of 22',
      'The file of expert 2 in layer 1 could not be read',
      'The file of expert 2 in layer 1 does not match its checksum',
    ]);
    expect(store.repaired).toBe(3);
  });

  it('hands out the expert although the file cannot be rewritten, and says so', async () => {
    const notes: string[] = [];
    const whole = await openNodeFolder(folder);
    let full = false;
    const filling: ExpertFolder = {
      ...whole,
      write: async (name, bytes) => {
        if (full) throw new Error('no space left');
        return whole.write(name, bytes);
      },
    };
    const store = await FileStore.open(filling, keys, origin, { onNote: (note) => notes.push(note) });
    rmSync(file());
    full = true;
    expect(await readExpert(store, key)).toEqual(origin(key));
    expect(notes[0]).toContain('but not rewritten (no space left).');
  });

  it('knows no expert beyond the model', async () => {
    await expect(readExpert(await open(), { layer: 2, expert: 0 })).rejects.toThrow('There is no expert 0 in layer 2.');
    await expect(readExpert(new MemoryStore(keys, origin), { layer: 0, expert: 3 })).rejects.toThrow(
      'There is no expert 3',
    );
  });
});

describe('openExpertStore', () => {
  const openFrom = async (folder: () => Promise<ExpertFolder>) => {
    const notes: string[] = [];
    const progress: number[] = [];
    const store = await openExpertStore({
      ...({ tier: 'files', keys, origin, folder } as const),
      onNote: (note) => notes.push(note),
      onProgress: (done) => progress.push(done),
    });
    return { store, notes, progress };
  };

  it('opens files and says how far it is', async () => {
    const { store, notes, progress } = await openFrom(() => openNodeFolder(folder));
    expect(store.tier).toBe('files');
    expect(notes).toEqual([]);
    expect(progress).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('falls back to memory, with a sentence, where files are denied or full', async () => {
    const denied = await openFrom(() => Promise.reject(new DOMException('not here', 'SecurityError')));
    expect(denied.store.tier).toBe('memory');
    expect(await readExpert(denied.store, key)).toEqual(origin(key));
    expect(denied.notes).toEqual(['The file system is denied (not here): the experts stay in memory instead.']);
    const whole = await openNodeFolder(folder);
    const full = await openFrom(async () => ({
      ...whole,
      write: () => Promise.reject(new DOMException('0 bytes left', 'QuotaExceededError')),
    }));
    expect(full.store.tier).toBe('memory');
    expect(full.notes).toEqual(['The file system is full (0 bytes left): the experts stay in memory instead.']);
    // A file stands where the folder should be made.
    writeFileSync(path.join(folder, 'taken'), '');
    const taken = await openFrom(() => openNodeFolder(path.join(folder, 'taken', 'deeper')));
    expect(taken.notes[0]).toContain('The file system is denied (');
  });
});

describe('fnv1aBytes', () => {
  it('changes with every bit and with the order of words', () => {
    // Two words for each of the four chains, a word and two bytes left.
    const bytes = Uint8Array.from({ length: 38 }, (_, index) => index * 7);
    const hash = fnv1aBytes(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(fnv1aBytes(changed)).not.toBe(hash);
    }
    expect(fnv1aBytes(Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0))).not.toBe(
      fnv1aBytes(Uint8Array.of(2, 0, 0, 0, 1, 0, 0, 0)),
    );
  });
});
