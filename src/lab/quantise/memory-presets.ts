/** Models whose memory is worth a look: the papers' and those that come with the page. Not the models: their sizes alone. */
import { completeConfig, type ModelConfig } from '../../model/config';
import { paperConfig, paperShapes, paperVocabulary } from '../real-size/paper-shapes';
import type { MemoryShape } from './memory';

export interface MemoryPreset {
  readonly id: string;
  /** A name, the same in every language. */
  readonly name: string;
  readonly shape: MemoryShape;
  /** Where the sizes are from. */
  readonly source: string;
}

/** Its vocabulary is the 150,000 pieces of icetk, padded. */
const glm130b = completeConfig(
  {
    vocab_size: 150_528,
    hidden_size: 12_288,
    num_hidden_layers: 70,
    num_attention_heads: 96,
    intermediate_size: 32_768,
    max_position_embeddings: 2048,
    tie_word_embeddings: true,
    hidden_act: 'gelu_pytorch_tanh',
    attention_bias: true,
    mlp_bias: true,
    attention_mask: 'prefix',
    norm: 'layer',
    norm_placement: 'deepnorm',
  },
  'GLM-130B',
);

/** What all models of this page have in common. */
const shipped: Partial<ModelConfig> = {
  max_position_embeddings: 256,
  tie_word_embeddings: true,
  series_branches: 2,
};

function shippedPreset(id: string, name: string, values: Partial<ModelConfig>): MemoryPreset {
  return { id, name, shape: completeConfig({ ...shipped, ...values }, name), source: 'this page' };
}

const ofDepth20 = paperShapes.filter(({ depth }) => depth === 20);

export const memoryPresets: readonly MemoryPreset[] = [
  { id: 'glm-130b', name: 'GLM-130B', shape: glm130b, source: 'arXiv:2210.02414' },
  ...ofDepth20.map((shape) => ({
    id: 'pangu-pi-1b-pro',
    name: 'PanGu-π-1B Pro',
    shape: paperConfig(shape, paperVocabulary),
    source: 'arXiv:2402.02791',
  })),
  shippedPreset('text-mini', 'Text mini', {
    vocab_size: 6144,
    hidden_size: 256,
    num_hidden_layers: 7,
    num_attention_heads: 8,
    intermediate_size: 688,
    shortcut_size: 64,
  }),
  shippedPreset('story-micro', 'Story micro', {
    vocab_size: 2048,
    hidden_size: 192,
    num_hidden_layers: 6,
    num_attention_heads: 6,
    intermediate_size: 512,
    shortcut_size: 48,
  }),
  shippedPreset('story-moe', 'Story MoE', {
    vocab_size: 1536,
    hidden_size: 96,
    num_hidden_layers: 4,
    num_attention_heads: 3,
    intermediate_size: 176,
    shortcut_size: 16,
    num_experts: 16,
  }),
  shippedPreset('story-nano', 'Story nano', {
    vocab_size: 1536,
    hidden_size: 96,
    num_hidden_layers: 4,
    num_attention_heads: 3,
    intermediate_size: 176,
    shortcut_size: 16,
  }),
];
