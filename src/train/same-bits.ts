/**
 * A small run whose bits are known: 200 steps of a PanGu-π model on WebAssembly end with the same parameters and moments on every
 * machine, in every browser, on any number of threads. `wasm-trainer.test.ts` and the page's tests hold theirs against the hash.
 *
 * When a kernel changes a bit on purpose, the hash changes with it: the test prints the new one.
 */
import type { Batch } from '../data/batches';
import { orderOf } from '../gpu/kernels/embed/order';
import { completeConfig } from '../model/config';
import { recipeDefaults } from './recipe-schema';
import type { StepValues, TrainingValues } from './trainer';

export const sameBitsConfig = completeConfig(
  {
    vocab_size: 97,
    hidden_size: 48,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    intermediate_size: 100,
    max_position_embeddings: 40,
    tie_word_embeddings: true,
    series_branches: 2,
    shortcut_size: 8,
  },
  'the run with known bits',
);

export const sameBitsRecipe: TrainingValues = {
  ...recipeDefaults,
  batch: 5,
  context: 33,
  optimizer: 'adamw',
  dropout: 0.1,
  clip: 1,
  seed: 20261125,
};

export const sameBitsSteps = 200;

/** SHA-256 of parameters and both moments, the first 16 digits. */
export const sameBitsHash = '4177a9df24243d22';

export function sameBitsBatch(step: number): Batch {
  const rows = sameBitsRecipe.batch * sameBitsRecipe.context;
  const ids = Uint32Array.from({ length: rows }, (_, row) => (row * row + 31 * step + 7 * row) % 97);
  const targets = ids.map((id) => (5 * id + 11) % 97);
  return { ids, targets, order: orderOf(ids), counted: rows };
}

export function sameBitsValues(step: number): StepValues {
  return { step, learningRate: 3e-3, weightDecay: 0.1 };
}
