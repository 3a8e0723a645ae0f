/**
 * Where experts lie that are not on the device: in memory, or in files below it. A store hands out an expert's bytes: gate, up
 * and down matrix one behind the other as the model's file holds them (f16 bits or f32).
 */
/** One expert of one layer, both counted from 0. */
export interface ExpertKey {
  readonly layer: number;
  readonly expert: number;
}

export type StoreTier = 'memory' | 'files';
export const storeTiers = ['memory', 'files'] as const satisfies readonly StoreTier[];

/** An expert's bytes from the loaded model; they start at a multiple of 4 in a buffer of their own. */
export type ExpertOrigin = (key: ExpertKey) => Uint8Array<ArrayBuffer>;

export interface ExpertStore {
  readonly tier: StoreTier;
  /** Files that were read, and of those the ones that were damaged and written again. */
  readonly reads: number;
  readonly repaired: number;
  /**
   * An expert's bytes, which are only to be used once `verified` has seen them. `into`, of an expert's size, may be filled and
   * returned: memory that is used again costs less than new memory.
   */
  fetch(key: ExpertKey, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** The bytes themselves, or those that the model holds where they are damaged. */
  verified(key: ExpertKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

/** `0/3`: expert 3 of layer 0, as caches and messages name it. */
export const expertName = ({ layer, expert }: ExpertKey): string => `${layer}/${expert}`;

/** Every expert in memory, ready to be uploaded. */
export class MemoryStore implements ExpertStore {
  readonly tier = 'memory';
  readonly reads = 0;
  readonly repaired = 0;
  readonly #experts: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

  constructor(keys: readonly ExpertKey[], origin: ExpertOrigin) {
    this.#experts = new Map(keys.map((key) => [expertName(key), origin(key)]));
  }

  async fetch(key: ExpertKey): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#experts.get(expertName(key));
    if (!bytes) throw new RangeError(`There is no expert ${key.expert} in layer ${key.layer}.`);
    return bytes;
  }

  async verified(_: ExpertKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return bytes;
  }
}

/** Both in one. */
export async function readExpert(store: ExpertStore, key: ExpertKey): Promise<Uint8Array<ArrayBuffer>> {
  return store.verified(key, await store.fetch(key));
}
