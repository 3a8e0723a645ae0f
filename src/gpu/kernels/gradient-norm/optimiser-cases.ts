/** Inputs for the tests of the optimisers, and the walk over several steps. */
import type { Operation } from '../../../graph/operation';
import { type Given, noise, runVariants } from '../parity';
import { otherOptimiser, recordAt, recordLength, type StepRule, updateOf } from './record';

// A type and not an interface: it then counts as a record of givens.
export type OptimiserGivens = {
  readonly parameters: Given;
  readonly gradients: Given;
  readonly first: Given;
  readonly second?: Given;
  readonly groups: Given;
  readonly rules: Given;
  readonly record: Given;
};

export interface RecordCase {
  readonly clip?: number;
  readonly finite?: boolean;
}

/** The record that `stepRecord` would leave at step t. */
export function recordOf(rule: StepRule, t: number, { clip = 1, finite = true }: RecordCase = {}): Given {
  const values = new Float32Array(recordLength);
  values[recordAt.clip] = clip;
  values[recordAt.finite] = Number(finite);
  values.set(updateOf(rule, t).subarray(0, recordLength - recordAt.update), recordAt.update);
  return { shape: [recordLength], values };
}

/** Factor of the learning rate and weight decay of three groups. */
export const rules: Given = { shape: [3, 4], values: [1, 0.1, 0, 0, 0.5, 0, 0, 0, 2, 0.01, 0, 0] };

/** Noise in every buffer; each chunk belongs to one of the three groups, `others` of them to another optimiser. */
export function optimiserGivens(
  chunks: number,
  record: Given,
  others: readonly number[] = [],
): OptimiserGivens & { readonly second: Given } {
  const flat = (seed: number, change: (value: number) => number = (value) => value): Given => ({
    shape: [256 * chunks],
    values: noise(256 * chunks, seed).map(change),
  });
  const groups = Array.from({ length: chunks }, (_, chunk) => (others.includes(chunk) ? otherOptimiser : chunk % 3));
  return {
    parameters: flat(1),
    gradients: flat(2),
    first: flat(3, (value) => value * 0.3),
    second: flat(4, (value) => value * value * 0.1),
    groups: { shape: [chunks], values: groups, element: 'u32' },
    rules,
    record,
  };
}

/**
 * The parameters after several steps of one kernel: `gradientsOf` gives step t = 1, 2, … its gradients, everything else is
 * carried on as the kernel left it.
 */
export async function parametersAfter(
  // biome-ignore lint/suspicious/noExplicitAny: as in parity.ts
  operation: Operation<any, any, object>,
  variant: string,
  start: OptimiserGivens,
  steps: number,
  rule: StepRule,
  gradientsOf: (t: number) => ArrayLike<number>,
): Promise<ArrayLike<number>> {
  let inputs: OptimiserGivens & Record<string, Given> = { ...start };
  for (let t = 1; t <= steps; t++) {
    const gradients = { shape: start.parameters.shape, values: gradientsOf(t) };
    const test = { inputs: { ...inputs, gradients, record: recordOf(rule, t) }, attributes: {}, variants: [variant] };
    for (const { tensor, gpu } of await runVariants(operation, test)) {
      const given = inputs[tensor];
      if (given) inputs = { ...inputs, [tensor]: { ...given, values: gpu } };
    }
  }
  return inputs.parameters.values;
}
