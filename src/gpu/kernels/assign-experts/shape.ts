/**
 * The interface of `assignExperts` and its shape rule: which expert each row goes to, and the rows in the order of their experts.
 *
 * Not balanced, the expert of a row is the argmax of its scores, the smaller index of equals. Balanced, it is the assignment of
 * BASE's auction (CPM-2's training): every expert gets exactly M / E rows.
 */
import { axis, elements, type Tensor, type TensorSpec } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';

export interface AssignExpertsInputs {
  /** [M,E]. */
  readonly scores: Tensor;
  /** u32[4]: the second is how many rows count, at most M; later rows are left out. All count where there is none. */
  readonly cursor?: Tensor | undefined;
  /**
   * u32[4]: a balanced assignment is one only while the first is not 0, else it is the argmax. So a training graph reads held-out
   * text as inference does. Always balanced where there is none.
   */
  readonly balance?: Tensor | undefined;
}

export interface AssignExpertsOutputs {
  /** u32[M]: the expert of each row, `noExpert` where the row does not count. */
  readonly expert: Tensor;
  /**
   * u32[E+1+M], one tensor because a kernel has no more than eight bindings. First E+1 starts: expert e owns the places
   * starts[e] ≤ i < starts[e+1]. Then M rows, one a place: those that count, sorted by expert, ties by row; what follows them
   * is not written.
   */
  readonly places: Tensor;
  /** Scratch of an auction, balanced only: what each row costs, f32[M]; u32[E,M] and u32[2,M] that only kernels for the GPU use. */
  readonly price?: Tensor;
  readonly candidates?: Tensor;
  readonly offers?: Tensor;
}

export interface AssignExpertsAttributes {
  readonly balanced: boolean;
}

export const noExpert = 0xffff_ffff;

/** The auction's: up to here an expert keeps what it holds for a bid of ε, whatever the price. */
export const pinnedRounds = 100;

/** And here it is broken off. Random scores of 8 to 2,048 rows and 2 to 64 experts took 2 to 64 rounds. */
export const mostRounds = 200;

/** As many as the config allows; kernels size their memory by it. */
export const mostExperts = 64;

export function assignExpertsSizes({ scores }: AssignExpertsInputs): { readonly M: number; readonly E: number } {
  const E = axis(scores, -1);
  return { M: elements(scores.shape) / E, E };
}

export function assignExpertsOutputs(
  inputs: AssignExpertsInputs,
  { balanced }: AssignExpertsAttributes,
): { expert: TensorSpec; places: TensorSpec; price?: TensorSpec; candidates?: TensorSpec; offers?: TensorSpec } {
  const { M, E } = assignExpertsSizes(inputs);
  if (E > mostExperts) throw new RangeError(`${inputs.scores.name} scores ${E} experts: at most ${mostExperts} fit.`);
  if (balanced && M % E !== 0) {
    throw new RangeError(`${M} rows cannot be shared equally by ${E} experts: choose a multiple of ${E} rows.`);
  }
  if (balanced && inputs.cursor) throw new RangeError('A balanced assignment shares out all rows: it takes no cursor.');
  if (inputs.balance && !balanced) throw new RangeError('A balance switch belongs to a balanced assignment.');
  expectShape('assignExperts', inputs.balance, [4], 'whether to balance, 0, 0, 0');
  expectShape('assignExperts', inputs.cursor, [4], 'position, rows, prefix length, 0');
  return {
    expert: { shape: [M], element: 'u32' },
    places: { shape: [E + 1 + M], element: 'u32' },
    ...(balanced && {
      price: { shape: [M], element: 'f32' as const },
      candidates: { shape: [E, M], element: 'u32' as const },
      offers: { shape: [2, M], element: 'u32' as const },
    }),
  };
}
