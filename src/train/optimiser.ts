/**
 * One update of all weights as a graph of its own, over the flat buffers: the gradient's norm, the record of the step, the
 * rule of the optimiser, and how much it changed. Optimisers are values in a table.
 */
import { adamw } from '../gpu/kernels/adamw/adamw';
import { changeRatios } from '../gpu/kernels/gradient-norm/change-ratios';
import { gradientSquares } from '../gpu/kernels/gradient-norm/gradient-squares';
import { ratiosLength, recordLength, updateLength } from '../gpu/kernels/gradient-norm/record';
import { stepRecord } from '../gpu/kernels/gradient-norm/step-record';
import { type MuonMatrix, muon } from '../gpu/kernels/muon/muon';
import { sgd } from '../gpu/kernels/sgd/sgd';
import { chunkSize, type FlatLayout } from '../graph/flat';
import { type Graph, GraphBuilder } from '../graph/graph';
import type { Tensor } from '../graph/tensor';
import { type ParameterGroup, parameterGroups } from './curves';
import { groupOf } from './groups';
import type { RecipeValues } from './recipe-schema';

export interface OptimiserGraph {
  readonly graph: Graph;
  /** f32[16], written by the host before each update (`updateOf`). */
  readonly update: Tensor;
  /** f32[n,4], written by the host when the decay changes (`rulesOf`). */
  readonly rules: Tensor;
  /** f32[4]: Σ losses, read and reset. */
  readonly lossSum: Tensor;
  /** f32[32], see `recordAt`. */
  readonly record: Tensor;
  /** f32[16]: ‖Δw‖ / ‖w‖ of each group. */
  readonly ratios: Tensor;
}

/** The states of the flat buffers, and what every optimiser reads. */
interface Flat {
  readonly parameters: Tensor;
  readonly gradients: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  readonly groups: Tensor;
  readonly rules: Tensor;
  readonly record: Tensor;
}

type Optimiser = (builder: GraphBuilder, flat: Flat, layout: FlatLayout) => { readonly changes: Tensor };

/** Each adds its nodes and returns f32[P/256, 2]: Σ Δw² and Σ w² of each chunk. */
const optimisers: Readonly<Record<RecipeValues['optimizer'], Optimiser>> = {
  adamw: (builder, flat) => builder.add(adamw, 'adamw', flat, {}),
  sgd: (builder, { second: _, ...flat }) => builder.add(sgd, 'sgd', flat, {}),
  muon: (builder, flat, layout) => muon(builder, flat, hiddenMatrices(layout)),
};

/** The matrices of the layers, each part of a stack by itself; tables and the head are none of them (Jordan, 2024). */
function hiddenMatrices(layout: FlatLayout): MuonMatrix[] {
  return [...layout.entries.values()].flatMap(({ tensor, offset }) => {
    if (!hidden.has(groupOf(tensor)) || !tensor.packable) return [];
    let start = offset;
    return tensor.parts.map(({ shape: [rows = 0, columns = 0] }) => {
      const matrix = { offset: start, rows, columns };
      start += rows * columns;
      return matrix;
    });
  });
}

const hidden: ReadonlySet<string> = new Set<ParameterGroup>(['attention', 'ffn']);

export function optimiserGraph(layout: FlatLayout, optimizer: RecipeValues['optimizer']): OptimiserGraph {
  const builder = new GraphBuilder();
  const chunks = layout.size / chunkSize;
  const flat = {
    parameters: builder.state('parameters', [layout.size]),
    gradients: builder.state('gradients', [layout.size]),
    first: builder.state('first', [layout.size]),
    second: builder.state('second', [layout.size]),
    groups: builder.state('groups', [chunks], 'u32', layout.groups),
    rules: builder.state('rules', [parameterGroups.length, 4]),
    record: builder.state('record', [recordLength]),
  };
  const update = builder.state('update', [updateLength]);
  const lossSum = builder.state('lossSum', [4]);
  const ratios = builder.state('ratios', [ratiosLength]);
  const { groups, rules, record } = flat;
  const { squares } = builder.add(gradientSquares, 'gradients.squares', { gradients: flat.gradients }, {});
  builder.add(stepRecord, 'record', { squares, groups, update, lossSum, record }, {});
  const { changes } = optimisers[optimizer](builder, flat, layout);
  builder.add(changeRatios, 'ratios', { changes, groups, ratios }, {});
  return { graph: builder.build(), update, rules, lossSum, record, ratios };
}
