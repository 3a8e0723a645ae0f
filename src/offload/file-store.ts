/**
 * Experts as files, one each, written once from the loaded model. What is read is checked against the checksum of what the model
 * holds, so a file that was damaged, cut short or left by another model is noticed, fetched again and rewritten.
 */
import { fnv1aBytes } from '../graph/hash';
import { type ExpertKey, type ExpertOrigin, type ExpertStore, expertName } from './expert-store';

/** A folder of files: the origin-private file system in the page, a folder in Node. */
export interface ExpertFolder {
  /** Up to as many bytes as `into` has, in it or in a buffer of their own; null where there is no such file. */
  read(name: string, into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null>;
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
    private readonly facts: ReadonlyMap<string, { readonly checksum: number; readonly length: number }>,
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
    const facts = new Map<string, { checksum: number; length: number }>();
    for (const [index, key] of keys.entries()) {
      const bytes = origin(key);
      facts.set(expertName(key), { checksum: fnv1aBytes(bytes), length: bytes.byteLength });
      if ((await folder.size(fileName(key))) !== bytes.byteLength) await folder.write(fileName(key), bytes);
      onProgress?.(index + 1, keys.length);
    }
    return new FileStore(folder, facts, origin, onNote);
  }

  /** Empty where there is no such file: `verified` then fetches it from the model. */
  async fetch(key: ExpertKey, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const { length } = this.#factsOf(key);
    this.reads += 1;
    const found = await this.folder.read(fileName(key), into ?? new Uint8Array(length)).catch(() => null);
    return found ?? new Uint8Array(0);
  }

  async verified(key: ExpertKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const { checksum, length } = this.#factsOf(key);
    return bytes.byteLength === length && fnv1aBytes(bytes) === checksum ? bytes : this.#repair(key, bytes);
  }

  /** Changes one byte of a file, for whoever wants to see it noticed. */
  async damage(key: ExpertKey): Promise<void> {
    const bytes = await this.folder.read(fileName(key), new Uint8Array(this.#factsOf(key).length));
    if (!bytes) throw new Error(`There is no file of expert ${key.expert} in layer ${key.layer} to damage.`);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await this.folder.write(fileName(key), bytes);
  }

  #factsOf(key: ExpertKey) {
    const facts = this.facts.get(expertName(key));
    if (!facts) throw new RangeError(`There is no expert ${key.expert} in layer ${key.layer}.`);
    return facts;
  }

  async #repair(key: ExpertKey, found: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.origin(key);
    this.repaired += 1;
    const what =
      found.byteLength === 0
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
