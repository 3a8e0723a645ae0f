/** How the kernels of `assignExperts` are launched. */
import type { Launch, Node, Variant } from '../../../graph/operation';
import { elements } from '../../../graph/tensor';
import groupKernel from './group.wgsl?raw';
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
const groupBindings = [...bindings, 'candidates', 'offers'] as const;

/** Scores of an auction that one thread gets through in a few milliseconds, and rows for whose argmax a workgroup is too many. */
const mostAuctioned = 1024;
const fewRows = 8;

const naive: AssignExpertsVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: ({ inputs, attributes }) => !attributes.balanced || elements(inputs.scores.shape) <= mostAuctioned,
  launch: (node) => launch(node, bindings),
};

const group: AssignExpertsVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings: groupBindings,
  supports: ({ inputs }) => assignExpertsSizes(inputs).M > fewRows,
  launch: (node) => launch(node, groupBindings),
};

function launch({ inputs, outputs, attributes }: AssignExpertsNode, bound: readonly string[]): Launch {
  const { M, E } = assignExpertsSizes(inputs);
  const tensors = Object.entries({ ...inputs, ...outputs }).filter(([name]) => bound.includes(name));
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
    tensors: Object.fromEntries(tensors),
    workgroups: [1, 1, 1],
  };
}

export const assignExpertsVariants: readonly AssignExpertsVariant[] = [naive, group];
