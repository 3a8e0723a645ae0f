/**
 * The interface of `expertLinear` and its shape rule: a product in which each row has its expert's matrix.
 *
 *     y[r] = gate(x[r] · weight[slot(expert[r])]ᵀ) + residualScale · residual[r]
 *
 * weight [S·N,K] holds S matrices [N,K], one a slot; slot(e) is slots[e], or e where there is no slot table. With a gate (the
 * activation of an FFN), y is [M,F] as in `linear`: S(z[:, :F]) ⊙ z[:, F:] (gated, N = 2F) or S(z) (plain, N = F). With a window
 * only the rows at the places window[0] ≤ i < window[1] are computed; all others keep what they held.
 * Rows without an expert are never written.
 */
import { axis, elements, type Tensor, type TensorSpec } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import type { LinearActivation } from '../linear/shape';

export interface ExpertLinearInputs {
  /** [M,K]. */
  readonly x: Tensor;
  /** [S·N,K], a packable parameter: f32 or packed f16. */
  readonly weight: Tensor;
  /** u32[M] and u32[E+1+M] of `assignExperts`. */
  readonly expert: Tensor;
  readonly places: Tensor;
  /** u32[E]: where each expert's matrix lies. */
  readonly slots?: Tensor | undefined;
  /** u32[4]: first place and end. */
  readonly window?: Tensor | undefined;
  /** [M,N]; not with a gate. */
  readonly residual?: Tensor | undefined;
  /** Series activation of the gate, each [n,F], shared by all experts; absent with a single branch. */
  readonly scale?: Tensor | undefined;
  readonly offset?: Tensor | undefined;
}

export interface ExpertLinearOutputs {
  /** [M,N], or [M,F] with a gated gate. */
  readonly y: Tensor;
}

export interface ExpertLinearAttributes {
  /** N: rows of the weight that one slot takes. */
  readonly rowsPerExpert: number;
  /** Factor of the residual, 1 unless given. */
  readonly residualScale?: number | undefined;
  readonly gate?: { readonly kind: LinearActivation; readonly gated: boolean; readonly branches: number } | undefined;
}

export interface ExpertLinearSizes {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly E: number;
  /** Columns of y. */
  readonly columns: number;
}

export function expertLinearSizes(inputs: ExpertLinearInputs, attributes: ExpertLinearAttributes): ExpertLinearSizes {
  const K = axis(inputs.x, -1);
  const N = attributes.rowsPerExpert;
  const M = elements(inputs.x.shape) / K;
  return {
    M,
    N,
    K,
    E: axis(inputs.places, 0) - 1 - M,
    columns: attributes.gate?.gated ? N / 2 : N,
  };
}

export function expertLinearOutputs(
  inputs: ExpertLinearInputs,
  attributes: ExpertLinearAttributes,
): { readonly y: TensorSpec } {
  const { weight, slots } = inputs;
  const { gate } = attributes;
  const { M, N, K, E, columns } = expertLinearSizes(inputs, attributes);
  const { name } = weight;
  expectShape('expertLinear', weight, [axis(weight, 0), K], 'as many columns as x has');
  if (axis(weight, 0) % N !== 0) {
    throw new RangeError(`${name} has ${axis(weight, 0)} rows: no whole number of matrices of ${N} rows.`);
  }
  if (!slots && axis(weight, 0) !== E * N) {
    throw new RangeError(
      `${name} has ${axis(weight, 0)} rows: ${E} experts of ${N} rows need ${E * N}, or a slot table.`,
    );
  }
  expectShape('expertLinear', inputs.expert, [M], 'the expert of each row of x');
  expectShape('expertLinear', slots, [E], 'one slot an expert');
  expectShape('expertLinear', inputs.window, [4], 'first place, end, 0, 0');
  expectShape('expertLinear', inputs.residual, [M, columns], 'the shape of the output');
  expectShape('expertLinear', inputs.scale, [gate?.branches ?? 0, columns], 'one row a branch');
  expectShape('expertLinear', inputs.offset, [gate?.branches ?? 0, columns], 'one row a branch');
  if (gate && inputs.residual) throw new RangeError(`${name}: a gate is the last step; it takes no residual.`);
  if (gate?.gated && N % 2 !== 0) throw new RangeError(`${name}: a gated FFN needs an even number of rows, not ${N}.`);
  if (!inputs.scale !== !inputs.offset || (gate?.branches ?? 1) > 1 !== (inputs.scale !== undefined)) {
    throw new RangeError(`${name}: scale and offset come together, and exactly when a gate has more than one branch.`);
  }
  return { y: { shape: [M, columns], element: 'f32' } };
}
