/**
 * What every engine trains in the benchmark `train`: nanoGPT's recipe for a laptop without a GPU, 4 layers, C = 128,
 * T = 64, B = 12, LayerNorm, tanh GELU, learned positions, an untied head, AdamW with a constant learning rate.
 *
 * Fresh weights are larger than the recipe's, so that the first loss depends on every branch of the model, and the text
 * has a rule that can be learned, so that later losses depend on the update.
 */
import { completeConfig } from '../../src/model/config';
import { uniform } from './model';
import type { Batch } from './trainer';

const vocabulary = 65;

export const shape = { B: 12, T: 64, C: 128, H: 4, F: 512, V: vocabulary, L: 4 } as const;

export const recipe = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  /** On matrices and embedding tables, decoupled. */
  weightDecay: 0.1,
  /** Largest norm of all gradients together. */
  clip: 1,
} as const;

export const normEpsilon = 1e-5;

export const config = completeConfig(
  {
    vocab_size: shape.V,
    hidden_size: shape.C,
    num_hidden_layers: shape.L,
    num_attention_heads: shape.H,
    intermediate_size: shape.F,
    max_position_embeddings: shape.T,
    hidden_act: 'gelu_pytorch_tanh',
    ffn_gated: false,
    position_embedding: 'learned',
    norm: 'layer',
    rms_norm_eps: normEpsilon,
  },
  'the model to train',
);

/** The batch of one step, counted from 1: a token is a fixed function of the one before it, but for one in five. */
export function batchOf(step: number): Batch {
  const { B, T, V } = shape;
  const random = uniform(0x9e3779b9 ^ (step * 0x85ebca6b));
  const any = () => Math.floor(random() * V);
  const ids = new Uint32Array(B * T);
  const targets = new Uint32Array(B * T);
  for (let sequence = 0; sequence < B; sequence++) {
    let token = any();
    for (let position = 0; position < T; position++) {
      ids[sequence * T + position] = token;
      token = random() < 0.2 ? any() : (5 * token + 17) % V;
      targets[sequence * T + position] = token;
    }
  }
  return { ids, targets };
}
