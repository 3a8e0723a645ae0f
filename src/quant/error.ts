/**
 * What quantising does to a matrix, measured on its weights and on what it makes of activations.
 *
 * Errors are relative, in the Euclidean norm: 0 is exact, 1 is as far off as leaving the matrix out.
 */
import { dequantise } from '../graph/quantised';
import { floatsOf, type StoredWeight, type Weights, weightNamed } from '../graph/weights';
import type { ModelConfig } from '../model/config';
import { kindOf, layerOf, type MatrixKind, matrixKinds, selectedMatrices } from './which-matrices';

export interface MatrixError {
  readonly name: string;
  readonly kind: MatrixKind;
  /** As `layerOf`. */
  readonly layer: string | null;
  readonly shape: readonly number[];
  /** ‖W‖. */
  readonly norm: number;
  /** ‖W − W′‖ / ‖W‖. */
  readonly relative: number;
  /** Largest |w − w′|. */
  readonly largest: number;
  /** Mean over the rows of max |w| / √(mean w²): how far the largest weight of a row sticks out. */
  readonly reach: number;
}

/** ‖W − W′‖ / ‖W‖; 0 where both are zero. */
export function relativeError(values: Float32Array, other: Float32Array): number {
  let [difference, all] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    difference += ((values[i] ?? 0) - (other[i] ?? 0)) ** 2;
    all += (values[i] ?? 0) ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / all);
}

/** Of every matrix that is quantised in `quantised`, against the weights that it was made of. */
export function matrixErrors(config: ModelConfig, weights: Weights, quantised: Weights): MatrixError[] {
  return selectedMatrices(config, { kinds: matrixKinds }).flatMap(({ name, shape }) => {
    const weight = weightNamed(quantised, name);
    const kind = kindOf(name);
    if (!('quantised' in weight) || !kind) return [];
    const before = floatsOf(weightNamed(weights, name));
    const after = dequantise(weight.quantised);
    const largest = before.reduce((most, value, i) => Math.max(most, Math.abs(value - (after[i] ?? 0))), 0);
    return [
      {
        ...{ name, kind, layer: layerOf(name), shape },
        norm: Math.sqrt(before.reduce((sum, value) => sum + value * value, 0)),
        relative: relativeError(before, after),
        largest,
        reach: meanReach(before, weight.quantised.K),
      },
    ];
  });
}

/** ‖W − W′‖ / ‖W‖ over all matrices of each layer together, in the order given; outside the layers under `null`. */
export function layerErrors(
  errors: readonly MatrixError[],
): { readonly layer: string | null; readonly relative: number }[] {
  return [...new Set(errors.map(({ layer }) => layer))].map((layer) => {
    const own = errors.filter((error) => error.layer === layer);
    const all = Math.hypot(...own.map(({ norm }) => norm));
    const difference = Math.hypot(...own.map(({ norm, relative }) => norm * relative));
    return { layer, relative: difference === 0 ? 0 : difference / all };
  });
}

/**
 * ‖X·(W − W′)ᵀ‖ / ‖X·Wᵀ‖: what a matrix's error does to its outputs for rows of activations `x` `[M, K]`, which is more than the
 * weights tell where single columns of x are large.
 */
export function outputError(x: Float32Array, weight: StoredWeight, other: StoredWeight, K: number): number {
  const [before, after] = [floatsOf(weight), floatsOf(other)];
  const [M, N] = [x.length / K, before.length / K];
  let [difference, all] = [0, 0];
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let [exact, error] = [0, 0];
      for (let k = 0; k < K; k++) {
        const [value, w] = [x[m * K + k] ?? 0, before[n * K + k] ?? 0];
        exact += value * w;
        error += value * (w - (after[n * K + k] ?? 0));
      }
      difference += error ** 2;
      all += exact ** 2;
    }
  }
  return difference === 0 ? 0 : Math.sqrt(difference / all);
}

/** Mean over rows of max |w| / √(mean w²); rows of zeros count as 0. */
export function meanReach(values: Float32Array, K: number): number {
  const N = values.length / K;
  let sum = 0;
  for (let n = 0; n < N; n++) {
    let [most, squares] = [0, 0];
    for (const value of values.subarray(n * K, (n + 1) * K)) {
      most = Math.max(most, Math.abs(value));
      squares += value * value;
    }
    sum += squares === 0 ? 0 : most / Math.sqrt(squares / K);
  }
  return sum / N;
}
