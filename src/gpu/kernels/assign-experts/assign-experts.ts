/**
 * Which expert each row goes to: the argmax of its scores, or, while a CPM-2 model trains, a balanced assignment by auction.
 * `twin.ts` has the rules. Nothing is differentiable here: a choice has no gradient.
 */
import type { Operation } from '../../../graph/operation';
import { elements } from '../../../graph/tensor';
import {
  type AssignExpertsAttributes,
  type AssignExpertsInputs,
  type AssignExpertsOutputs,
  assignExpertsOutputs,
} from './shape';
import { assignExpertsTwin } from './twin';

export const assignExperts: Operation<AssignExpertsInputs, AssignExpertsOutputs, AssignExpertsAttributes> = {
  name: 'assignExperts',
  outputs: assignExpertsOutputs,
  /** A comparison a score; how many rounds an auction takes depends on the scores. */
  flops: ({ inputs }) => elements(inputs.scores.shape),
  twin: assignExpertsTwin,
  variants: [],
  fetchVariants: async () => (await import('./variants')).assignExpertsVariants,
};
