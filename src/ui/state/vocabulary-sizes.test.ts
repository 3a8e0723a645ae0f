import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { curveSizes, firstSize, piecesAt, placeOf, presetSizes, sliderSteps } from './vocabulary-sizes';

describe('the slider over sizes', () => {
  test('reaches both ends exactly and never goes back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 501, max: 200_000 }), (least, most) => {
        const sizes = Array.from({ length: sliderSteps + 1 }, (_, place) => piecesAt(place, least, most));
        expect([sizes[0], sizes.at(-1)]).toEqual([least, most]);
        expect(sizes.every((size, place) => place === 0 || size >= (sizes[place - 1] ?? 0))).toBe(true);
      }),
    );
  });

  test('stands at the place whose size is nearest by ratio', () => {
    expect(piecesAt(placeOf(48_000, 264, 92_544), 264, 92_544)).toBeCloseTo(48_000, -3);
    expect(placeOf(0, 264, 92_544)).toBe(0);
    expect(placeOf(1e6, 264, 92_544)).toBe(sliderSteps);
    expect(placeOf(Number.NaN, 264, 92_544)).toBe(0);
  });

  test('a vocabulary that cannot be pruned has one place', () => {
    expect(piecesAt(500, 264, 264)).toBe(264);
    expect(placeOf(264, 264, 264)).toBe(0);
  });
});

describe('sizes that are offered', () => {
  test('are the paper’s for a large vocabulary', () => {
    expect(presetSizes(264, 92_544)).toEqual([8000, 16_000, 32_000, 48_000, 72_000, 92_544]);
    expect(presetSizes(264, 40_000)).toEqual([8000, 16_000, 32_000, 40_000]);
  });

  test('are parts of a small one, and none below what always stays', () => {
    expect(presetSizes(262, 4096)).toEqual([512, 1024, 2048, 4096]);
    expect(presetSizes(262, 1024)).toEqual([512, 1024]);
  });

  test('a curve goes from the least to the most through the presets, in order', () => {
    const sizes = curveSizes(264, 92_544);
    expect(sizes[0]).toBe(264);
    expect(sizes.at(-1)).toBe(92_544);
    expect(sizes).toEqual(expect.arrayContaining([8000, 48_000]));
    expect([...sizes].sort((a, b) => a - b)).toEqual(sizes);
    expect(new Set(sizes).size).toBe(sizes.length);
  });

  test('a person starts at the paper’s choice, or at half', () => {
    expect(firstSize(264, 92_544)).toBe(48_000);
    expect(firstSize(262, 4096)).toBe(2048);
    expect(firstSize(262, 300)).toBe(262);
  });
});
