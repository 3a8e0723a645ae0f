/**
 * One product of Muon's Newton–Schulz iteration X ← a X + (b A + c A²) X, A = X Xᵀ, for all matrices of a model in one dispatch: a
 * table says which tile of which matrix each workgroup computes (see matrices.ts). Three steps make an iteration:
 *
 *   gram        left = right = X        out = A
 *   polynomial  left = right = A        out = B = b A + c A²
 *   iterate     left = B, right = X     out = a X + B X
 *
 * The first iteration gets A as `gram` too and divides X by its norm, which is the root of A's trace. Source: Jordan, "Muon"
 * (2024); the size of the update, 0.2 · √l, from Liu et al., "Muon is scalable for LLM training" (2502.16982).
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { axis, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import { tileLength, tileSide } from './matrices';
import groupKernel from './product-group.wgsl?raw';
import naiveKernel from './product-naive.wgsl?raw';
import type { MuonProductAttributes, MuonProductInputs, MuonProductOutputs } from './product-shape';
import threadKernel from './product-thread.wgsl?raw';
import { muonProductTwin } from './product-twin';

type ProductNode = Node<MuonProductInputs, MuonProductOutputs, MuonProductAttributes>;
type ProductVariant = Variant<MuonProductInputs, MuonProductOutputs, MuonProductAttributes>;

/** Numbers of the steps in the kernels. */
const codes = { gram: 0, polynomial: 1, iterate: 2 } as const satisfies Record<MuonProductAttributes['step'], number>;

function variant(
  name: string,
  family: ProductVariant['family'],
  wgsl: string,
  supports: ProductVariant['supports'],
): ProductVariant {
  return { name, family, wgsl, bindings: ['left', 'right', 'gram', 'tiles', 'out'], supports, launch };
}

function launch({ inputs, outputs, attributes }: ProductNode): Launch {
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

/** Multiply-adds of the tiles in a table, two each. */
function flopsOf(tiles: Tensor, step: MuonProductAttributes['step']): number {
  const table = tiles.initial ?? new Uint32Array();
  let flops = 0;
  for (let tile = 0; tile < table.length; tile += tileLength) {
    const [rows, columns] = [table[tile + 1] as number, table[tile + 2] as number];
    flops += 2 * tileSide * tileSide * (step === 'gram' ? Math.max(rows, columns) : Math.min(rows, columns));
  }
  return flops;
}

export const muonProduct: Operation<MuonProductInputs, MuonProductOutputs, MuonProductAttributes> = {
  name: 'muonProduct',
  outputs: ({ left, right, gram, tiles }) => {
    expectShape('muonProduct', right, left.shape, 'a flat buffer like left');
    expectShape('muonProduct', gram, left.shape, 'a flat buffer like left');
    expectShape('muonProduct', tiles, [axis(tiles, 0), tileLength], 'offset, rows, columns, row and column a tile');
    return { out: { shape: left.shape, element: 'f32' } };
  },
  flops: ({ inputs, attributes }) => flopsOf(inputs.tiles, attributes.step),
  twin: muonProductTwin,
  variants: [
    variant('naive', 'naive', naiveKernel, () => true),
    variant('tile-thread', 'thread', threadKernel, ({ attributes }) => attributes.aligned),
    variant('group', 'group', groupKernel, () => true),
  ],
};
