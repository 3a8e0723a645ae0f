/**
 * Experts as files, one each, written once from the loaded model. Every read is checked against the checksum of what the model
 * holds, so a file that was damaged, cut short or left by another model is noticed, fetched again and rewritten.
 */
import { fnv1aBytes } from '../graph/hash';
import { type ExpertKey, type ExpertOrigin, type ExpertStore, expertName } from './expert-store';

/** A folder of files: the origin-private file system in the page, a folder in Node. */
export interface ExpertFolder {
  /** Bytes in a buffer of their own; null where there is no such file. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Length in bytes; null where there is no such file. */
  size(name: string): Promise<number | null>;
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

export interface FileStoreOptions {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly onNote?: ((sentence: string) => void) | undefined;
}

export class FileStore implements ExpertStore {
  readonly tier = 'files';
  reads = 0;
  repaired = 0;

  private constructor(
    private readonly folder: ExpertFolder,
    private readonly checksums: ReadonlyMap<string, number>,
    private readonly origin: ExpertOrigin,
    private readonly onNote: (sentence: string) => void,
  ) {}

  /** Writes what is not there yet; what is there is checked when it is read. Rejects when the folder takes no file. */
  static async open(
    folder: ExpertFolder,
    keys: readonly ExpertKey[],
    origin: ExpertOrigin,
    { onProgress, onNote = () => {} }: FileStoreOptions = {},
  ): Promise<FileStore> {
    const checksums = new Map<string, number>();
    for (const [index, key] of keys.entries()) {
      const bytes = origin(key);
      checksums.set(expertName(key), fnv1aBytes(bytes));
      if ((await folder.size(fileName(key))) !== bytes.byteLength) await folder.write(fileName(key), bytes);
      onProgress?.(index + 1, keys.length);
    }
    return new FileStore(folder, checksums, origin, onNote);
  }

  async read(key: ExpertKey): Promise<Uint8Array<ArrayBuffer>> {
    const checksum = this.checksums.get(expertName(key));
    if (checksum === undefined) throw new RangeError(`There is no expert ${key.expert} in layer ${key.layer}.`);
    this.reads += 1;
    const found = await this.folder.read(fileName(key)).catch(() => null);
    if (found && fnv1aBytes(found) === checksum) return found;
    return this.#repair(key, found);
  }

  /** Changes one byte of a file, for whoever wants to see it noticed. */
  async damage(key: ExpertKey): Promise<void> {
    const bytes = await this.folder.read(fileName(key));
    if (!bytes) throw new Error(`There is no file of expert ${key.expert} in layer ${key.layer} to damage.`);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await this.folder.write(fileName(key), bytes);
  }

  async #repair(key: ExpertKey, found: Uint8Array | null): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.origin(key);
    this.repaired += 1;
    const what = !found
      ? 'could not be read'
      : found.byteLength === bytes.byteLength
        ? 'does not match its checksum'
        : `has ${found.byteLength} bytes instead of ${bytes.byteLength}`;
    const about = `The file of expert ${key.expert} in layer ${key.layer} ${what}`;
    try {
      await this.folder.write(fileName(key), bytes);
      this.onNote(`${about}: it was fetched again from the model and rewritten.`);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.onNote(`${about}: it was fetched again from the model, but not rewritten (${cause}).`);
    }
    return bytes;
  }
}

const fileName = ({ layer, expert }: ExpertKey): string => `${layer}-${expert}.bin`;
