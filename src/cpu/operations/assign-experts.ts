/** `assignExperts`: one unit of `kernels/assign-experts.ts`. */
import {
  type AssignExpertsAttributes,
  type AssignExpertsInputs,
  type AssignExpertsOutputs,
  assignExpertsSizes,
  mostRounds,
  pinnedRounds,
} from '../../gpu/kernels/assign-experts/shape';
import type { Lowering } from '../command';

/** Arrays of M that the auction needs beside the scores of each expert: `Room` in the kernel. */
const roomArrays = 7;

export const assignExperts: Lowering<AssignExpertsInputs, AssignExpertsOutputs, AssignExpertsAttributes> = (
  { inputs, outputs },
  at,
  scratch,
) => {
  const { M, E } = assignExpertsSizes(inputs);
  const wholeRows = Math.ceil(M / 4) * 4;
  const room = outputs.price ? scratch(4 * ((roomArrays + E) * wholeRows + 2 * E)) : 0;
  const args = [
    ...[inputs.scores, inputs.cursor, inputs.balance, outputs.expert, outputs.places, outputs.price].map(at),
    ...[M, E, mostRounds, pinnedRounds, room],
  ];
  return [{ kernel: 'assignExperts', args, units: 1 }];
};
