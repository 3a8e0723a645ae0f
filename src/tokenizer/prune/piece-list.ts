/** The pieces that a pruning cut, or kept in vain, as a list to be searched. */
import { isChinese } from '../language';
import type { Tokenizer } from '../tokenizer';
import { Formation } from './formation';
import type { PrunedVocabulary } from './pruned';
import type { Occurrences, TokenView } from './read-text';

export interface PieceFilter {
  /** `cut`: what pruning removed; `dead`: what it kept in vain. */
  readonly list: 'cut' | 'dead';
  /** Part of the piece's text; empty for all. */
  readonly query: string;
  readonly language: 'all' | 'zh' | 'other';
  /** Characters; null for any. */
  readonly length: number | null;
  /** Rows before the first that is wanted. */
  readonly offset: number;
  readonly rows: number;
}

export interface PieceRow extends TokenView {
  readonly characters: number;
  /** What the text of the piece is written as now. */
  readonly parts: readonly string[];
}

export interface PieceList {
  readonly filter: PieceFilter;
  /** Rows that fit the filter. */
  readonly total: number;
  readonly rows: readonly PieceRow[];
}

export class PieceLists {
  /** Ids of the whole vocabulary, the most frequent first. */
  readonly #lists: Readonly<Record<PieceFilter['list'], readonly number[]>>;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly pruned: PrunedVocabulary,
    private readonly occurrences: Occurrences,
  ) {
    const { kept } = pruned;
    const isKept = new Uint8Array(tokenizer.vocabularySize);
    for (const id of kept) isKept[id] = 1;
    const cut = [...isKept.keys()].filter((id) => !isKept[id]);
    const dead = Array.from(new Formation(pruned.tokenizer).dead(), (id) => kept[id] as number);
    this.#lists = { cut: this.#byCount(cut), dead: this.#byCount(dead) };
  }

  list(filter: PieceFilter): PieceList {
    const query = filter.query.toLowerCase();
    const fitting = this.#lists[filter.list].filter((id) => {
      const { text } = this.tokenizer.piece(id);
      if (query !== '' && !text.toLowerCase().includes(query)) return false;
      if (filter.length !== null && [...text].length !== filter.length) return false;
      return filter.language === 'all' || isChinese(text) === (filter.language === 'zh');
    });
    const { offset, rows } = filter;
    return { filter, total: fitting.length, rows: fitting.slice(offset, offset + rows).map((id) => this.#row(id)) };
  }

  #row(id: number): PieceRow {
    const { text } = this.tokenizer.piece(id);
    const parts = this.pruned.tokenizer.encodePiece(this.tokenizer.tables.pieces[id] as string);
    return {
      id,
      text,
      characters: [...text].length,
      count: this.occurrences.counts[id] as number,
      rank: this.occurrences.ranks[id] || null,
      parts: Array.from(parts, (part) => this.pruned.tokenizer.piece(part).text),
    };
  }

  #byCount(ids: number[]): number[] {
    const { counts } = this.occurrences;
    return ids.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
  }
}
