/**
 * Hands out pieces of a linear memory: first fit, neighbours joined when freed, every piece at a multiple of 64 bytes. It
 * keeps its books outside the memory that it manages.
 */

const alignment = 64;

interface Piece {
  readonly address: number;
  readonly bytes: number;
}

export class Heap {
  /** Free pieces by rising address, no two of them neighbours. */
  #free: Piece[] = [];
  readonly #taken = new Map<number, number>();
  #end: number;
  #used = 0;

  /** Pieces start at `start`; `grow` is asked for the memory to reach `bytes`, and throws when it cannot. */
  constructor(
    start: number,
    private readonly grow: (bytes: number) => void,
  ) {
    this.#end = start;
  }

  get used(): number {
    return this.#used;
  }

  /** What the memory holds there is left as it is. */
  allocate(bytes: number): number {
    const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment);
    const fitting = this.#free.findIndex((piece) => piece.bytes >= size);
    const piece = fitting < 0 ? this.#extend(size) : this.#free.splice(fitting, 1)[0];
    const address = piece?.address ?? 0;
    const rest = (piece?.bytes ?? 0) - size;
    if (rest > 0) this.#insert({ address: address + size, bytes: rest });
    this.#taken.set(address, size);
    this.#used += size;
    return address;
  }

  /** Throws when nothing was taken at `address`. */
  free(address: number): void {
    const bytes = this.#taken.get(address);
    if (bytes === undefined) throw new Error(`Nothing is allocated at ${address}.`);
    this.#taken.delete(address);
    this.#used -= bytes;
    this.#insert({ address, bytes });
  }

  /** A piece at the end, which takes in a free one that lies there. */
  #extend(size: number): Piece {
    const last = this.#free.at(-1);
    const from = last && last.address + last.bytes === this.#end ? last.address : this.#end;
    this.grow(from + size);
    if (from !== this.#end) this.#free.pop();
    this.#end = from + size;
    return { address: from, bytes: size };
  }

  #insert(piece: Piece): void {
    const after = this.#free.findIndex(({ address }) => address > piece.address);
    const index = after < 0 ? this.#free.length : after;
    const before = this.#free[index - 1];
    const next = this.#free[index];
    const joinsBefore = before !== undefined && before.address + before.bytes === piece.address;
    const joinsNext = next !== undefined && piece.address + piece.bytes === next.address;
    const address = joinsBefore ? before.address : piece.address;
    const end = joinsNext ? next.address + next.bytes : piece.address + piece.bytes;
    this.#free.splice(index - Number(joinsBefore), Number(joinsBefore) + Number(joinsNext), {
      address,
      bytes: end - address,
    });
  }
}
