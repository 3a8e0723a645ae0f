/**
 * What the optimisers share: they walk the flat buffers chunk by chunk, obey the record of the step, and say how much each
 * chunk changed.
 */
import { chunkSize } from '../../../graph/flat';
import type { Memory, Numbers, Uniform } from '../../../graph/operation';
import { axis, elements, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { chunksOf, otherOptimiser, recordAt, recordLength } from './record';

/** Inputs of every optimiser; all but the last three are also written. */
export interface OptimiserInputs {
  /** f32[P]. */
  readonly parameters: Tensor;
  /** f32[P]; set to 0 for the next step, unless the step is not finite. */
  readonly gradients: Tensor;
  /** f32[P]: first moment, or momentum. */
  readonly first: Tensor;
  /** u32[P/256]: row of `rules` for each chunk, or `otherOptimiser`. */
  readonly groups: Tensor;
  /** f32[n, 4]: factor of the learning rate, weight decay, 0, 0. */
  readonly rules: Tensor;
  /** f32[32], of `stepRecord`. */
  readonly record: Tensor;
}

export interface OptimiserOutputs {
  /** f32[P/256, 2]: Σ Δw² and Σ w² after the step; 0 where the step is not finite, not written for other optimisers' chunks. */
  readonly changes: Tensor;
}

/** Checks the shapes of an optimiser and returns its output's; throws a sentence. */
export function optimiserOutputs(
  operation: string,
  inputs: OptimiserInputs & { readonly second?: Tensor },
): { readonly changes: { readonly shape: readonly number[]; readonly element: 'f32' } } {
  const { parameters, gradients, first, second, groups, rules, record } = inputs;
  const chunks = chunksOf(parameters);
  for (const flat of [gradients, first, second]) {
    expectShape(operation, flat, [elements(parameters.shape)], 'as many elements as the parameters');
  }
  expectShape(operation, groups, [chunks], 'the group of each chunk');
  expectShape(operation, rules, [axis(rules, 0), 4], 'factor of the learning rate, weight decay, 0, 0');
  expectShape(operation, record, [recordLength], 'the record of the step');
  return { changes: { shape: [chunks, 2], element: 'f32' } };
}

export function optimiserUniforms(inputs: OptimiserInputs): Uniform[] {
  return [{ name: 'chunks', u32: chunksOf(inputs.parameters) }];
}

/** What a rule does with element `i`: returns the new weight, given the clipped gradient. */
export type ElementRule = (i: number, gradient: number, keep: number, rate: number) => number;

/** The walk of every optimiser's twin; `rule` is called for each element of the optimiser's own chunks. */
export function walkChunks(
  { parameters, gradients, groups, rules, record }: Memory<OptimiserInputs>,
  changes: Numbers,
  rule: ElementRule,
): void {
  groups.forEach((group, chunk) => {
    if (group === otherOptimiser) return;
    let changed = 0;
    let held = 0;
    if (record[recordAt.finite] === 1) {
      const rate = (record[recordAt.update] as number) * (rules[4 * group] as number);
      const keep = 1 - rate * (rules[4 * group + 1] as number);
      for (let i = chunk * chunkSize; i < (chunk + 1) * chunkSize; i++) {
        const before = parameters[i] as number;
        const after = rule(i, (record[recordAt.clip] as number) * (gradients[i] as number), keep, rate);
        parameters[i] = after;
        gradients[i] = 0;
        changed += (after - before) * (after - before);
        held += after * after;
      }
    }
    changes[2 * chunk] = changed;
    changes[2 * chunk + 1] = held;
  });
}
