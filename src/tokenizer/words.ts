/**
 * Cuts a text into words, which are merged one by one: equal words need merging once. Where the file has a pattern, it cuts;
 * the text between its matches is a word too, as other readers of the file have it.
 *
 * A SentencePiece vocabulary has no pattern: the whole text is one word. But no piece can reach over two neighbours that stand
 * beside each other in no piece, so cutting there changes nothing. What is left is short: words, and runs of hanzi of which
 * each two are neighbours somewhere in the vocabulary.
 */
import type { TokenizerTables } from './readTokenizerJson';

type Visit = (word: string) => void;

export function wordsOf(tables: TokenizerTables): (text: string, visit: Visit) => void {
  const { words, spaceMark } = tables;
  const cut = words.kind === 'pattern' ? byPattern(words.pattern) : byPairs(new NeighbourSet(textPieces(tables)));
  if (spaceMark === null) return cut;
  return (text, visit) => cut(text.includes(spaceMark) ? text.replaceAll(spaceMark, ' ') : text, visit);
}

function* textPieces({ pieces, byteIds, specialTokens }: TokenizerTables): Generator<string> {
  const names = new Set([...byteIds, ...specialTokens.map(({ id }) => id)]);
  for (const [id, piece] of pieces.entries()) if (!names.has(id)) yield piece;
}

function byPattern(pattern: RegExp): (text: string, visit: Visit) => void {
  return (text, visit) => {
    pattern.lastIndex = 0;
    let start = 0;
    while (start < text.length) {
      const match = pattern.exec(text);
      const from = match ? match.index : text.length;
      if (from > start) visit(text.slice(start, from));
      if (!match) break;
      const word = match[0];
      if (word.length === 0) pattern.lastIndex += 1;
      else visit(word);
      start = from + word.length;
    }
  };
}

function byPairs(neighbours: NeighbourSet): (text: string, visit: Visit) => void {
  return (text, visit) => {
    let start = 0;
    for (let i = 1; i < text.length; i += 1) {
      if (neighbours.has(text.charCodeAt(i - 1), text.charCodeAt(i))) continue;
      visit(text.slice(start, i));
      start = i;
    }
    if (start < text.length) visit(text.slice(start));
  };
}

/** Pairs of UTF-16 units that stand beside each other in some piece, and all surrogate pairs. */
class NeighbourSet {
  /** Open addressing with linear probing, at most half full; -1 is free. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(pieces: Iterable<string>) {
    const pairs = new Set<number>();
    for (const piece of pieces) {
      for (let i = 1; i < piece.length; i += 1) pairs.add(key(piece.charCodeAt(i - 1), piece.charCodeAt(i)));
    }
    // The one pair that would read as free, U+FFFF twice, is no text.
    pairs.delete(-1);
    let slots = 16;
    while (slots < pairs.size * 2) slots *= 2;
    this.#mask = slots - 1;
    this.#slots = new Int32Array(slots).fill(-1);
    for (const pair of pairs) this.#slots[this.#slotOf(pair)] = pair;
  }

  has(left: number, right: number): boolean {
    if (left >= 0xd800 && left <= 0xdbff && right >= 0xdc00 && right <= 0xdfff) return true;
    const pair = key(left, right);
    return pair !== -1 && this.#slots[this.#slotOf(pair)] === pair;
  }

  #slotOf(pair: number): number {
    let slot = (Math.imul(pair ^ (pair >>> 15), 0x9e3779b1) >>> 9) & this.#mask;
    while (this.#slots[slot] !== -1 && this.#slots[slot] !== pair) slot = (slot + 1) & this.#mask;
    return slot;
  }
}

function key(left: number, right: number): number {
  return (left << 16) | right;
}
