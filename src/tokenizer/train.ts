/**
 * Trains a byte-fallback BPE: count words, give frequent characters pieces of their own, then join the most frequent pair of
 * neighbours again and again.
 *
 * All distinct words lie in one array, each position carrying its word's count. A pair knows its count and the positions
 * where it stood; a join touches only those. Counts of a pair can only fall once the step that made its newer half is over,
 * so pairs enter a heap once, with a count that may be too high by the time they come up, and go back in if it was.
 * Ties go to the pair with the lower ids: the same texts give the same file, byte for byte.
 */

import {
  defaultSpecialTokens,
  makeTokenizerJson,
  type SpecialTokens,
  splitPattern,
  type TokenizerJson,
} from './tokenizerJson';

export interface TrainOptions {
  /** Pieces wanted, the special tokens and 256 bytes included. Fewer come out when the text has no more pairs. */
  readonly vocabularySize: number;
  /** Null: documents are not marked. */
  readonly special?: SpecialTokens | null;
  /** Share of all characters that get a piece of their own, the rarest left to bytes. Default 0.9995. */
  readonly characterCoverage?: number;
  /** A character needs this many occurrences for a piece of its own. Default 2. */
  readonly minimumCharacterCount?: number;
  /** Longest merged piece in characters. Default 16. */
  readonly maximumPieceLength?: number;
  /** Longest merged piece that holds a hanzi, in characters. Default 4: a whole phrase as one token teaches little. */
  readonly maximumHanziLength?: number;
}

/** No pieces while words are still counted. */
export interface TrainProgress {
  readonly pieces: number;
  readonly wanted: number;
}

const hanzi = /[㐀-䶿一-鿿]/u;
const loneSurrogate = /\p{Cs}/u;
const splitter = new RegExp(splitPattern, 'gu');

export function trainBpe(
  texts: Iterable<string>,
  options: TrainOptions,
  onProgress?: (progress: TrainProgress) => void,
): TokenizerJson {
  const steps = trainBpeInSteps(texts, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (step.value.pieces > 0) onProgress?.(step.value);
  }
}

/** The same in short steps, so that a caller can show progress and stop between them. Yields after the last piece too. */
export function* trainBpeInSteps(
  texts: Iterable<string>,
  options: TrainOptions,
): Generator<TrainProgress, TokenizerJson, void> {
  const special = options.special === undefined ? defaultSpecialTokens : options.special;
  const reserved = (special ? 3 : 0) + 256;
  const wanted = options.vocabularySize;
  if (!Number.isInteger(wanted) || wanted < reserved) {
    throw new Error(
      `A vocabulary of ${wanted} pieces has no room: ${reserved} are special tokens and bytes. Ask for ${reserved + 64} or more.`,
    );
  }
  const words = new Map<string, number>();
  for (const part of inParts(texts)) {
    countWords(part, words);
    yield { pieces: 0, wanted };
  }
  const characters = chooseCharacters(words, options, wanted - reserved);
  const pieces = [...characters];
  const merges: [string, string][] = [];
  yield { pieces: 0, wanted };
  const joiner = new PairJoiner(words, characters);
  for (const _ of joiner.countPairs()) yield { pieces: 0, wanted };
  const maximum = options.maximumPieceLength ?? 16;
  const maximumHanzi = options.maximumHanziLength ?? 4;
  const known = new Set(pieces);
  while (reserved + pieces.length < wanted) {
    const pair = joiner.next();
    if (!pair) break;
    const [left, right] = [pieces[pair.left] as string, pieces[pair.right] as string];
    const text = left + right;
    const length = [...text].length;
    // Two different pairs can spell one text; the second would add no piece.
    if (known.has(text) || length > maximum || (length > maximumHanzi && hanzi.test(text))) continue;
    known.add(text);
    joiner.join(pair.left, pair.right, pieces.length);
    pieces.push(text);
    merges.push([left, right]);
    if (pieces.length % 16 === 0) yield { pieces: reserved + pieces.length, wanted };
  }
  yield { pieces: reserved + pieces.length, wanted };
  return makeTokenizerJson({ special, fallback: 'bytes', characters, merges });
}

/** Texts, the long ones line by line in parts of about this many characters: few enough to count in some milliseconds. */
const partLength = 65_536;

function* inParts(texts: Iterable<string>): Generator<string> {
  for (const text of texts) {
    let start = 0;
    while (text.length - start > partLength) {
      // Behind a run of line ends, where no word goes on.
      let end = text.indexOf('\n', start + partLength) + 1;
      if (end === 0) break;
      while (text[end] === '\n' || text[end] === '\r') end += 1;
      yield text.slice(start, end);
      start = end;
    }
    yield text.slice(start);
  }
}

function countWords(text: string, words: Map<string, number>): void {
  for (const word of text.match(splitter) ?? []) words.set(word, (words.get(word) ?? 0) + 1);
}

/** Frequent characters, most frequent first. ASCII needs no frequency: as a byte it costs one token too, so it competes alike. */
function chooseCharacters(words: ReadonlyMap<string, number>, options: TrainOptions, room: number): string[] {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [word, count] of words) {
    for (const character of word) {
      counts.set(character, (counts.get(character) ?? 0) + count);
      total += count;
    }
  }
  const byFrequency = [...counts].sort(
    (a, b) => b[1] - a[1] || (a[0].codePointAt(0) as number) - (b[0].codePointAt(0) as number),
  );
  const chosen: string[] = [];
  let covered = 0;
  for (const [character, count] of byFrequency) {
    if (chosen.length >= room || count < (options.minimumCharacterCount ?? 2)) break;
    if (covered >= total * (options.characterCoverage ?? 0.9995)) break;
    covered += count;
    // A lone surrogate cannot be written to a file; it stays bytes.
    if (!loneSurrogate.test(character)) chosen.push(character);
  }
  return chosen;
}

/** A pair as one number: left · 2²¹ + right. */
const shift = 2 ** 21;

interface Pair {
  readonly left: number;
  readonly right: number;
  count: number;
  positions: number[];
}

class PairJoiner {
  /** Piece at a position; -1 for a character without a piece and where a join has swallowed it. */
  private readonly piece: Int32Array;
  private readonly following: Int32Array;
  private readonly previous: Int32Array;
  private readonly weight: Int32Array;
  private readonly pairs = new Map<number, Pair>();
  private readonly heap: { key: number; count: number }[] = [];
  private readonly size: number;

  constructor(words: ReadonlyMap<string, number>, characters: readonly string[]) {
    const ids = new Map(characters.map((character, id) => [character, id]));
    let size = 0;
    for (const word of words.keys()) size += word.length + 1;
    this.piece = new Int32Array(size).fill(-1);
    this.following = new Int32Array(size).fill(-1);
    this.previous = new Int32Array(size).fill(-1);
    this.weight = new Int32Array(size);
    let at = 0;
    for (const [word, count] of words) {
      let before = -1;
      for (const character of word) {
        this.piece[at] = ids.get(character) ?? -1;
        this.weight[at] = count;
        this.previous[at] = before;
        if (before !== -1) this.following[before] = at;
        before = at;
        at += 1;
      }
    }
    this.size = at;
  }

  /** To be run to its end before the first pair is asked for; yields now and then. */
  *countPairs(): Generator<void, void, void> {
    const fresh = new Set<number>();
    for (let i = 0; i < this.size; i += 1) {
      this.add(i, fresh);
      if (i % 4096 === 0) yield;
    }
    yield;
    this.offer(fresh);
  }

  /** The most frequent pair that occurs at least twice, or null. It is taken out: each pair comes up once. */
  next(): Pair | null {
    for (;;) {
      const top = this.pop();
      if (!top) return null;
      const pair = this.pairs.get(top.key);
      if (!pair || pair.count < 2) continue;
      if (pair.count !== top.count) {
        this.push({ key: top.key, count: pair.count });
        continue;
      }
      return pair;
    }
  }

  /** Replaces every `left right` by the piece `merged`. */
  join(left: number, right: number, merged: number): void {
    const key = left * shift + right;
    const pair = this.pairs.get(key) as Pair;
    const fresh = new Set<number>();
    for (const i of pair.positions) {
      const j = this.following[i] as number;
      if (this.piece[i] !== left || j === -1 || this.piece[j] !== right) continue;
      const before = this.previous[i] as number;
      const after = this.following[j] as number;
      if (before !== -1) this.remove(before);
      this.remove(j);
      this.piece[i] = merged;
      this.piece[j] = -1;
      this.following[i] = after;
      if (after !== -1) this.previous[after] = i;
      if (before !== -1) this.add(before, fresh);
      this.add(i, fresh);
    }
    this.pairs.delete(key);
    this.offer(fresh);
  }

  private keyAt(i: number): number {
    const j = this.following[i] as number;
    const left = this.piece[i] as number;
    const right = j === -1 ? -1 : (this.piece[j] as number);
    return left < 0 || right < 0 ? -1 : left * shift + right;
  }

  private add(i: number, fresh: Set<number>): void {
    const key = this.keyAt(i);
    if (key === -1) return;
    let pair = this.pairs.get(key);
    if (!pair) {
      pair = { left: Math.floor(key / shift), right: key % shift, count: 0, positions: [] };
      this.pairs.set(key, pair);
      fresh.add(key);
    }
    pair.count += this.weight[i] as number;
    pair.positions.push(i);
  }

  private remove(i: number): void {
    const pair = this.pairs.get(this.keyAt(i));
    if (pair) pair.count -= this.weight[i] as number;
  }

  /** Puts fresh pairs into the heap; one that occurs once can never be joined and is forgotten. */
  private offer(fresh: ReadonlySet<number>): void {
    for (const key of fresh) {
      const { count } = this.pairs.get(key) as Pair;
      if (count < 2) this.pairs.delete(key);
      else this.push({ key, count });
    }
  }

  private push(entry: { key: number; count: number }): void {
    const { heap } = this;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as { key: number; count: number };
      if (!comesFirst(entry, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  private pop(): { key: number; count: number } | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && comesFirst(right, heap[child] as { key: number; count: number })) child += 1;
      const below = heap[child] as { key: number; count: number };
      if (!comesFirst(below, last)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

function comesFirst(a: { key: number; count: number }, b: { key: number; count: number }): boolean {
  return a.count > b.count || (a.count === b.count && a.key < b.key);
}
