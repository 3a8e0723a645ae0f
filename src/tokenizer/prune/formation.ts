/**
 * How pieces come about. A merge inside the span that becomes a piece never looks over its border, so a piece is formed in a
 * text exactly as it is when it stands alone: one look at each piece tells which others it is merged from, and whether any
 * text forms it at all.
 */
import type { TokenizerTables } from '../readTokenizerJson';
import type { Tokenizer } from '../tokenizer';

export class Formation {
  readonly #tables: TokenizerTables;
  /** Single characters (of a byte alphabet: bytes) that are pieces. */
  readonly #characters = new Map<string, number>();
  readonly #names: ReadonlySet<number>;
  readonly #ids = new Int32Array(4096);

  constructor(private readonly tokenizer: Tokenizer) {
    this.#tables = tokenizer.tables;
    this.#names = namesOf(this.#tables);
    this.#tables.pieces.forEach((piece, id) => {
      if (!this.#names.has(id) && isCharacter(piece)) this.#characters.set(piece, id);
    });
  }

  /** The two pieces whose merge ends the piece; null for a character, for a name, and for a piece that is never formed. */
  halves(id: number): readonly [number, number] | null {
    const length = this.#spell(id);
    if (length < 2) return null;
    return this.tokenizer.mergeTable.lastPair(this.#ids, length);
  }

  /** False for a piece that no text forms. Names (special tokens, bytes) are no text: true. */
  isFormed(id: number): boolean {
    if (this.#names.has(id)) return true;
    const length = this.#spell(id);
    return length > 0 && this.tokenizer.mergeTable.merge(this.#ids, length) === 1;
  }

  /** Ids of those that no text forms. */
  dead(): Int32Array {
    const ids: number[] = [];
    for (let id = 0; id < this.#tables.pieces.length; id += 1) if (!this.isFormed(id)) ids.push(id);
    return Int32Array.from(ids);
  }

  /** Writes the piece's characters; 0 where it is a name or a character of it is no piece. */
  #spell(id: number): number {
    if (this.#names.has(id)) return 0;
    let length = 0;
    for (const character of this.#tables.pieces[id] as string) {
      const known = this.#characters.get(character);
      if (known === undefined || length === this.#ids.length) return 0;
      this.#ids[length] = known;
      length += 1;
    }
    return length;
  }
}

/** Ids whose piece is a name and no text: special tokens and, in an alphabet of characters, bytes. */
export function namesOf({ byteIds, specialTokens, unknown }: TokenizerTables): ReadonlySet<number> {
  return new Set([...byteIds, ...specialTokens.map(({ id }) => id), ...(unknown === null ? [] : [unknown])]);
}

function isCharacter(piece: string): boolean {
  return piece.length === ((piece.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);
}
