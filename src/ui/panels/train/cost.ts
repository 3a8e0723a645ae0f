/**
 * What a step will cost, from the config alone, before anything is compiled. The run itself counts exactly, from its
 * graph; this agrees with it to a few per cent for the work, and roughly for the memory of activations.
 *
 * A forward pass multiplies and adds once with every matrix number that a token meets, and 2·(T/2)·H·D times for the scores and
 * values of causal attention; the reverse pass takes twice that.
 */

import { elements } from '../../../graph/tensor';
import { headSize, kvHeads, type ModelConfig } from '../../../model/config';
import { parameterCount, tensorsOfToken } from '../../../model/names';
import type { Recipe } from '../../../train/recipe';

export interface CostEstimate {
  readonly parameters: number;
  /** Of one update. */
  readonly flops: number;
  /** Parameters, gradients, moments and activations. */
  readonly bytes: number;
}

/** Parameters, gradients and two moments are allocated whatever the optimiser. */
const flatBuffers = 4;

export function estimateCost(config: ModelConfig, { batch, context, accumulation }: Recipe): CostEstimate {
  const { hidden_size: C, intermediate_size: F, vocab_size: V, num_hidden_layers: L } = config;
  const D = headSize(config);
  const H = config.num_attention_heads;
  const M = batch * context;
  const parameters = parameterCount(config);
  const products = tensorsOfToken(config)
    .filter(
      ({ name, matrix }) => matrix && !name.endsWith('embed_tokens.weight') && !name.includes('position_embeddings'),
    )
    .reduce((sum, { shape }) => sum + elements(shape), config.tie_word_embeddings ? V * C : 0);
  const attention = 2 * (Math.min(context, config.sliding_window ?? context) / 2) * H * D * L;
  const flops = 3 * 2 * (products + attention) * M * accumulation;
  const layer = 6 * C + 2 * H * D + 2 * kvHeads(config) * D + (config.ffn_gated ? 3 : 2) * F;
  const activations = M * (L * layer + 4 * C + V);
  return { parameters, flops, bytes: 4 * (flatBuffers * parameters + activations) };
}
