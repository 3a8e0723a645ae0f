import { expect, test } from 'vitest';
import { exampleRecipe, exampleRun } from '../../lab/run-example';
import { writeRunFile } from '../../lab/run-file';
import { readRecipeFile } from './recipe-file';

const file = (name: string, ...content: (string | Uint8Array<ArrayBuffer>)[]) => new File(content, name);

test('a recipe, a run and a checkpoint give their recipe back', async () => {
  const recipe = exampleRecipe();
  expect(await readRecipeFile(file('recipe.json', JSON.stringify(recipe)))).toEqual({ recipe, record: null });
  const run = exampleRun();
  expect(await readRecipeFile(file('run.json', writeRunFile([run])))).toEqual({ recipe: run.recipe, record: run });
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: { recipe: JSON.stringify(recipe) } }));
  const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer);
  const checkpoint = file('model.safetensors', length, header, 'weights');
  expect(await readRecipeFile(checkpoint)).toEqual({ recipe, record: null });
});

test.each([
  [file('a.json', '{'), 'a.json is not JSON'],
  [file('a.json', '[]'), 'The recipe is []'],
  [file('a.json', '{"schemaVersion":2}'), 'made by a newer page'],
  [file('a.json', '{"kind":"pangu-pi-runs","schemaVersion":9,"runs":[]}'), 'made by a newer page'],
  [file('a.safetensors', 'short'), 'a.safetensors carries no recipe'],
  [file('a.safetensors', new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0]), '{}'), 'a.safetensors carries no recipe'],
])('%# is refused in a sentence', async (given, sentence) => {
  await expect(readRecipeFile(given)).rejects.toThrow(sentence);
});
