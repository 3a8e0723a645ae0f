/** The interface of `muonProduct`. */
import type { Tensor } from '../../../graph/tensor';

export interface MuonProductInputs {
  /** f32[P]: X, A or B by step, see product.ts. */
  readonly left: Tensor;
  readonly right: Tensor;
  /** f32[P]: A; there in the first iteration, whose factor comes from its trace. */
  readonly gram?: Tensor | undefined;
  /** u32[n, 5], see matrices.ts. */
  readonly tiles: Tensor;
}

export interface MuonProductOutputs {
  /** f32[P]; only the elements of matrices are written. */
  readonly out: Tensor;
}

export interface MuonProductAttributes {
  readonly step: 'gram' | 'polynomial' | 'iterate';
  /** The result is an update: 0.2 · √l times the last iterate. */
  readonly last: boolean;
  /** All offsets and sizes are multiples of 4. */
  readonly aligned: boolean;
}

/** The quintic of Jordan's Muon: X ← a X + (b A + c A²) X with A = X Xᵀ. */
export const coefficients = [3.4445, -4.775, 2.0315] as const;

/** Added to the norm that a matrix is divided by. */
export const normFloor = 1e-7;

/** An update has this root mean square in a matrix with orthonormal rows: about that of AdamW's. */
export const updateScale = 0.2;
