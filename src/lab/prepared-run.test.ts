import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { prepareRun } from './prepared-run';
import { exampleRecipe, textFiles } from './run-example';

const files = {
  ...textFiles,
  tokenizer: async (id: string): Promise<unknown> =>
    JSON.parse(readFileSync(new URL(`../../public/models/${id}/tokenizer.json`, import.meta.url), 'utf8')),
};

const recipe = exampleRecipe({
  heldOutTokens: 1500,
  vocabulary: { kind: 'pruned', from: 'story-nano', size: 300, method: 'frequency' },
});

it('scores as many characters as a pruned vocabulary is asked for, and takes that vocabulary from a snapshot', async () => {
  const { config, data, windows } = await prepareRun(recipe, files);
  expect(config.vocab_size).toBe(300);
  expect(windows.characters).toBe(data.counts.heldOut.characters);
  expect(windows.characters).toBeGreaterThan(1000);
  expect(windows.characters).toBeLessThanOrEqual(1500);
  expect(windows.tokens).toBeGreaterThan(1500 / 1.2);
  const { tokenizerJson, dataHash } = data;
  // The shipped tokenizer may be another one by then.
  const gone = { ...files, tokenizer: () => Promise.reject(new Error('The shipped tokenizer is not asked for.')) };
  const again = await prepareRun(
    recipe,
    gone,
    {},
    { tokenizerJson: JSON.parse(JSON.stringify(tokenizerJson)), dataHash },
  );
  expect(again.windows.characters).toBe(windows.characters);
  expect(again.data.tokenizerJson).toEqual(tokenizerJson);
});
