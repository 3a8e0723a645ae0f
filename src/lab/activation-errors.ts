/**
 * What quantising a matrix does to its outputs for the activations that reach it in a text: the unquantised model reads the text, and
 * what flows into each product is kept. Weights alone do not tell it, because some columns of the activations are far larger.
 */
import type { LinearInputs } from '../gpu/kernels/linear/shape';
import type { Node } from '../graph/operation';
import { axis, type Tensor } from '../graph/tensor';
import { type Weights, weightNamed } from '../graph/weights';
import type { ModelConfig } from '../model/config';
import { scoreGraph } from '../model/graphs';
import { outputError } from '../quant/error';
import type { RunGraph } from './inside/run-graph';

/** Rows of activations that are looked at; more change the third digit and cost as much again. */
const mostRows = 64;

/** A matrix of a product with the rows that it is multiplied with: columns from `offset` on. */
interface Product {
  readonly weight: Tensor;
  readonly x: Tensor;
  readonly offset: number;
}

/**
 * ‖X·(W − W′)ᵀ‖ / ‖X·Wᵀ‖ of every matrix that is quantised in `quantised`, by its name, for the activations of a text of at least two
 * ids; a table that is only looked up has none. `run` runs graphs with the unquantised weights.
 */
export async function activationErrors(
  config: ModelConfig,
  weights: Weights,
  quantised: Weights,
  ids: ArrayLike<number>,
  run: RunGraph,
): Promise<ReadonlyMap<string, number>> {
  const read = Uint32Array.from(ids).slice(0, Math.min(mostRows, config.max_position_embeddings));
  if (read.length < 2) throw new RangeError('A text of one token has no activations to measure on: give a longer one.');
  const score = scoreGraph(config, read.length);
  const products = score.graph.nodes
    .flatMap(productsOf)
    .filter(({ weight }) => weight.parts.some(({ name }) => 'quantised' in weightNamed(quantised, name)));
  const inputs = [...new Set(products.map(({ x }) => x))];
  const cursor = Uint32Array.of(0, read.length, 0, 0);
  const rows = await run(
    { ...score.graph, results: [...score.graph.results, ...inputs] },
    [
      [score.ids, read],
      [score.cursor, cursor],
    ],
    inputs,
  );
  const errors = new Map<string, number>();
  for (const { weight, x, offset } of products) {
    const K = axis(weight, 1);
    const all = rows[inputs.indexOf(x)] ?? new Float32Array();
    const columns = columnsOf(all, axis(x, -1), offset, K);
    for (const { name } of weight.parts) {
      const after = weightNamed(quantised, name);
      if ('quantised' in after) errors.set(name, outputError(columns, weightNamed(weights, name), after, K));
    }
  }
  return errors;
}

function productsOf({ operation, inputs, attributes }: Node): Product[] {
  if (operation.name !== 'linear') return [];
  const { x, weight, x2, weight2 } = inputs as unknown as LinearInputs;
  const { x2Offset = 0 } = attributes as { readonly x2Offset?: number };
  return [{ weight, x, offset: 0 }, ...(x2 && weight2 ? [{ weight: weight2, x: x2, offset: x2Offset }] : [])];
}

function columnsOf(values: Float32Array, width: number, offset: number, count: number): Float32Array {
  if (count === width) return values;
  const rows = values.length / width;
  const columns = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    columns.set(values.subarray(row * width + offset, row * width + offset + count), row * count);
  }
  return columns;
}
