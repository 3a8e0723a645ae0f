/**
 * Kernels for quantised matrices, which most visits never need: they are a file of their own, fetched before a model with
 * quantised weights is uploaded.
 */
import type { VariantsByOperation } from '../graph/operation';
import type { QuantisedMatrix } from '../graph/quantised';
import type { Weights } from '../graph/weights';

export interface QuantisedKernels {
  readonly variants: VariantsByOperation;
  /** A matrix as these kernels read it. */
  pack(matrix: QuantisedMatrix): Uint32Array<ArrayBuffer>;
}

/** Null where no weight is quantised. */
export async function quantisedKernelsFor(weights: Weights): Promise<QuantisedKernels | null> {
  if (![...weights.values()].some((weight) => 'quantised' in weight)) return null;
  return (await import('./quantised')).quantisedKernels;
}
