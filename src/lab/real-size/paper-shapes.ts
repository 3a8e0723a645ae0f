/**
 * The models of about a billion parameters that PanGu-π Pro compares (2402.02791): a vocabulary, a depth and a width each.
 *
 * The paper does not print the FFN's width. Eight thirds of the width, rounded up to a multiple of 256, gives 4864 for 1792;
 * with it and an untied head, the shares of embedding and head in the paper's table 1 come out to ±0.01 %.
 */
import { completeConfig, type ModelConfig } from '../../model/config';

/** Of every model: tokens of a cache that holds the paper's prefix of 2 and the 510 it writes. */
const context = 512;
const headSize = 128;

/** A row of table 2 (vocabulary of 48,000). */
export interface PaperShape {
  readonly depth: number;
  readonly width: number;
  /** Tokens a second on one V100 in FP16 with a batch of 20: 510 tokens after a prefix of 2, random weights. */
  readonly tokensPerSecond: number;
  /** Accuracies in per cent after training, and their mean. */
  readonly arcEasy: number;
  readonly hellaSwag: number;
  readonly c3: number;
  readonly average: number;
}

export const paperShapes: readonly PaperShape[] = [
  { depth: 40, width: 1280, tokensPerSecond: 12.81, arcEasy: 37.01, hellaSwag: 41.0, c3: 48.05, average: 42.02 },
  { depth: 30, width: 1536, tokensPerSecond: 17.71, arcEasy: 36.16, hellaSwag: 40.32, c3: 47.84, average: 41.44 },
  { depth: 20, width: 1792, tokensPerSecond: 29.49, arcEasy: 34.39, hellaSwag: 41.48, c3: 47.7, average: 41.19 },
  { depth: 15, width: 2048, tokensPerSecond: 36.79, arcEasy: 32.45, hellaSwag: 40.22, c3: 40.05, average: 37.57 },
  { depth: 9, width: 2560, tokensPerSecond: 57.53, arcEasy: 32.63, hellaSwag: 31.06, c3: 42.68, average: 35.46 },
];

export const paperVocabulary = 48_000;

/** `40×1280`. */
export function shapeName({ depth, width }: Pick<PaperShape, 'depth' | 'width'>): string {
  return `${depth}×${width}`;
}

export function paperConfig({ depth, width }: Pick<PaperShape, 'depth' | 'width'>, vocabulary: number): ModelConfig {
  return completeConfig(
    {
      vocab_size: vocabulary,
      hidden_size: width,
      num_hidden_layers: depth,
      num_attention_heads: width / headSize,
      intermediate_size: Math.ceil((8 * width) / (3 * 256)) * 256,
      max_position_embeddings: context,
    },
    shapeName({ depth, width }),
  );
}
