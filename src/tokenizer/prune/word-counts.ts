/**
 * A text as its different words and how often each occurs in lines of Chinese and in others. A word is encoded once, however
 * often it occurs, and again only when the vocabulary is pruned: the time follows the length of the text, and pruning a counted
 * text follows its different words.
 */
import { isChineseLine } from '../language';
import type { Tokenizer } from '../tokenizer';

export interface CountedText {
  readonly words: readonly string[];
  /** Occurrences of each word in lines of this language; `en` stands for all that is not Chinese. */
  readonly counts: { readonly en: Float64Array; readonly zh: Float64Array };
  /** Ids of word w: ids[starts[w]] … ids[starts[w + 1] − 1]. */
  readonly starts: Uint32Array;
  readonly ids: Uint32Array;
  /** Code points. */
  readonly characters: { readonly en: number; readonly zh: number };
}

/** UTF-16 units looked at between two yields: some milliseconds. */
const slice = 65_536;

export class WordCounter {
  readonly #index = new Map<string, number>();
  readonly #words: string[] = [];
  readonly #counts = { en: [] as number[], zh: [] as number[] };
  readonly #starts = [0];
  #ids = new Uint32Array(1 << 16);
  #chinese = false;

  constructor(private readonly tokenizer: Tokenizer) {}

  /** Counts a document; yields how many UTF-16 units were counted since the last time. */
  *add(text: string): Generator<number, void, void> {
    const line = { end: 0 };
    let start = 0;
    for (let size = slice; start < text.length; ) {
      let end = Math.min(start + size, text.length);
      // Not between the halves of a character.
      if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1] as string)) end -= 1;
      const counted = this.#addSlice(text, start, end, line);
      // A word that is longer than a slice.
      size = counted === 0 ? size * 2 : slice;
      start += counted;
      if (counted > 0) yield counted;
    }
  }

  take(): CountedText {
    const { length } = this.#words;
    const starts = Uint32Array.from(this.#starts);
    const counts = { en: Float64Array.from(this.#counts.en), zh: Float64Array.from(this.#counts.zh) };
    const characters = { en: 0, zh: 0 };
    for (let w = 0; w < length; w += 1) {
      const long = [...(this.#words[w] as string)].length;
      characters.en += (counts.en[w] as number) * long;
      characters.zh += (counts.zh[w] as number) * long;
    }
    return { words: this.#words, counts, starts, ids: this.#ids.slice(0, starts[length]), characters };
  }

  /** The last word may go on behind the slice, so it is left to the next one. */
  #addSlice(text: string, from: number, to: number, line: { end: number }): number {
    let at = from;
    let last: string | null = null;
    const count = (word: string) => {
      if (at >= line.end) {
        const next = text.indexOf('\n', at) + 1;
        line.end = next === 0 ? text.length : next;
        this.#chinese = isChineseLine(text, at, line.end) ?? this.#chinese;
      }
      this.#count(word);
      at += word.length;
    };
    this.tokenizer.forEachWord(text.slice(from, to), (word) => {
      if (last !== null) count(last);
      last = word;
    });
    if (to === text.length && last !== null) count(last);
    return at - from;
  }

  #count(word: string): void {
    const index = this.#index.get(word) ?? this.#enter(word);
    const counts = this.#chinese ? this.#counts.zh : this.#counts.en;
    counts[index] = (counts[index] as number) + 1;
  }

  #enter(word: string): number {
    const index = this.#words.length;
    // A copy: a slice of the text would keep all of it.
    const own = word.length > 12 ? JSON.parse(JSON.stringify(word)) : word;
    this.#index.set(own, index);
    this.#words.push(own);
    this.#counts.en.push(0);
    this.#counts.zh.push(0);
    const ids = this.tokenizer.encodeWhole(word);
    const start = this.#starts[index] as number;
    if (start + ids.length > this.#ids.length) {
      const grown = new Uint32Array(Math.max(2 * this.#ids.length, start + ids.length));
      grown.set(this.#ids);
      this.#ids = grown;
    }
    this.#ids.set(ids, start);
    this.#starts.push(start + ids.length);
    return index;
  }
}

/** Occurrences of each id, in lines of each language and in all. */
export function tokenCounts(
  { counts, starts, ids }: CountedText,
  size: number,
): Readonly<Record<'all' | 'en' | 'zh', Float64Array>> {
  const en = new Float64Array(size);
  const zh = new Float64Array(size);
  for (let w = 0; w + 1 < starts.length; w += 1) {
    for (let i = starts[w] as number; i < (starts[w + 1] as number); i += 1) {
      const id = ids[i] as number;
      en[id] = (en[id] as number) + (counts.en[w] as number);
      zh[id] = (zh[id] as number) + (counts.zh[w] as number);
    }
  }
  return { en, zh, all: en.map((count, id) => count + (zh[id] as number)) };
}
