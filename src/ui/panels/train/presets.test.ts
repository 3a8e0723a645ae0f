import { describe, expect, test } from 'vitest';
import { text } from '../../i18n/catalogue';
import { formTexts, readForm } from '../../state/recipe-form';
import { presetOf, presets, sizes } from './presets';

describe.each(presets)('preset $id', ({ id, values }) => {
  const { reasons } = text.train.presets.words[id];

  test('is a recipe that can run, in fields that exist', () => {
    expect(readForm(values).problems).toEqual([]);
    const known = Object.keys(formTexts({}));
    expect(Object.keys({ ...values, ...reasons }).filter((key) => !known.includes(key))).toEqual([]);
  });

  test('is found again from what it sets', () => {
    expect(presetOf(values)?.id).toBe(id);
  });

  test('gives a reason, unless it is the base, only for values it sets', () => {
    const set = Object.keys(values);
    if (set.length > 0) expect(Object.keys(reasons).filter((key) => !set.includes(key))).toEqual([]);
    expect(Object.keys(reasons).length).toBeGreaterThan(0);
  });
});

test.each(sizes)('size $name makes a model', ({ values }) => {
  expect(readForm(values).problems).toEqual([]);
});
