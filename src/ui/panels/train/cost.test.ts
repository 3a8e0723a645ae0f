import { expect, test } from 'vitest';
import { configOf } from '../../../train/recipe';
import { baseRecipe } from '../../state/recipe-form';
import { estimateCost } from './cost';

const config = configOf(baseRecipe, { size: 512, begin: 0, end: 1 });

test('counts all experts as parameters, and one of each layer as work', () => {
  const dense = estimateCost(config, baseRecipe);
  const experts = estimateCost({ ...config, num_experts: 8 }, baseRecipe);
  const { num_hidden_layers: L, hidden_size: C, intermediate_size: F } = config;
  expect(experts.parameters - dense.parameters).toBe(L * (8 * C + 7 * 3 * F * C));
  expect(experts.flops).toBe(dense.flops);
});

test('the work of a step is six times its products and attention', () => {
  const layer = 4 * 64 * 64 + 3 * 64 * 176;
  const forward = 2 * (3 * layer + 512 * 64) + 2 * 2 * 32 * 64 * 3;
  expect(estimateCost(config, baseRecipe).flops).toBe(3 * forward * 16 * 64);
});

test('an untied head and accumulation are counted', () => {
  const untied = { ...config, tie_word_embeddings: false };
  const before = estimateCost(config, baseRecipe);
  expect(estimateCost(untied, baseRecipe)).toEqual({
    parameters: before.parameters + 512 * 64,
    flops: before.flops,
    bytes: before.bytes + 16 * 512 * 64,
  });
  expect(estimateCost(config, { ...baseRecipe, accumulation: 4 }).flops).toBe(4 * before.flops);
});
