/**
 * Numbers of a checkpoint's tensors as they are stored: f32 values, f16 bits that can be uploaded packed without a round
 * trip, or a quantised matrix.
 */
import { decodeHalf, encodeHalf } from './float16';
import { blocksOfRow, dequantise, type QuantisedMatrix, rowBytes, stackQuantised, stacks } from './quantised';
import { elements, type Tensor } from './tensor';

/** Row major. */
export type StoredWeight =
  | { readonly values: Float32Array }
  | { readonly half: Uint16Array }
  | { readonly quantised: QuantisedMatrix };

/** Weights by the checkpoint's names. */
export type Weights = ReadonlyMap<string, StoredWeight>;

/** How matrices lie in the memory of a backend. */
export type WeightStorage = 'f32' | 'f16' | 'int8' | 'int4';

/** The weight called `name`; throws when the checkpoint has none. */
export function weightNamed(weights: Weights, name: string): StoredWeight {
  const weight = weights.get(name);
  if (!weight) throw new Error(`Weight ${name} is missing: the checkpoint does not fit the graph.`);
  return weight;
}

/** As f32: the stored array itself, or a decoded copy. */
export function floatsOf(weight: StoredWeight): Float32Array {
  if ('quantised' in weight) return dequantise(weight.quantised);
  return 'half' in weight ? decodeHalf(weight.half) : weight.values;
}

/** As f16 bits: the stored array itself, or an encoded copy. */
export function halvesOf(weight: StoredWeight): Uint16Array {
  return 'half' in weight ? weight.half : encodeHalf(floatsOf(weight));
}

/** Whether to pack matrices as f16: `stored` does where that loses nothing, because the file holds f16. Quantised matrices stay as they are. */
export function packsHalf(choice: 'stored' | 'f16' | 'f32', weights: Weights): boolean {
  return choice === 'f16' || (choice === 'stored' && [...weights.values()].some((weight) => 'half' in weight));
}

/**
 * The quantised matrices that a parameter is made of; null unless every part of it is quantised, and with the same bits and
 * block. Their integers are not looked at.
 */
function quantisedParts(tensor: Tensor, weights: Weights): readonly QuantisedMatrix[] | null {
  if (!tensor.packable || tensor.parts.length === 0) return null;
  const parts: QuantisedMatrix[] = [];
  for (const { name } of tensor.parts) {
    const weight = weightNamed(weights, name);
    if (!('quantised' in weight)) return null;
    parts.push(weight.quantised);
  }
  return stacks(parts) ? parts : null;
}

/**
 * A parameter as one quantised matrix; null unless every part of it is quantised, and with the same bits and block.
 * A backend that gets null, or has no kernel for the shape, takes `floatsOf` each part.
 */
export function quantisedParameter(tensor: Tensor, weights: Weights): QuantisedMatrix | null {
  const parts = quantisedParts(tensor, weights);
  return parts && stackQuantised(parts);
}

/** What most matrices of a model are kept as, in a word: quantised where any is. */
export function matrixStorage(weights: Weights, half: boolean): WeightStorage {
  for (const weight of weights.values()) {
    if ('quantised' in weight) return weight.quantised.bits === 4 ? 'int4' : 'int8';
  }
  return half ? 'f16' : 'f32';
}

/** Bytes that an element of a packable parameter takes, scales and zero points included: for `bytesOf` and `costOf`. */
export function bytesPerWeightOf(weights: Weights, half: boolean): (tensor: Tensor) => number {
  return (tensor) => {
    const parts = quantisedParts(tensor, weights);
    if (!parts) return half ? 2 : 4;
    const scales = parts.reduce((sum, part) => sum + part.N * blocksOfRow(part), 0);
    const integers = parts.reduce((sum, part) => sum + part.N * rowBytes(part), 0);
    const zeros = parts.some((part) => part.zeros) ? scales : 0;
    return (integers + 4 * scales + zeros) / elements(tensor.shape);
  };
}
