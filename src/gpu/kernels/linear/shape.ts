/**
 * The interface of `linear` and its shape rule.
 *
 *     y[M,N] = act(norm(x[M,K]) · weight[N,K]ᵀ + bias[≤N]) + x2[M,off:off+K2] · weight2[N,K2]ᵀ + residualScale · residual[M,N]
 *
 * or, with a gate (the activation of an FFN), y[M,F] = S(z[:, :F]) ⊙ z[:, F:] of the first product z (gated, N = 2F) or
 * S(z) (plain, N = F), where S(z) = Σᵢ act(scale[i] ⊙ z + offset[i]) over n branches.
 */
import { axis, elements, shapeText, type Tensor, type TensorSpec } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';

export interface LinearInputs {
  readonly x: Tensor;
  readonly weight: Tensor;
  /** May be shorter than N: the rows of the weight beyond it have none. */
  readonly bias?: Tensor | undefined;
  /** Second product, added after the activation. */
  readonly x2?: Tensor | undefined;
  readonly weight2?: Tensor | undefined;
  readonly residual?: Tensor | undefined;
  /** Weight and bias of the norm that is taken of x first. */
  readonly gain?: Tensor | undefined;
  readonly shift?: Tensor | undefined;
  /** Series activation of the gate, each [n,F]; absent with a single branch. */
  readonly scale?: Tensor | undefined;
  readonly offset?: Tensor | undefined;
}

export interface LinearOutputs {
  readonly y: Tensor;
  /** norm(x) [M,K], with `keepNormed`. */
  readonly normed?: Tensor;
}

export type LinearActivation = 'silu' | 'gelu' | 'relu';

export interface LinearAttributes {
  /** Factor of the residual, 1 unless given. */
  readonly residualScale?: number | undefined;
  /** First column of x2 that is used, 0 unless given. */
  readonly x2Offset?: number | undefined;
  readonly norm?: { readonly kind: 'rms' | 'layer'; readonly epsilon: number } | undefined;
  /** Applied to the columns from `from` on, before the second product and the residual. */
  readonly activation?: { readonly kind: LinearActivation; readonly from: number } | undefined;
  readonly gate?: { readonly kind: LinearActivation; readonly gated: boolean; readonly branches: number } | undefined;
  readonly keepNormed?: boolean | undefined;
}

export interface LinearSizes {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  /** Columns of y: N, or F of a gated FFN. */
  readonly columns: number;
  /** Inner size of the second product, 0 without one. */
  readonly K2: number;
  /** Columns of x2. */
  readonly stride2: number;
  /** Rows of the weight that have a bias. */
  readonly biasRows: number;
}

/** Optional inputs that one kernel can bind beside x, weight, y and normed: WebGPU grants 8 storage buffers. */
export const optionalLimit = 4;

/** The optional inputs that are there. */
export function optionalInputs(inputs: LinearInputs): [keyof LinearInputs, Tensor][] {
  const names = ['bias', 'x2', 'weight2', 'residual', 'gain', 'shift', 'scale', 'offset'] as const;
  return names.flatMap((name) => {
    const tensor = inputs[name];
    return tensor ? [[name, tensor] as [keyof LinearInputs, Tensor]] : [];
  });
}

export function linearSizes(inputs: LinearInputs, attributes: LinearAttributes): LinearSizes {
  const K = axis(inputs.x, -1);
  const N = axis(inputs.weight, 0);
  return {
    M: elements(inputs.x.shape) / K,
    N,
    K,
    columns: attributes.gate?.gated ? N / 2 : N,
    K2: inputs.weight2 ? axis(inputs.weight2, 1) : 0,
    stride2: inputs.x2 ? axis(inputs.x2, -1) : 0,
    biasRows: inputs.bias ? elements(inputs.bias.shape) : 0,
  };
}

/** Shapes of y and normed; throws a sentence when the inputs do not fit together. */
export function linearOutputs(
  inputs: LinearInputs,
  attributes: LinearAttributes,
): { y: TensorSpec; normed?: TensorSpec } {
  const { weight, weight2, x2 } = inputs;
  const { gate, norm, activation } = attributes;
  const { M, N, K, columns, K2, stride2, biasRows } = linearSizes(inputs, attributes);

  expectShape('linear', weight, [N, K], 'as many columns as x has');
  if (inputs.bias && biasRows > N) {
    throw new RangeError(
      `${inputs.bias.name} has shape ${shapeText(inputs.bias.shape)}; linear expects at most ${N} values: one a row of the weight.`,
    );
  }
  expectShape('linear', inputs.residual, [M, columns], 'the shape of the output');
  expectShape('linear', inputs.gain, [K], 'one value a column of x');
  expectShape('linear', inputs.shift, [K], 'one value a column of x');
  expectShape('linear', x2, [M, stride2], 'as many rows as x has');
  expectShape('linear', weight2, [columns, K2], 'one row a column of the output');
  expectShape('linear', inputs.scale, [gate?.branches ?? 0, columns], 'one row a branch');
  expectShape('linear', inputs.offset, [gate?.branches ?? 0, columns], 'one row a branch');

  const { name } = weight;
  const x2Offset = attributes.x2Offset ?? 0;
  if (!x2 !== !weight2) throw new RangeError(`${name}: a second product needs both x2 and weight2.`);
  if (x2Offset + K2 > stride2) {
    throw new RangeError(
      `${name}: x2 has ${stride2} columns, the second product asks for ${x2Offset} to ${x2Offset + K2}.`,
    );
  }
  if (!norm !== !inputs.gain)
    throw new RangeError(`${name}: a norm needs the attribute norm and the input gain, both.`);
  if (inputs.shift && !norm) throw new RangeError(`${name}: a shift belongs to a norm, and there is none.`);
  if (attributes.keepNormed && !norm) throw new RangeError(`${name}: there is no norm whose output could be kept.`);
  if (gate && (weight2 || inputs.residual || activation)) {
    throw new RangeError(`${name}: a gate is the last step; it takes no second product, residual or activation.`);
  }
  if (gate?.gated && N % 2 !== 0) throw new RangeError(`${name}: a gated FFN needs an even number of rows, not ${N}.`);
  if (!inputs.scale !== !inputs.offset || (gate?.branches ?? 1) > 1 !== (inputs.scale !== undefined)) {
    throw new RangeError(`${name}: scale and offset come together, and exactly when a gate has more than one branch.`);
  }
  const optional = optionalInputs(inputs);
  if (optional.length > optionalLimit) {
    const names = optional.map(([key]) => key).join(', ');
    throw new RangeError(
      `${name}: ${names} are ${optional.length} optional inputs; a kernel binds at most ${optionalLimit}. Make the norm a node of its own.`,
    );
  }
  return {
    y: { shape: [M, columns], element: 'f32' },
    ...(attributes.keepNormed ? { normed: { shape: [M, K], element: 'f32' } as const } : {}),
  };
}
