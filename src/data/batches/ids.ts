/** Token ids in as few bytes as the vocabulary allows. */

export type Ids = Uint16Array | Uint32Array;

/** A list of ids that grows by doubling. */
export class IdList {
  #ids: Ids;
  #length = 0;

  constructor(vocabularySize: number, capacity = 1 << 12) {
    this.#ids = vocabularySize <= 0x10000 ? new Uint16Array(capacity) : new Uint32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(id: number): void {
    this.#reserve(1);
    this.#ids[this.#length] = id;
    this.#length += 1;
  }

  pushAll(ids: ArrayLike<number>): void {
    this.#reserve(ids.length);
    this.#ids.set(ids, this.#length);
    this.#length += ids.length;
  }

  /** A copy of exactly the ids so far. */
  take(): Ids {
    return this.#ids.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#ids.length) return;
    const capacity = Math.max(this.#ids.length * 2, wanted);
    const grown = this.#ids instanceof Uint16Array ? new Uint16Array(capacity) : new Uint32Array(capacity);
    grown.set(this.#ids);
    this.#ids = grown;
  }
}

/** 64 bits over ids, as 16 hexadecimal digits: two FNV-1a lanes of 32 bits with different primes, each mixed at the end. */
export class IdHash {
  #low = 0x811c9dc5;
  #high = 0x5bd1e995;

  add(ids: ArrayLike<number>): void {
    let low = this.#low;
    let high = this.#high;
    for (let i = 0; i < ids.length; i += 1) {
      const id = ids[i] as number;
      low = Math.imul(low ^ id, 0x01000193);
      high = Math.imul(high ^ id, 0x27d4eb2d);
      high ^= high >>> 15;
    }
    this.#low = low;
    this.#high = high;
  }

  get hex(): string {
    return [this.#low, this.#high].map((lane) => mixed(lane).toString(16).padStart(8, '0')).join('');
  }
}

function mixed(lane: number): number {
  let hash = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
