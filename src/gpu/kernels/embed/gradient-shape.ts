/** The interface of `embedGradient`. */
import type { Tensor } from '../../../graph/tensor';

export interface EmbedGradientInputs {
  /** [M, C]: the gradient of the rows. */
  readonly gradient: Tensor;
  /** u32[M]; there exactly when `tableGradient` is. */
  readonly ids?: Tensor | undefined;
  /** u32[M]: rows sorted by id, ties by row (see order.ts). */
  readonly order?: Tensor | undefined;
  /** [V, C], added to. */
  readonly tableGradient?: Tensor | undefined;
  /** [S, C], added to; the position of a row is its place in the sequence. */
  readonly positionsGradient?: Tensor | undefined;
  /** [P, C], added to. */
  readonly promptGradient?: Tensor | undefined;
}

export interface EmbedGradientAttributes {
  /** T. */
  readonly period: number;
  /** P: so many rows of every sequence come from a soft prompt and not from the table, whether or not the prompt learns. */
  readonly prompt: number;
  /** Factor of the table's gradient. */
  readonly scale: number;
}
