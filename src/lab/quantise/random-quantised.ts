/**
 * Random weights of a model whose matrices are quantised, to time it with: integers are made as integers when they are asked for, never
 * from floats, so that a billion of them need no more memory than they take. What is not quantised is as in
 * src/lab/real-size/random-weights.ts.
 *
 * Integers are spread evenly over all that the bits can hold. Their scale is the power of two that comes closest to the config's
 * deviation, one for all blocks: how long a product takes depends on neither.
 */

import { fnv1a } from '../../graph/hash';
import { blocksOfRow, middle, paddedColumns, type QuantisedMatrix, rowBytes } from '../../graph/quantised';
import { elements, type Tensor } from '../../graph/tensor';
import type { StoredWeight, Weights } from '../../graph/weights';
import type { ModelConfig } from '../../model/config';
import { blockOf, type Scheme } from '../../quant/schemes';
import { type Selection, selectedMatrices } from '../../quant/which-matrices';
import { randomWeights } from '../real-size/random-weights';

/** 2³² / the golden ratio, made odd. */
const golden = 0x9e3779b9;

/** `half`: matrices that are not quantised are f16. Each look at a matrix's integers makes them anew. */
export function randomQuantisedWeights(
  config: ModelConfig,
  seed: number,
  scheme: Scheme,
  selection: Selection,
  half: boolean,
): Weights {
  const weights = new Map<string, StoredWeight>(randomWeights(config, seed, half));
  for (const { name, shape } of selectedMatrices(config, selection)) {
    const [N = 0, K = 0] = shape;
    weights.set(name, { quantised: lazy({ N, K }, scheme, fnv1a(name, seed), config.initializer_range) });
  }
  return weights;
}

/** Bytes that an element of a parameter takes under a scheme, scales and zero points included: for `costOf` and `shapePlan`. */
export function quantisedBytesPerWeight(
  names: ReadonlySet<string>,
  scheme: Scheme,
  half: boolean,
): (tensor: Tensor) => number {
  return ({ parts }) => {
    if (!parts.every(({ name }) => names.has(name))) return half ? 2 : 4;
    let [bytes, count] = [0, 0];
    for (const { shape } of parts) {
      const [N = 0, K = 0] = shape;
      const layout = { bits: scheme.bits, K, block: blockOf(scheme, K) };
      bytes += N * rowBytes(layout) + N * blocksOfRow(layout) * (scheme.zeroPoint ? 5 : 4);
      count += elements(shape);
    }
    return bytes / count;
  };
}

function lazy(
  { N, K }: { readonly N: number; readonly K: number },
  scheme: Scheme,
  key: number,
  deviation: number,
): QuantisedMatrix {
  const { bits, zeroPoint } = scheme;
  const layout = { bits, N, K, block: blockOf(scheme, K) };
  const count = N * blocksOfRow(layout);
  // Even numbers from 0 to n − 1 have the deviation n / √12, nearly.
  const scale = 2 ** Math.round(Math.log2((deviation * Math.sqrt(12)) / 2 ** bits));
  return {
    ...layout,
    get packed() {
      return randomIntegers(layout, key);
    },
    get scales() {
      return new Float32Array(count).fill(scale);
    },
    zeros: zeroPoint ? new Uint8Array(count).fill(middle(bits)) : null,
  };
}

/** Rows filled up with their zero point, four random bytes at a time. */
function randomIntegers(layout: Pick<QuantisedMatrix, 'bits' | 'N' | 'K' | 'block'>, key: number) {
  const { bits, N, K } = layout;
  const packed = new Uint8Array(N * rowBytes(layout));
  const words = new Uint32Array(packed.buffer);
  let counter = key | 0;
  for (let i = 0; i < words.length; i++) {
    counter = (counter + golden) | 0;
    let x = counter ^ (counter >>> 16);
    x = Math.imul(x, 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    words[i] = x ^ (x >>> 16);
  }
  if (paddedColumns(layout) > K) fillUp(packed, bits, N, K, rowBytes(layout));
  return packed;
}

function fillUp(packed: Uint8Array, bits: 4 | 8, N: number, K: number, bytes: number): void {
  const [zero, first] = bits === 8 ? [middle(8), K] : [middle(4) * 17, Math.ceil(K / 2)];
  for (let n = 0; n < N; n++) {
    packed.fill(zero, n * bytes + first, (n + 1) * bytes);
    // Of an odd row the last byte holds a column in its low half.
    const last = n * bytes + (K >> 1);
    if (bits === 4 && K % 2 === 1) packed[last] = ((packed[last] ?? 0) & 15) | (middle(4) << 4);
  }
}
