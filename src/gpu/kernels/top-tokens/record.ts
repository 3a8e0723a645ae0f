/**
 * The record of one distribution over the vocabulary, 24 words: `[id, position, bits(probability of id), bits(entropy in
 * nats), 10 ids, 10 × bits(probability)]`. Probabilities and entropy are the model's own softmax at temperature 1. With
 * fewer than ten tokens the rest of the list is id 0 with probability 0.
 *
 * A logit that is not a number counts as the lowest, −1e30, and infinities count as ±1e30: a broken model still gives a
 * record with valid ids.
 */
import type { Numbers } from '../../../graph/operation';

export const recordLength = 24;

/** How many of the best tokens a record lists. */
export const listed = 10;

/** A logit as every kernel reads it. */
export function cleanLogit(logit: number): number {
  return Number.isNaN(logit) ? -1e30 : Math.min(Math.max(logit, -1e30), 1e30);
}

/** The logits of one row, cleaned. */
export function cleanRow(logits: Numbers, start: number, V: number): Float64Array {
  return Float64Array.from({ length: V }, (_, id) => cleanLogit(logits[start + id] as number));
}

/** Ids from the highest logit to the lowest, ties to the lower id. */
export function descending(logits: Float64Array): Uint32Array {
  const ids = Uint32Array.from(logits, (_, id) => id);
  return ids.sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
}

/** Writes all of a record but its id, position and probability; returns the probability of each id. */
export function describeRow(logits: Float64Array, order: Uint32Array, record: Numbers, start: number): Float64Array {
  const largest = logits[order[0] as number] as number;
  const probabilities = logits.map((logit) => Math.exp(logit - largest));
  const total = probabilities.reduce((sum, value) => sum + value, 0);
  let entropy = Math.log(total);
  for (let id = 0; id < logits.length; id++) {
    const probability = (probabilities[id] as number) / total;
    probabilities[id] = probability;
    if (probability > 0) entropy -= probability * ((logits[id] as number) - largest);
  }
  record.fill(0, start, start + recordLength);
  record[start + 3] = bitsOf(entropy);
  for (let i = 0; i < Math.min(listed, order.length); i++) {
    const id = order[i] as number;
    record[start + 4 + i] = id;
    record[start + 4 + listed + i] = bitsOf(probabilities[id] as number);
  }
  return probabilities;
}

const view = new DataView(new ArrayBuffer(4));

/** The bits of a number as f32. */
export function bitsOf(value: number): number {
  view.setFloat32(0, value);
  return view.getUint32(0);
}

/** The f32 of a word. */
export function floatOf(bits: number): number {
  view.setUint32(0, bits);
  return view.getFloat32(0);
}
