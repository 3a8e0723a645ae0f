import { describe, expect, test } from 'vitest';
import { paperSizes } from './paper-vocabularies';
import {
  cacheBytes,
  layerParameters,
  layersWithin,
  paperBudget,
  paperShape,
  parametersOf,
  tokenFlops,
  vocabularyParameters,
  vocabularyShare,
} from './vocabulary-budget';

const depths = [24, 23, 22, 20, 18, 15];

describe('Table 1 of PanGu-π Pro', () => {
  test('a layer of its shape has 38.99 M parameters', () => {
    expect(layerParameters(paperShape)).toBe(38_993_920);
  });

  test.each(paperSizes.map((row, index) => [row, depths[index] ?? 0] as const))(
    'is given back at $name: layers, and the share to a hundredth of a percent',
    ({ pieces, share }, depth) => {
      expect(layersWithin(paperShape, pieces, paperBudget)).toBe(depth);
      const percent = Math.round(10_000 * vocabularyShare(paperShape, pieces, depth)) / 100;
      expect(Math.abs(percent - 100 * share)).toBeLessThan(0.0101);
    },
  );

  test('its sizes are thousands, not powers of two', () => {
    expect(100 * vocabularyShare(paperShape, 8192, 24)).toBeCloseTo(3.04, 2);
    expect(100 * vocabularyShare(paperShape, 100_000, 15)).toBeCloseTo(37.99, 2);
  });

  test('all six models have about a billion parameters', () => {
    for (const [index, { pieces }] of paperSizes.entries()) {
      const parameters = parametersOf(paperShape, pieces, depths[index]);
      expect(parameters).toBeGreaterThan(0.94e9);
      expect(parameters).toBeLessThan(paperBudget);
    }
  });
});

test('a tied head is counted once', () => {
  const tied = { ...paperShape, tied: true };
  expect(vocabularyParameters(paperShape, 1000)).toBe(2 * vocabularyParameters(tied, 1000));
});

test('a budget that the vocabulary alone uses up leaves no layer', () => {
  expect(layersWithin(paperShape, 100_883, 1e6)).toBe(0);
});

test('a token takes four bytes of cache a layer and a channel, and two operations a parameter', () => {
  expect(cacheBytes({ ...paperShape, layers: 2, kvWidth: 8 })).toBe(64);
  expect(tokenFlops(paperShape, 8000)).toBe(2 * parametersOf(paperShape, 8000));
});
