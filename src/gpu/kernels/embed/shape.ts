/** The interface of `embed` and its width. */
import { axis, type Tensor } from '../../../graph/tensor';

export interface EmbedInputs {
  /** u32[T]; there exactly when `table` is. */
  readonly ids?: Tensor | undefined;
  /** [V, C]. */
  readonly table?: Tensor | undefined;
  /** [S, C]. */
  readonly positions?: Tensor | undefined;
  /** u32[4]: position of the first row, valid rows, prefix length, 0. */
  readonly cursor: Tensor;
}

export interface EmbedOutputs {
  readonly out: Tensor;
}

export interface EmbedAttributes {
  /** T. */
  readonly tokens: number;
}

export function embedWidth({ table, positions }: EmbedInputs): number {
  const rows = table ?? positions;
  if (!rows) throw new RangeError('embed needs a table of tokens, a table of positions, or both.');
  return axis(rows, 1);
}
