import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleRecipe } from '../run-example';
import { evaluationsOf, withSteps, withWatching } from './length';

describe('withWatching', () => {
  it('looks at the held-out text 12 to 20 times in every run that has the steps', () => {
    const seen = (steps: number) => evaluationsOf(withWatching({ ...exampleRecipe(), steps, warmup: 0 }));
    for (let steps = 23; steps < 3000; steps++) {
      expect(seen(steps)).toBeGreaterThanOrEqual(12);
      expect(seen(steps)).toBeLessThanOrEqual(20);
    }
    expect([1, 11, 12, 20].map(seen)).toEqual([1, 11, 12, 20]);
    expect(seen(1_000_000)).toBe(16);
  });

  it('writes no samples, and asks its probes once, at the end', () => {
    const recipe = exampleRecipe({ steps: 300, probeEvery: 20, sampleEvery: 10 });
    expect(withWatching(recipe)).toMatchObject({ sampleEvery: 0, probeEvery: 300 });
    expect(withWatching({ ...recipe, probeEvery: 0 }).probeEvery).toBe(0);
  });
});

describe('withSteps', () => {
  it('keeps the share of the warm-up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), (from, to) => {
        const warmup = Math.floor(from / 3);
        const recipe = withSteps(exampleRecipe({ steps: from, warmup }), to);
        expect(recipe.steps).toBe(to);
        expect(Math.abs(recipe.warmup - (warmup * to) / from)).toBeLessThanOrEqual(0.5);
        expect(recipe.warmup).toBeLessThanOrEqual(to);
      }),
    );
  });
});
