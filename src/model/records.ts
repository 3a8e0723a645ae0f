/**
 * The record that the sampler writes for a token: u32[24], floats as their bits.
 *
 * Layout: id · position whose logits these are · probability of id · entropy in nats · ten ids · ten probabilities.
 */
import { listed, recordLength } from '../gpu/kernels/top-tokens/record';

export const recordBytes = recordLength * 4;

export interface TokenRecord {
  readonly id: number;
  /** Position of the token itself: one after the position whose logits chose it. */
  readonly position: number;
  readonly probability: number;
  readonly entropy: number;
  readonly top: readonly { readonly id: number; readonly probability: number }[];
}

/** Reads one record. `vocabulary` cuts the list of a model with fewer than ten tokens. */
export function readRecord(words: Uint32Array, vocabulary: number): TokenRecord {
  const floats = new Float32Array(words.buffer, words.byteOffset, recordLength);
  return {
    id: words[0] ?? 0,
    position: (words[1] ?? 0) + 1,
    probability: floats[2] ?? 0,
    entropy: floats[3] ?? 0,
    top: Array.from({ length: Math.min(listed, vocabulary) }, (_, rank) => ({
      id: words[4 + rank] ?? 0,
      probability: floats[4 + listed + rank] ?? 0,
    })),
  };
}

export interface SamplingSettings {
  /** 0 is greedy. */
  readonly temperature: number;
  /** 0 keeps all. */
  readonly topK: number;
  /** 1 keeps all. */
  readonly topP: number;
  /** uint32. */
  readonly seed: number;
}

/** The sampler's settings as it reads them: u32[8]. */
export function writeSettings(settings: SamplingSettings): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(8);
  const floats = new Float32Array(words.buffer);
  words[0] = settings.seed;
  words[1] = settings.topK;
  floats[2] = settings.temperature;
  floats[3] = settings.topP;
  return words;
}
