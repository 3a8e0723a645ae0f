/**
 * What a vocabulary costs a model, derived from its shape alone: parameters of embedding and head, their share, the layers that
 * fit a budget, and what follows for the KV cache and the work of a text. Norms are left out: a hundred-thousandth of it all.
 */

export interface Shape {
  /** C. */
  readonly width: number;
  /** F, of a gated FFN: three matrices of width × F. */
  readonly ffn: number;
  readonly layers: number;
  /** Width of keys and values: that of the model, or less where query heads share them. */
  readonly kvWidth: number;
  /** Embedding and head are one matrix. */
  readonly tied: boolean;
}

/** The shape behind Table 1 of PanGu-π Pro, and the budget that gives back its depths; see vocabulary-budget.test.ts. */
export const paperShape: Shape = { width: 1792, ffn: 4864, layers: 20, kvWidth: 1792, tied: false };
export const paperBudget = 980_000_000;

/** Of embedding and head. */
export function vocabularyParameters({ width, tied }: Shape, pieces: number): number {
  return (tied ? 1 : 2) * pieces * width;
}

/** Query and output, keys and values, and the FFN. */
export function layerParameters({ width, ffn, kvWidth }: Shape): number {
  return 2 * width ** 2 + 2 * width * kvWidth + 3 * width * ffn;
}

export function parametersOf(shape: Shape, pieces: number, layers = shape.layers): number {
  return vocabularyParameters(shape, pieces) + layers * layerParameters(shape);
}

/** The paper's PEHL: the share of embedding and head. */
export function vocabularyShare(shape: Shape, pieces: number, layers = shape.layers): number {
  return vocabularyParameters(shape, pieces) / parametersOf(shape, pieces, layers);
}

/** Whole layers that fit beside the vocabulary without going over the budget. */
export function layersWithin(shape: Shape, pieces: number, budget: number): number {
  return Math.max(0, Math.floor((budget - vocabularyParameters(shape, pieces)) / layerParameters(shape)));
}

/** Bytes of keys and values of one token, two bytes a number. */
export function cacheBytes({ layers, kvWidth }: Shape): number {
  return 2 * layers * kvWidth * 2;
}

/** Of one token: a multiplication and an addition a parameter, the embedding counted as if it were one of them. */
export function tokenFlops(shape: Shape, pieces: number): number {
  return 2 * parametersOf(shape, pieces);
}
