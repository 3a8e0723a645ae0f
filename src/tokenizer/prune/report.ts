/** What a person chooses of a pruning, and what comes out of it. Shares are in [0, 1], sizes in pieces, lengths in characters (code points). */

export type PruneMethod =
  /** PanGu-π Pro's: the special pieces, then the most frequent. */
  | 'frequency'
  /** Ours: a piece comes with all pieces it is merged from. */
  | 'closed'
  /** Ours: a share of the places is Chinese, the most frequent first in each language. */
  | 'quota'
  /** Ours: both of them. */
  | 'closedQuota';

export interface Pruning {
  readonly method: PruneMethod;
  readonly size:
    | { readonly kind: 'keep'; readonly pieces: number }
    /** Ours: all pieces that occur at least so often. */
    | { readonly kind: 'minimumCount'; readonly count: number };
  /** Chinese share of the places behind the pieces that always stay; only the quotas use it. */
  readonly zhShare: number;
}

/** A figure for the whole text and for its lines in each language; null where it has none in that language. */
export interface ByLanguage {
  readonly all: number;
  readonly en: number | null;
  readonly zh: number | null;
}

export interface PruningReport {
  readonly method: PruneMethod;
  readonly kept: number;
  readonly cut: number;
  /** Share of the tokens of the whole vocabulary's text whose piece is kept: the paper's cumulative frequency. */
  readonly nominal: ByLanguage;
  /** Share of them that the pruned vocabulary still writes as that one piece. */
  readonly reEncoded: ByLanguage;
  /** Tokens of the text after, over those before. */
  readonly growth: ByLanguage;
  readonly charactersPerToken: ByLanguage;
  /** Kept pieces that no text ever forms, because pieces they are merged from are gone. */
  readonly dead: number;
}

export interface CoveragePoint {
  readonly keep: number;
  readonly frequency: PruningReport;
  readonly closed: PruningReport;
}
