/**
 * The part of the protocol about tokenizers: which vocabulary is looked at, what was counted, and what pruning it does to texts
 * and to the model that speaks it. One vocabulary, one counted text and one pruning are current; each request uses them.
 *
 * Shares are in [0, 1], sizes in pieces, lengths in characters (code points). Ids are those of the whole vocabulary.
 */

import type { Comparison } from '../lab/pruned-model';
import type { CountFacts, VocabularyFacts } from '../lab/tokenizers/session';
import type { TextEncoding } from '../lab/tokenizers/texts';
import type { PieceFilter, PieceList } from '../tokenizer/prune/piece-list';
import type { TextReading, TextSegment, TokenView } from '../tokenizer/prune/read-text';
import type { ByLanguage, CoveragePoint, PruneMethod, Pruning, PruningReport } from '../tokenizer/prune/report';
import type { Sampling } from './protocol';

export type { Interval } from '../lab/evaluation';
export type { ModelFigures } from '../lab/pruned-model';
export type {
  ByLanguage,
  CoveragePoint,
  PieceFilter,
  PieceList,
  PruneMethod,
  Pruning,
  PruningReport,
  TextEncoding,
  TextReading,
  TextSegment,
  TokenView,
};

export type TokenizerSource =
  /** One of public/tokenizers. */
  | { readonly kind: 'vocabulary'; readonly id: string }
  /** The tokenizer of a shipped model. */
  | { readonly kind: 'shipped'; readonly id: string }
  /** A tokenizer.json of the person's. */
  | { readonly kind: 'file'; readonly file: File };

export type TextSource =
  /** The project's stories, as many as give this many characters. */
  | { readonly kind: 'storyworld'; readonly zhShare: number; readonly characters: number }
  /** Texts of public/corpora, by id. */
  | { readonly kind: 'texts'; readonly ids: readonly string[] }
  | { readonly kind: 'file'; readonly file: File; readonly encoding: TextEncoding };

export interface TokenizerReport extends VocabularyFacts {
  readonly source: Exclude<TokenizerSource, { kind: 'file' }> | { readonly kind: 'file'; readonly name: string };
  readonly title: string;
  /** Licence and package, or null for a person's file. */
  readonly origin: string | null;
  readonly loadMilliseconds: number;
}

export interface CountReport extends CountFacts {
  readonly name: string;
}

/** A shipped model as it is and pruned, on the same documents and questions. */
export interface ModelComparison extends Comparison {
  readonly id: string;
  readonly adapter: string;
}

export interface Writing {
  readonly tokens: readonly { readonly id: number; readonly text: string }[];
  readonly text: string;
}

export type TokenizerRequest =
  /** Reads a vocabulary and makes it the current one; what was counted with another is forgotten → `progress`… `tokenizerOpened`. */
  | { readonly type: 'openTokenizer'; readonly source: TokenizerSource }
  /** Counts the tokens of a text → `progress`… `tokensCounted`. */
  | { readonly type: 'countTokens'; readonly text: TextSource }
  /** Prunes, and compares with the other way at the same size → `vocabularyPruned`. Needs a counted text. */
  | { readonly type: 'pruneVocabulary'; readonly pruning: Pruning }
  /** Both ways over all sizes → `coveragePoint`… `coverageMeasured`. */
  | { readonly type: 'measureCoverage'; readonly sizes: readonly number[] }
  /** A text before and after the current pruning → `textRead`. */
  | { readonly type: 'readText'; readonly text: string }
  | { readonly type: 'listPieces'; readonly filter: PieceFilter }
  /** The pruned tokenizer.json → `tokenizerExported`. */
  | { readonly type: 'exportTokenizer' }
  /** The shipped model whose tokenizer is current, as it is and pruned → `progress`… `modelMeasured`. */
  | { readonly type: 'measurePruned' }
  /** The same prompt and seed with both → `writingCompared`. */
  | { readonly type: 'comparePruned'; readonly prompt: string; readonly settings: Sampling; readonly length: number }
  /** The pruned model's files → `modelExported`. */
  | { readonly type: 'exportPruned' }
  /** Ends the count, curve or measurement under way; its last event comes with null. Not answered itself. */
  | { readonly type: 'stopTokenizer' };

export type TokenizerEvent =
  | { readonly type: 'tokenizerOpened'; readonly tokenizer: TokenizerReport }
  | { readonly type: 'tokensCounted'; readonly count: CountReport | null }
  | { readonly type: 'vocabularyPruned'; readonly report: PruningReport; readonly other: PruningReport }
  | { readonly type: 'coveragePoint'; readonly point: CoveragePoint }
  | { readonly type: 'coverageMeasured'; readonly points: readonly CoveragePoint[] | null }
  | { readonly type: 'textRead'; readonly reading: TextReading }
  | { readonly type: 'piecesListed'; readonly list: PieceList }
  | { readonly type: 'tokenizerExported'; readonly name: string; readonly json: string }
  | { readonly type: 'modelMeasured'; readonly comparison: ModelComparison | null }
  | { readonly type: 'writingCompared'; readonly before: Writing; readonly after: Writing }
  | {
      readonly type: 'modelExported';
      readonly name: string;
      readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
    };

/** All of them, by type. */
export const tokenizerRequests = {
  openTokenizer: true,
  countTokens: true,
  pruneVocabulary: true,
  measureCoverage: true,
  readText: true,
  listPieces: true,
  exportTokenizer: true,
  measurePruned: true,
  comparePruned: true,
  exportPruned: true,
  stopTokenizer: true,
} as const satisfies Readonly<Record<TokenizerRequest['type'], true>>;
