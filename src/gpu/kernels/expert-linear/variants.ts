/** How each kernel of `expertLinear` is launched: which node it takes, its flags and its grid. */
import type { Launch, Node, Traits, Variant } from '../../../graph/operation';
import { activationCodes } from '../activate/shape';
import { grid } from '../grid';
import { isHalf } from '../half';
import naiveKernel from './naive.wgsl?raw';
import {
  type ExpertLinearAttributes,
  type ExpertLinearInputs,
  type ExpertLinearOutputs,
  expertLinearSizes,
} from './shape';

type ExpertLinearNode = Node<ExpertLinearInputs, ExpertLinearOutputs, ExpertLinearAttributes>;
type ExpertLinearVariant = Variant<ExpertLinearInputs, ExpertLinearOutputs, ExpertLinearAttributes>;
interface Body extends Omit<Launch, 'workgroups'> {
  readonly constants: Readonly<Record<string, number>>;
}

/** A residual and the scales of a gate's series never meet: they share a binding. */
const rowBindings = ['x', 'weight', 'places', 'slots', 'window', 'residualOrScale', 'offset', 'y'] as const;

const naive: ExpertLinearVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings: rowBindings,
  supports: () => true,
  launch: (node, traits) => {
    const { M, columns } = sizesOf(node);
    return { ...body(node, traits, 'places'), workgroups: grid(Math.ceil((M * columns) / 64)) };
  },
};

/** Flags, sizes and tensors; `order` is what says which row has which expert. */
function body({ inputs, outputs, attributes }: ExpertLinearNode, traits: Traits, order: 'places' | 'expert'): Body {
  const { gate, residualScale = 1 } = attributes;
  const { M, N, K, E, columns } = expertLinearSizes(inputs, attributes);
  const { x, weight, slots, window, residual, scale, offset } = inputs;
  return {
    constants: {
      HALF: Number(isHalf(traits, weight)),
      SLOTS: Number(slots !== undefined),
      WINDOW: Number(window !== undefined),
      RESIDUAL: Number(residual !== undefined),
      SERIES: Number(scale !== undefined),
      GATE: gate ? activationCodes[gate.kind] : 0,
      GATED: Number(gate?.gated ?? false),
    },
    uniforms: [
      { name: 'M', u32: M },
      { name: 'N', u32: N },
      { name: 'K', u32: K },
      { name: 'E', u32: E },
      { name: 'columns', u32: columns },
      { name: 'branches', u32: gate?.branches ?? 1 },
      { name: 'residualScale', f32: residualScale },
    ],
    tensors: {
      x,
      weight,
      [order]: inputs[order],
      slots,
      window,
      residualOrScale: residual ?? scale,
      offset,
      y: outputs.y,
    },
  };
}

function sizesOf(node: ExpertLinearNode) {
  return expertLinearSizes(node.inputs, node.attributes);
}

export const expertLinearVariants: readonly ExpertLinearVariant[] = [naive];
