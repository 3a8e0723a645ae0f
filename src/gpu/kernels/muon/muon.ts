/**
 * A step of Muon: momentum of each matrix, with Nesterov's look ahead, is replaced by about the nearest semi-orthogonal matrix
 * (five Newton–Schulz iterations) times 0.2 · √(larger side), so that learning rates and decay of AdamW carry over; all
 * other parameters take AdamW's step. 18 dispatches, however many matrices there are.
 *
 * The same rule pretrained the shipped models: python/pangu_pi/optimiser.py. Sources: Jordan, "Muon" (2024); Liu et al.,
 * "Muon is scalable for LLM training" (2502.16982).
 */
import type { GraphBuilder } from '../../../graph/graph';
import type { Tensor } from '../../../graph/tensor';
import { type AdamwInputs, adamw } from '../adamw/adamw';
import type { OptimiserOutputs } from '../gradient-norm/optimiser';
import { chunksOf } from '../gradient-norm/record';
import { muonApply } from './apply';
import { muonLook } from './look';
import { groupsWithout, isAligned, lengthsOf, lyingTiles, type MuonMatrix, squareTiles, tileLength } from './matrices';
import { muonProduct } from './product';
import type { MuonProductAttributes } from './product-shape';

export type { MuonMatrix } from './matrices';

const iterations = 5;
const momentum = 0.95;

/**
 * Adds the nodes of the step. `matrices` lists the matrices that Muon moves, each part of a stacked parameter by itself; `groups`
 * must have initial values. `first` holds the matrices' momentum and AdamW's first moment of the rest.
 */
export function muon(builder: GraphBuilder, flat: AdamwInputs, matrices: readonly MuonMatrix[]): OptimiserOutputs {
  const { parameters, gradients, first, groups, rules, record } = flat;
  if (matrices.length === 0) return builder.add(adamw, 'muon.adamw', flat, {});
  if (!(groups.initial instanceof Uint32Array)) {
    throw new Error(`${groups.name} has no initial values: Muon needs the groups when the graph is built.`);
  }
  const chunks = chunksOf(parameters);
  const table = lengthsOf(matrices, chunks);
  const lengths = builder.state('muon.lengths', [chunks], 'u32', table);
  const others = builder.state('muon.others', [chunks], 'u32', groupsWithout(groups.initial, table));
  const square = tilesState(builder, 'muon.squareTiles', squareTiles(matrices));
  const lying = tilesState(builder, 'muon.lyingTiles', lyingTiles(matrices));
  const aligned = isAligned(matrices);

  const { changes } = builder.add(adamw, 'muon.adamw', { ...flat, groups: others }, {});
  let iterate = builder.add(muonLook, 'muon.look', { gradients, first, lengths, record }, { momentum }).look;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const product = (
      step: MuonProductAttributes['step'],
      left: Tensor,
      right: Tensor,
      gramOfFirst?: Tensor,
    ): Tensor => {
      const tiles = step === 'iterate' ? lying : square;
      const attributes = { step, last: step === 'iterate' && iteration === iterations - 1, aligned };
      const inputs = { left, right, gram: iteration === 0 ? gramOfFirst : undefined, tiles };
      return builder.add(muonProduct, `muon.${iteration}.${step}`, inputs, attributes).out;
    };
    const gram = product('gram', iterate, iterate);
    const polynomial = product('polynomial', gram, gram, gram);
    iterate = product('iterate', polynomial, iterate, gram);
  }
  builder.add(muonApply, 'muon.apply', { parameters, iterate, groups, lengths, rules, record, changes }, { aligned });
  return { changes };
}

function tilesState(builder: GraphBuilder, name: string, table: Uint32Array<ArrayBuffer>): Tensor {
  return builder.state(name, [table.length / tileLength, tileLength], 'u32', table);
}
