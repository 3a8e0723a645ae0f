import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { configOf, parseRecipe } from '../src/train/recipe';
import { config, recipe, shape } from './page/train-case';

const file = path.join(import.meta.dirname, 'macbook.json');

test('macbook.json is a recipe for the model and the step that the benchmark times', () => {
  const read = parseRecipe(JSON.parse(readFileSync(file, 'utf8')), 'macbook.json');
  expect(configOf(read, { size: shape.V, begin: null, end: null })).toEqual(config);
  expect(read).toMatchObject({ ...recipe, batch: shape.B, context: shape.T, optimizer: 'adamw' });
});
