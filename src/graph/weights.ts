/**
 * Numbers of a checkpoint's tensors as they are stored: f32 values, or f16 bits that can be uploaded packed without a
 * round trip.
 */
import { decodeHalf, encodeHalf } from './float16';

/** Row major. */
export type StoredWeight = { readonly values: Float32Array } | { readonly half: Uint16Array };

/** Weights by the checkpoint's names. */
export type Weights = ReadonlyMap<string, StoredWeight>;

/** The weight called `name`; throws when the checkpoint has none. */
export function weightNamed(weights: Weights, name: string): StoredWeight {
  const weight = weights.get(name);
  if (!weight) throw new Error(`Weight ${name} is missing: the checkpoint does not fit the graph.`);
  return weight;
}

/** As f32: the stored array itself, or a decoded copy. */
export function floatsOf(weight: StoredWeight): Float32Array {
  return 'half' in weight ? decodeHalf(weight.half) : weight.values;
}

/** As f16 bits: the stored array itself, or an encoded copy. */
export function halvesOf(weight: StoredWeight): Uint16Array {
  return 'half' in weight ? weight.half : encodeHalf(weight.values);
}

/** Whether to pack matrices as f16: `stored` does where that loses nothing, because the file holds f16. */
export function packsHalf(choice: 'stored' | 'f16' | 'f32', weights: Weights): boolean {
  return choice === 'f16' || (choice === 'stored' && [...weights.values()].some((weight) => 'half' in weight));
}
