/**
 * A vocabulary, a text counted with it, and what each pruning does to that text. Words whose pieces, and all pieces that these
 * are merged from, are kept are written as before, so only the others are encoded again: at 48k pieces a small part of them.
 */
import type { Tokenizer } from '../tokenizer';
import { Formation } from './formation';
import { alwaysKept, type Formations, formationsOf, orderOf } from './order';
import { keptIds, type PrunedVocabulary, pruneVocabulary } from './pruned';
import type { ByLanguage, CoveragePoint, PruneMethod, Pruning, PruningReport } from './report';
import { type CountedText, tokenCounts } from './word-counts';

interface Order {
  readonly ids: Int32Array;
  /** Places of the order that must be kept before word w is written as it was. */
  readonly needs: Int32Array;
}

type Counts = Readonly<Record<'all' | 'en' | 'zh', Float64Array>>;

/** Words encoded between two yields. */
const turn = 2_000;

export class Study {
  readonly counts: Counts;
  readonly alwaysKept: number;
  readonly formations: Formations;
  readonly #orders = new Map<string, Order>();
  readonly #byteLengths: Uint16Array;

  constructor(
    readonly tokenizer: Tokenizer,
    readonly text: CountedText,
    formations: Formations = formationsOf(tokenizer),
  ) {
    this.formations = formations;
    this.counts = tokenCounts(text, tokenizer.vocabularySize);
    this.alwaysKept = alwaysKept(tokenizer.tables).reduce((sum, one) => sum + one, 0);
    this.#byteLengths = byteLengthsOf(tokenizer);
  }

  /** Pieces that a pruning keeps: never fewer than always stay, nor more than there are. */
  sizeOf({ size }: Pruning): number {
    const wanted =
      size.kind === 'keep'
        ? size.pieces
        : this.alwaysKept + this.#order('frequency', 0).ids.filter((id) => this.#count(id) >= size.count).length;
    return Math.max(this.alwaysKept, Math.min(wanted, this.tokenizer.vocabularySize));
  }

  prune(pruning: Pruning): PrunedVocabulary {
    const { ids } = this.#order(pruning.method, pruning.zhShare);
    const { tables } = this.tokenizer;
    return pruneVocabulary(tables, keptIds(tables, ids, this.sizeOf(pruning)));
  }

  /** Yields how many words were encoded again since the last time. */
  *report(
    pruning: Pruning,
    { tokenizer, kept }: PrunedVocabulary = this.prune(pruning),
  ): Generator<number, PruningReport, void> {
    const { needs } = this.#order(pruning.method, pruning.zhShare);
    const places = kept.length - this.alwaysKept;
    const { words, counts, starts, ids } = this.text;
    const lengths = byteLengthsOf(tokenizer);
    const after = { en: 0, zh: 0 };
    const same = { en: 0, zh: 0 };
    for (let w = 0, encoded = 0; w < words.length; w += 1) {
      const before = ids.subarray(starts[w], starts[w + 1]);
      const unchanged = (needs[w] as number) <= places;
      const now = unchanged ? before : tokenizer.encodeWhole(words[w] as string);
      const equal = unchanged ? before.length : equalTokens(before, this.#byteLengths, now, lengths, kept);
      for (const language of ['en', 'zh'] as const) {
        const count = counts[language][w] as number;
        after[language] += count * now.length;
        same[language] += count * equal;
      }
      encoded += unchanged ? 0 : 1;
      if (!unchanged && encoded % turn === 0) yield turn;
    }
    const before = this.#tokens;
    return {
      method: pruning.method,
      kept: kept.length,
      cut: this.tokenizer.vocabularySize - kept.length,
      nominal: this.nominal(kept),
      reEncoded: ratio(same, before),
      growth: ratio(after, before),
      charactersPerToken: ratio(this.text.characters, after),
      dead: new Formation(tokenizer).dead().length,
    };
  }

  /** Both ways at one size. */
  *point(keep: number): Generator<number, CoveragePoint, void> {
    const at = (method: PruneMethod) => this.report({ method, size: { kind: 'keep', pieces: keep }, zhShare: 0 });
    return { keep, frequency: yield* at('frequency'), closed: yield* at('closed') };
  }

  /** Share of the text's tokens whose piece is among `kept`. */
  nominal(kept: ArrayLike<number>): ByLanguage {
    const sum = { en: 0, zh: 0 };
    for (let i = 0; i < kept.length; i += 1) {
      sum.en += this.counts.en[kept[i] as number] as number;
      sum.zh += this.counts.zh[kept[i] as number] as number;
    }
    return ratio(sum, this.#tokens);
  }

  /** The same by frequency for each of `sizes`, which ascend. */
  nominalCurve(sizes: readonly number[]): ({ readonly keep: number } & ByLanguage)[] {
    const { ids } = this.#order('frequency', 0);
    const mask = alwaysKept(this.tokenizer.tables);
    const sum = { en: 0, zh: 0 };
    const add = (id: number) => {
      sum.en += this.counts.en[id] as number;
      sum.zh += this.counts.zh[id] as number;
    };
    for (const [id, always] of mask.entries()) if (always) add(id);
    let places = 0;
    return sizes.map((keep) => {
      for (; places < Math.min(keep - this.alwaysKept, ids.length); places += 1) add(ids[places] as number);
      return { keep, ...ratio(sum, this.#tokens) };
    });
  }

  /** Places by frequency from 1; 0 for a piece that does not occur. */
  ranks(): Uint32Array {
    const ranks = new Uint32Array(this.tokenizer.vocabularySize);
    const occurring = [...ranks.keys()].filter((id) => this.#count(id) > 0);
    occurring.sort((a, b) => this.#count(b) - this.#count(a) || a - b);
    occurring.forEach((id, place) => {
      ranks[id] = place + 1;
    });
    return ranks;
  }

  get tokens(): ByLanguage {
    return byLanguage(this.#tokens);
  }

  get characters(): ByLanguage {
    return byLanguage(this.text.characters);
  }

  get #tokens(): { readonly en: number; readonly zh: number } {
    return { en: sumOf(this.counts.en), zh: sumOf(this.counts.zh) };
  }

  #count(id: number): number {
    return this.counts.all[id] as number;
  }

  #order(method: PruneMethod, zhShare: number): Order {
    const key = `${method} ${method === 'quota' || method === 'closedQuota' ? zhShare : ''}`;
    let order = this.#orders.get(key);
    if (!order) {
      const ids = orderOf(this.tokenizer.tables, this.formations, { method, counts: this.counts.all, zhShare });
      order = { ids, needs: this.#needsOf(ids) };
      this.#orders.set(key, order);
    }
    return order;
  }

  #needsOf(order: Int32Array): Int32Array {
    const places = new Int32Array(this.tokenizer.vocabularySize);
    order.forEach((id, place) => {
      places[id] = place + 1;
    });
    const { halves } = this.formations;
    const needs = new Int32Array(this.tokenizer.vocabularySize).fill(-1);
    const needOf = (id: number): number => {
      if (id === -1) return 0;
      if (needs[id] === -1) {
        needs[id] = Math.max(
          places[id] as number,
          needOf(halves[2 * id] as number),
          needOf(halves[2 * id + 1] as number),
        );
      }
      return needs[id] as number;
    };
    const { words, starts, ids } = this.text;
    return Int32Array.from(words, (_, w) => {
      let need = 0;
      for (let i = starts[w] as number; i < (starts[w + 1] as number); i += 1) {
        need = Math.max(need, needOf(ids[i] as number));
      }
      return need;
    });
  }
}

/** Tokens that are the same piece at the same place. `kept`: old id of each new one. */
function equalTokens(
  before: ArrayLike<number>,
  lengthsBefore: Uint16Array,
  after: ArrayLike<number>,
  lengthsAfter: Uint16Array,
  kept: Int32Array,
): number {
  let equal = 0;
  let i = 0;
  let j = 0;
  let startBefore = 0;
  let startAfter = 0;
  while (i < before.length && j < after.length) {
    const aligned = startBefore === startAfter;
    const old = before[i] as number;
    const now = after[j] as number;
    if (aligned && old === kept[now]) equal += 1;
    const stepBefore = startBefore <= startAfter;
    const stepAfter = startAfter <= startBefore;
    if (stepBefore) {
      startBefore += lengthsBefore[old] as number;
      i += 1;
    }
    if (stepAfter) {
      startAfter += lengthsAfter[now] as number;
      j += 1;
    }
  }
  return equal;
}

/** Bytes that each id adds to a text, 1 for the unknown token. */
export function byteLengthsOf({ tables }: Tokenizer): Uint16Array {
  const { pieces, alphabet, byteIds, unknown } = tables;
  const encoder = new TextEncoder();
  const scratch = new Uint8Array(4096);
  const lengths = Uint16Array.from(pieces, (piece) =>
    alphabet === 'bytes' ? piece.length : encoder.encodeInto(piece, scratch).written,
  );
  for (const id of byteIds) lengths[id] = 1;
  if (unknown !== null) lengths[unknown] = 1;
  return lengths;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function byLanguage({ en, zh }: { readonly en: number; readonly zh: number }): ByLanguage {
  return { all: en + zh, en: en > 0 ? en : null, zh: zh > 0 ? zh : null };
}

interface Both {
  readonly en: number;
  readonly zh: number;
}

/** In all and by language; null for a language the text has none of, 0 of a text without any. */
function ratio(part: Both, whole: Both): ByLanguage {
  const share = (a: number, b: number) => (b > 0 ? a / b : null);
  return {
    all: share(part.en + part.zh, whole.en + whole.zh) ?? 0,
    en: share(part.en, whole.en),
    zh: share(part.zh, whole.zh),
  };
}
