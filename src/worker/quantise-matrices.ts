/** What is in a model's matrices, and what a scheme makes of one of them, as the page draws it. */

import { dequantise } from '../graph/quantised';
import { floatsOf, type Weights, weightNamed } from '../graph/weights';
import type { ModelConfig } from '../model/config';
import { histogram, integerCounts, levelsOf } from '../quant/distribution';
import { meanReach, relativeError } from '../quant/error';
import { quantise } from '../quant/quantise';
import { type SchemeId, schemeIds, schemes } from '../quant/schemes';
import { kindOf, layerOf, matrixKinds, selectedMatrices } from '../quant/which-matrices';
import type { MatrixReading, MatrixReport } from './quantise-protocol';

const bars = 64;

/** Every matrix that can be quantised, in the order of the layers. */
export function matrixReports(config: ModelConfig, weights: Weights): MatrixReport[] {
  return selectedMatrices(config, { kinds: matrixKinds }).flatMap(({ name, shape }) => {
    const kind = kindOf(name);
    if (!kind) return [];
    const [N = 0, K = 0] = shape;
    const values = floatsOf(weightNamed(weights, name));
    return [
      { name, kind, layer: layerOf(name), shape: [N, K] as const, ...spreadOf(values), reach: meanReach(values, K) },
    ];
  });
}

/** Why a scheme cannot be used; empty when all can. */
export function refusedSchemes(id: string, weights: Weights): Partial<Record<SchemeId, string>> {
  const quantised = [...weights].filter(([, weight]) => 'quantised' in weight).length;
  if (quantised === 0) return {};
  const sentence = `${quantised} matrices of ${id} are integers already: open the model that it was made from to quantise it in another way.`;
  return Object.fromEntries(schemeIds.map((scheme) => [scheme, sentence]));
}

/** `row` null: the one that reaches farthest. Throws a sentence when there is no such matrix or row. */
export function readMatrix(
  config: ModelConfig,
  weights: Weights,
  name: string,
  scheme: SchemeId,
  row: number | null,
): MatrixReading {
  const found = selectedMatrices(config, { kinds: matrixKinds }).find((matrix) => matrix.name === name);
  if (!found) throw new Error(`${name} is no matrix of this model that can be quantised: choose one of the list.`);
  const [N = 0, K = 0] = found.shape;
  if (row !== null && !(Number.isInteger(row) && row >= 0 && row < N)) {
    throw new Error(`${name} has no row ${row}: choose 0 to ${N - 1}.`);
  }
  const values = floatsOf(weightNamed(weights, name));
  const shown = row ?? farthestRow(values, K);
  const { from, to, counts } = histogram(values, bars);
  const quantised = quantise(values, found.shape, schemes[scheme], name);
  const after = dequantise(quantised);
  return {
    ...{ name, scheme },
    histogram: { from, to, counts: [...counts] },
    row: shown,
    rowCounts: countsBetween(values.subarray(shown * K, (shown + 1) * K), from, to),
    levels: [...levelsOf(quantised, shown)],
    integers: [...integerCounts(quantised)],
    relative: relativeError(values, after),
    largest: values.reduce((most, value, i) => Math.max(most, Math.abs(value - (after[i] ?? 0))), 0),
  };
}

function spreadOf(values: Float32Array): Pick<MatrixReport, 'least' | 'most' | 'deviation'> {
  let [least, most, sum, squares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { least, most, deviation: Math.sqrt(Math.max(0, squares / values.length - mean * mean)) };
}

/** The row whose largest weight sticks out most. */
function farthestRow(values: Float32Array, K: number): number {
  let [farthest, most] = [0, -1];
  for (let n = 0; n < values.length / K; n++) {
    const reach = meanReach(values.subarray(n * K, (n + 1) * K), K);
    if (reach > most) [farthest, most] = [n, reach];
  }
  return farthest;
}

/** As `histogram` counts, between the ends of another. */
function countsBetween(values: Float32Array, from: number, to: number): number[] {
  const counts = new Array<number>(bars).fill(0);
  const width = (to - from) / bars;
  for (const value of values) {
    const bar = width > 0 ? Math.min(bars - 1, Math.max(0, Math.floor((value - from) / width))) : 0;
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return counts;
}
