/** The interface of `embed` and its width. */
import { axis, type Tensor } from '../../../graph/tensor';

export interface EmbedInputs {
  /** u32[T]; there exactly when `table` is. */
  readonly ids?: Tensor | undefined;
  /** [V, C]. */
  readonly table?: Tensor | undefined;
  /** [S, C]. */
  readonly positions?: Tensor | undefined;
  /** [P, C] in f32: a soft prompt that stands in for the first P ids of every sequence; only with a table. */
  readonly prompt?: Tensor | undefined;
  /** u32[4]: position of the first row, valid rows, prefix length, 0. */
  readonly cursor: Tensor;
}

export interface EmbedOutputs {
  readonly out: Tensor;
}

export interface EmbedAttributes {
  /** Rows of the output: T, or B·T when several sequences follow each other. */
  readonly tokens: number;
  /** T, the length of one sequence; all rows are one sequence unless given. */
  readonly period?: number;
  /** Factor of the token table's gradient (embedding gradient shrink, GLM-130B); 1 unless given. */
  readonly gradientScale?: number;
}

export function embedWidth({ table, positions }: EmbedInputs): number {
  const rows = table ?? positions;
  if (!rows) throw new RangeError('embed needs a table of tokens, a table of positions, or both.');
  return axis(rows, 1);
}

/** T. */
export function periodOf({ tokens, period }: EmbedAttributes): number {
  return period ?? tokens;
}
