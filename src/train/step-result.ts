/** The numbers of a step, read from what the optimiser's graph leaves behind: the same for every backend. */

import { largestGradient } from '../gpu/kernels/gradient-norm/gradient-squares';
import { mostGroups, recordAt } from '../gpu/kernels/gradient-norm/record';
import { viewOf } from '../graph/flat';
import type { Numbers } from '../graph/operation';
import { parameterGroups } from './curves';
import type { TrainingPlan } from './plan';
import type { StepResult } from './trainer';

/** `record` and `ratios` are the states of that name; `counted` targets went into the sum of losses. */
export function stepResult(record: Numbers, ratios: Numbers, counted: number): StepResult {
  const groups = parameterGroups.length;
  if (groups > mostGroups) throw new RangeError(`${groups} groups of parameters; ${mostGroups} fit into a record.`);
  return {
    loss: (record[recordAt.loss] ?? Number.NaN) / Math.max(1, counted),
    gradientNorm: record[recordAt.norm] ?? Number.NaN,
    groupNorms: Array.from(record.subarray(recordAt.groups, recordAt.groups + groups)),
    updateRatios: Array.from(ratios.subarray(0, groups)),
    finite: record[recordAt.finite] === 1,
  };
}

/** The first parameter, from the loss on, whose gradient is not finite; `gradients` is the flat array. */
export function firstUnsound(
  { layout, training }: TrainingPlan,
  gradients: Float32Array | Float64Array,
): string | null {
  const unsound = training.learning.find((parameter) => {
    const entry = layout.entries.get(parameter.name);
    return entry && !viewOf(gradients, entry).every((value) => Math.abs(value) < largestGradient);
  });
  return unsound?.name ?? null;
}
