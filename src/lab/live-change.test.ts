/** What the limits of a backend allow to be changed; `training-run.test.ts` changes values of a run that goes on. */
import { expect, it } from 'vitest';
import { testEngine } from '../cpu/parity';
import { configOf } from '../train/recipe';
import { checkChange } from './live-change';
import type { PreparedRun } from './prepared-run';
import { exampleRecipe } from './run-example';

it('refuses a batch that needs more memory than WebAssembly has, and says which fits', async () => {
  const { model } = exampleRecipe();
  const recipe = exampleRecipe({ context: 2048, model: { ...model, max_position_embeddings: 2048 } });
  const config = configOf(recipe, { size: 300, begin: null, end: null });
  const endless = { recipe, config, data: { train: { tokens: Number.POSITIVE_INFINITY } } } as unknown as PreparedRun;
  const wasm = { kind: 'cpu', engine: await testEngine(1) } as const;
  expect(() => checkChange(endless, wasm, 'batch', 1000)).toThrow(
    /A batch of 1000 needs [\d.]+ GiB, WebAssembly has 4 GiB: lower the batch to \d+/,
  );
  expect(() => checkChange(endless, wasm, 'batch', 4)).not.toThrow();
  expect(() => checkChange(endless, { kind: 'cpu' }, 'batch', 1000)).not.toThrow();
});

it('refuses a batch that experts cannot share equally, whatever carries the run', () => {
  const { model } = exampleRecipe();
  const recipe = exampleRecipe({ context: 6, batch: 4, model: { ...model, num_experts: 8 } });
  const config = configOf(recipe, { size: 300, begin: null, end: null });
  const run = { recipe, config, data: { train: { tokens: Number.POSITIVE_INFINITY } } } as unknown as PreparedRun;
  expect(() => checkChange(run, { kind: 'cpu' }, 'batch', 6)).toThrow(
    'batch cannot become 6: 6 rows of 6 tokens cannot be shared equally by 8 experts: choose a batch of 4 or 8.',
  );
  expect(() => checkChange(run, { kind: 'cpu' }, 'batch', 8)).not.toThrow();
  const learned = { ...run, recipe: { ...recipe, model: { ...recipe.model, expert_gate: 'learned' as const } } };
  expect(() => checkChange(learned, { kind: 'cpu' }, 'batch', 6)).not.toThrow();
});
