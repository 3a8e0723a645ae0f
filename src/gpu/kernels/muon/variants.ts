/** How the kernels of Muon's three operations are launched. */
import type { Launch, Node, Variant } from '../../../graph/operation';
import { axis, elements } from '../../../graph/tensor';
import { chunksOf } from '../gradient-norm/record';
import { grid } from '../grid';
import type { MuonApplyAttributes, MuonApplyInputs } from './apply';
import applyGroupKernel from './apply-group.wgsl?raw';
import applyNaiveKernel from './apply-naive.wgsl?raw';
import applyThreadKernel from './apply-thread.wgsl?raw';
import type { MuonLookAttributes, MuonLookInputs, MuonLookOutputs } from './look';
import lookNaiveKernel from './look-naive.wgsl?raw';
import lookThreadKernel from './look-thread.wgsl?raw';
import productGroupKernel from './product-group.wgsl?raw';
import productNaiveKernel from './product-naive.wgsl?raw';
import type { MuonProductAttributes, MuonProductInputs, MuonProductOutputs } from './product-shape';
import productThreadKernel from './product-thread.wgsl?raw';

type ApplyNode = Node<MuonApplyInputs, object, MuonApplyAttributes>;
type ApplyVariant = Variant<MuonApplyInputs, object, MuonApplyAttributes>;
type LookNode = Node<MuonLookInputs, MuonLookOutputs, MuonLookAttributes>;
type LookVariant = Variant<MuonLookInputs, MuonLookOutputs, MuonLookAttributes>;
type ProductNode = Node<MuonProductInputs, MuonProductOutputs, MuonProductAttributes>;
type ProductVariant = Variant<MuonProductInputs, MuonProductOutputs, MuonProductAttributes>;

function applyVariant(
  name: string,
  family: ApplyVariant['family'],
  wgsl: string,
  chunksEachWorkgroup: number,
  supports: ApplyVariant['supports'],
): ApplyVariant {
  return {
    name,
    family,
    wgsl,
    bindings: ['parameters', 'iterate', 'groups', 'lengths', 'rules', 'record', 'changes'],
    supports,
    launch: ({ inputs }: ApplyNode) => ({
      uniforms: [{ name: 'chunks', u32: chunksOf(inputs.parameters) }],
      tensors: { ...inputs },
      workgroups: grid(Math.ceil(chunksOf(inputs.parameters) / chunksEachWorkgroup)),
    }),
  };
}

function lookVariant(name: string, family: LookVariant['family'], wgsl: string, elementsEach: number): LookVariant {
  return {
    name,
    family,
    wgsl,
    bindings: ['gradients', 'first', 'lengths', 'record', 'look'],
    supports: () => true,
    launch: ({ inputs, outputs, attributes }: LookNode) => ({
      uniforms: [
        { name: 'chunks', u32: chunksOf(inputs.first) },
        { name: 'momentum', f32: attributes.momentum },
      ],
      tensors: { ...inputs, ...outputs },
      workgroups: grid(Math.ceil(elements(inputs.first.shape) / elementsEach / 64)),
    }),
  };
}

/** Numbers of the steps in the kernels. */
const codes = { gram: 0, polynomial: 1, iterate: 2 } as const satisfies Record<MuonProductAttributes['step'], number>;

function productVariant(
  name: string,
  family: ProductVariant['family'],
  wgsl: string,
  supports: ProductVariant['supports'],
): ProductVariant {
  return { name, family, wgsl, bindings: ['left', 'right', 'gram', 'tiles', 'out'], supports, launch: launchProduct };
}

function launchProduct({ inputs, outputs, attributes }: ProductNode): Launch {
  const tiles = axis(inputs.tiles, 0);
  return {
    uniforms: [
      { name: 'tiles', u32: tiles },
      { name: 'step', u32: codes[attributes.step] },
      { name: 'first', u32: Number(inputs.gram !== undefined) },
      { name: 'last', u32: Number(attributes.last) },
    ],
    tensors: { ...inputs, ...outputs },
    workgroups: grid(tiles),
  };
}

export const muonApplyVariants: readonly ApplyVariant[] = [
  applyVariant('naive', 'naive', applyNaiveKernel, 64, () => true),
  applyVariant('chunk-thread', 'thread', applyThreadKernel, 16, ({ attributes }) => attributes.aligned),
  applyVariant('group', 'group', applyGroupKernel, 1, () => true),
];

export const muonLookVariants: readonly LookVariant[] = [
  lookVariant('naive', 'naive', lookNaiveKernel, 1),
  lookVariant('vector-thread', 'thread', lookThreadKernel, 4),
];

export const muonProductVariants: readonly ProductVariant[] = [
  productVariant('naive', 'naive', productNaiveKernel, () => true),
  productVariant('tile-thread', 'thread', productThreadKernel, ({ attributes }) => attributes.aligned),
  productVariant('group', 'group', productGroupKernel, () => true),
];
