/** How each kernel of `expertLinear` is launched: which node it takes, its flags and its grid. */
import type { Launch, Node, Traits, Variant } from '../../../graph/operation';
import { activationCodes } from '../activate/shape';
import { grid } from '../grid';
import { isHalf } from '../half';
import matmulGroupKernel from './matmul-group.wgsl?raw';
import matmulThreadKernel from './matmul-thread.wgsl?raw';
import matvecGroupKernel from './matvec-group.wgsl?raw';
import matvecThreadKernel from './matvec-thread.wgsl?raw';
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
const tokenBindings = ['x', 'weight', 'expert', 'slots', 'window', 'residualOrScale', 'offset', 'y'] as const;

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

const matvecThread: ExpertLinearVariant = {
  name: 'matvec-thread',
  family: 'thread',
  wgsl: matvecThreadKernel,
  bindings: tokenBindings,
  supports: isToken,
  launch: (node, traits) => {
    const threads = 4;
    const { constants, ...rest } = body(node, traits, 'expert');
    return {
      ...rest,
      constants: { ...constants, WORKGROUP: threads },
      workgroups: grid(Math.ceil(columnGroups(node, 4) / threads)),
    };
  },
};

const matvecGroup: ExpertLinearVariant = {
  name: 'matvec-group',
  family: 'group',
  wgsl: matvecGroupKernel,
  bindings: tokenBindings,
  supports: isToken,
  launch: (node, traits) => {
    const { constants, ...rest } = body(node, traits, 'expert');
    // A lane takes eight elements at a time: 32 lanes reach 256, more of them would have nothing to do.
    const lanes = sizesOf(node).K <= 256 ? 32 : 64;
    return { ...rest, constants: { ...constants, WORKGROUP: lanes }, workgroups: grid(columnGroups(node, 4)) };
  },
};

const matmulThread: ExpertLinearVariant = {
  name: 'matmul-thread',
  family: 'thread',
  wgsl: matmulThreadKernel,
  bindings: rowBindings,
  supports: isProduct,
  launch: (node, traits) => {
    const threads = 4;
    const { constants, ...rest } = body(node, traits, 'places');
    return {
      ...rest,
      constants: { ...constants, WORKGROUP: threads },
      workgroups: [Math.ceil(columnGroups(node, 8) / threads), rowTiles(node, 16), 1],
    };
  },
};

const matmulGroup: ExpertLinearVariant = {
  name: 'matmul-group',
  family: 'group',
  wgsl: matmulGroupKernel,
  bindings: rowBindings,
  supports: isProduct,
  launch: (node, traits) => ({
    ...body(node, traits, 'places'),
    workgroups: [Math.ceil(sizesOf(node).columns / 32), rowTiles(node, 32), 1],
  }),
};

/** A step of generation. */
function isToken(node: ExpertLinearNode): boolean {
  const { M, K } = sizesOf(node);
  return M === 1 && K % 8 === 0;
}

/** Many rows, in tiles that are numbered in two dimensions of 65,535. */
function isProduct(node: ExpertLinearNode): boolean {
  const { M, K, columns } = sizesOf(node);
  return M > 1 && K % 4 === 0 && rowTiles(node, 16) <= 65535 && columns / 16 <= 65535;
}

/** Each expert fills its last tile with less than a tile: more than this are never needed. */
function rowTiles(node: ExpertLinearNode, rows: number): number {
  const { M, E } = sizesOf(node);
  return Math.floor(M / rows) + Math.min(M, E);
}

/** Parts of y that a thread or workgroup owns: what `rows` rows of a matrix make, half as many columns of a gated FFN. */
function columnGroups(node: ExpertLinearNode, rows: number): number {
  return Math.ceil(sizesOf(node).columns / (node.attributes.gate?.gated ? rows / 2 : rows));
}

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

export const expertLinearVariants: readonly ExpertLinearVariant[] = [
  naive,
  matvecThread,
  matvecGroup,
  matmulThread,
  matmulGroup,
];
