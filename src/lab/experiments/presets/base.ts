/**
 * What all presets share: the recipe that they start from, its sizes, how long a run is and how its learning rate is found.
 *
 * Bytes are the vocabulary: StoryWorld's English holds a few Chinese sentences, so its characters are 507, most of them
 * nearly never seen, and their table would be 37 % of a model of this size. The 259 pieces of the bytes are 23 %.
 */
import { completeModel, type ModelChoice, type Recipe, recipeVersion } from '../../../train/recipe';
import { recipeDefaults } from '../../../train/recipe-schema';
import type { Experiment } from '../experiment';

/** What the tokenizer of the base has: 256 bytes, begin, end and padding. */
export const baseVocabulary = 259;

/**
 * For AdamW at these sizes; each arm searches around it. Of 0.002, 0.004 … 0.032 in the base, seed 1, 0.008 and 0.016 ended
 * lowest, at 1.82 and 1.83 bits a character, and their neighbours at 1.99 and 1.98.
 */
const baseLearningRate = 0.01;

/** L, C, H and F. */
export interface Size {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly ffn: number;
}

/** 27,120 parameters, heads of 8, an expansion of 8/3. */
const baseSize: Size = { layers: 3, width: 24, heads: 3, ffn: 64 };

/**
 * 24,800 parameters. Of the sizes near the base's it is the one around which most depths have a width of whole heads that
 * comes within 3 % of its budget, though its FFN is wider than PanGu-π's.
 */
export const deepSize: Size = { layers: 5, width: 16, heads: 2, ffn: 64 };

/** 27,392 parameters: the fewest layers, so that there are four heads of 8. */
export const wideSize: Size = { layers: 2, width: 32, heads: 4, ffn: 56 };

/** A PanGu-like model that learns StoryWorld's English with AdamW; `model` changes what a preset needs otherwise. */
export function presetBase(size: Size = baseSize, model: Partial<ModelChoice> = {}): Recipe {
  return {
    ...recipeDefaults,
    schemaVersion: recipeVersion,
    context: 64,
    batch: 16,
    // 50 tokens for each of the base's parameters; what counts is the warm-up's share of them, 5 %.
    steps: 1325,
    warmup: 66,
    optimizer: 'adamw',
    learningRate: baseLearningRate,
    schedule: 'cosine',
    weightDecay: 0.1,
    clip: 1,
    evaluateEvery: 83,
    heldOutTokens: 8192,
    probeEvery: 0,
    sampleEvery: 0,
    snapshotEvery: 250,
    model: completeModel(
      {
        hidden_size: size.width,
        num_hidden_layers: size.layers,
        num_attention_heads: size.heads,
        intermediate_size: size.ffn,
        max_position_embeddings: 64,
        tie_word_embeddings: true,
        initializer_range: 0.05,
        ...model,
      },
      'the base of the presets',
    ),
    corpus: { kind: 'storyworld', zhShare: 0 },
    vocabulary: { kind: 'bytes' },
    samplePrompt: '',
  };
}

/** All that is not the question. */
export const common = {
  kind: 'sweep',
  base: presetBase(),
  hold: null,
  length: { kind: 'tokensPerParameter', value: 50 },
  search: { factors: [0.5, 1, 2], share: 0.25 },
  seeds: [1, 2, 3],
} as const satisfies Omit<Experiment, 'schemaVersion' | 'preset' | 'arms'>;
