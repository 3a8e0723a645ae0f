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
import type { Operation } from '../../../graph/operation';
import { axis, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { tileLength, tileSide } from './matrices';
import type { MuonProductAttributes, MuonProductInputs, MuonProductOutputs } from './product-shape';
import { muonProductTwin } from './product-twin';

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
  variants: [],
  fetchVariants: async () => (await import('./variants')).muonProductVariants,
};
