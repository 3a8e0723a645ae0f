/** How the kernels of `assignExperts` are launched. */
import type { Launch, Node, Variant } from '../../../graph/operation';
import naiveKernel from './naive.wgsl?raw';
import {
  type AssignExpertsAttributes,
  type AssignExpertsInputs,
  type AssignExpertsOutputs,
  assignExpertsSizes,
  mostRounds,
  pinnedRounds,
} from './shape';

type AssignExpertsNode = Node<AssignExpertsInputs, AssignExpertsOutputs, AssignExpertsAttributes>;
type AssignExpertsVariant = Variant<AssignExpertsInputs, AssignExpertsOutputs, AssignExpertsAttributes>;

const bindings = ['scores', 'cursor', 'balance', 'expert', 'places', 'price'] as const;

const naive: AssignExpertsVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch,
};

function launch({ inputs, outputs, attributes }: AssignExpertsNode): Launch {
  const { M, E } = assignExpertsSizes(inputs);
  return {
    constants: {
      BALANCED: Number(attributes.balanced),
      SWITCHED: Number(inputs.balance !== undefined),
      CURSOR: Number(inputs.cursor !== undefined),
    },
    uniforms: [
      { name: 'M', u32: M },
      { name: 'E', u32: E },
      { name: 'pinnedRounds', u32: pinnedRounds },
      { name: 'mostRounds', u32: mostRounds },
    ],
    tensors: { ...inputs, ...outputs },
    workgroups: [1, 1, 1],
  };
}

export const assignExpertsVariants: readonly AssignExpertsVariant[] = [naive];
