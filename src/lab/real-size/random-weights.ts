/**
 * Random weights of a model of any size, to time it with: a weight is made when it is asked for and kept nowhere, so that
 * beside the backend's copy of all there is never more than one.
 *
 * Number i of a weight is a hash of i and of the weight's name (a Weyl sequence through the finaliser of MurmurHash3, as in
 * SplitMix, Steele et al. 2014), spread evenly over ±√3·σ: a fifth of the time that normal numbers take, with their variance.
 * The same seed gives the same bits on every machine. Nothing is to be learned from such weights: to train,
 * see src/train/initialise.ts.
 */
import { encodeHalf } from '../../graph/float16';
import { fnv1a } from '../../graph/hash';
import { elements } from '../../graph/tensor';
import type { StoredWeight, Weights } from '../../graph/weights';
import type { ModelConfig } from '../../model/config';
import { isGate, type TensorRow, tensorTable } from '../../model/names';

/** Values that are made in f32 before they become f16. */
const chunk = 1 << 16;

/** 2³² / the golden ratio, made odd. */
const golden = 0x9e3779b9;

/** `half`: matrices are f16 from the start. Each look at a weight's numbers makes them anew. */
export function randomWeights(config: ModelConfig, seed: number, half: boolean): Weights {
  return new Map(tensorTable(config).map((row) => [row.name, lazy(config, row, seed, half && row.matrix)]));
}

function lazy(config: ModelConfig, row: TensorRow, seed: number, half: boolean): StoredWeight {
  const key = fnv1a(row.name, seed);
  const width = 2 * Math.sqrt(3) * config.initializer_range;
  // A gate of equal rows would send every token to the first expert.
  if (!row.matrix && !isGate(row.name)) {
    return {
      get values() {
        return plain(row);
      },
    };
  }
  if (half) {
    return {
      get half() {
        const halves = new Uint16Array(elements(row.shape));
        const values = new Float32Array(Math.min(chunk, halves.length));
        for (let first = 0; first < halves.length; first += chunk) {
          const part = values.subarray(0, Math.min(chunk, halves.length - first));
          fill(part, key, first, width);
          halves.set(encodeHalf(part), first);
        }
        return halves;
      },
    };
  }
  return {
    get values() {
      const values = new Float32Array(elements(row.shape));
      fill(values, key, 0, width);
      return values;
    },
  };
}

/** Gains are 1 and so are the scales of a series, biases 0. */
function plain({ name, shape }: TensorRow): Float32Array {
  return new Float32Array(elements(shape)).fill(/\.(weight|scale)$/.test(name) ? 1 : 0);
}

/** The numbers from `first` on. */
function fill(values: Float32Array, key: number, first: number, width: number): void {
  let counter = (key + Math.imul(first, golden)) | 0;
  for (let i = 0; i < values.length; i++) {
    counter = (counter + golden) | 0;
    let x = counter ^ (counter >>> 16);
    x = Math.imul(x, 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x ^= x >>> 16;
    values[i] = ((x >>> 8) * 2 ** -24 - 0.5) * width;
  }
}
