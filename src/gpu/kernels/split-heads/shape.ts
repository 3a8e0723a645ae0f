/** The interface of `splitHeads` and of its gradient. M = B·T rows; `period` = T, row r stands at position r % T. */
import type { Tensor } from '../../../graph/tensor';
import type { HeadAttributes } from '../attention/heads';

export interface SplitHeadsInputs {
  /** [M, N]: columns [q | k | v | shortcut], or [k | v | shortcut] when the queries are a tensor of their own. */
  readonly projected: Tensor;
  /** [M, H·D]. */
  readonly query?: Tensor | undefined;
  /** [T, D/2, 2], cosine and sine of each pair's turn; needed when `rotate`. */
  readonly turns?: Tensor | undefined;
}

export interface SplitHeadsOutputs {
  /** [M, (H+2G)·D]: turned queries, turned keys, plain values. */
  readonly heads: Tensor;
  /** [M, R]: gelu (tanh) of the columns behind the values; only when R > 0. */
  readonly shortcut?: Tensor | undefined;
}

export interface SplitHeadsAttributes extends HeadAttributes {
  /** T. */
  readonly period: number;
  /** Whether queries and keys turn to their positions. */
  readonly rotate: boolean;
  /** R, columns of the augmented shortcut; 0 is none. */
  readonly shortcut: number;
}

export interface SplitHeadsGradientInputs {
  /** [M, (H+2G)·D]; off when nothing depends on the heads. */
  readonly headsGradient?: Tensor | undefined;
  /** [M, R]; off when there is no shortcut or nothing depends on it. */
  readonly shortcutGradient?: Tensor | undefined;
  /** [M, N], whose last R columns gelu′ is taken of. */
  readonly projected: Tensor;
  readonly turns?: Tensor | undefined;
}

export interface SplitHeadsGradientOutputs {
  /** [M, N]. */
  readonly projectedGradient: Tensor;
  /** [M, H·D]; only when the queries were a tensor of their own. */
  readonly queryGradient?: Tensor | undefined;
}

export interface SplitHeadsGradientAttributes extends SplitHeadsAttributes {
  /** The queries were a tensor of their own. */
  readonly separateQuery: boolean;
}
