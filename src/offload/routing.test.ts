import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokensPerExpert } from './routing';

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

describe('tokensPerExpert', () => {
  it('gives out every token, to each expert at least one while there are enough, and always the same way', () => {
    const routing = fc.record({
      experts: fc.integer({ min: 1, max: 64 }),
      tokens: fc.integer({ min: 0, max: 5000 }),
      imbalance: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(routing, (given) => {
        const counts = tokensPerExpert(given);
        expect(counts).toHaveLength(given.experts);
        expect(sum(counts)).toBe(given.tokens);
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(given.tokens >= given.experts ? 1 : 0);
        expect(tokensPerExpert(given)).toEqual(counts);
      }),
      { seed: 8, numRuns: 500 },
    );
  });

  it('is even at 0, and gives one expert all but a token of each other at 1', () => {
    expect(new Set(tokensPerExpert({ experts: 32, tokens: 640, imbalance: 0 }))).toEqual(new Set([20]));
    const counts = tokensPerExpert({ experts: 8, tokens: 100, imbalance: 1 });
    expect(counts.toSorted((a, b) => b - a)).toEqual([93, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('grows more uneven with the imbalance, and the largest is not the first of the index', () => {
    const largest = [0, 0.2, 0.4, 0.6, 0.8, 1].map((imbalance) =>
      Math.max(...tokensPerExpert({ experts: 16, tokens: 1000, imbalance })),
    );
    expect(largest).toEqual(largest.toSorted((a, b) => a - b));
    const counts = tokensPerExpert({ experts: 16, tokens: 1000, imbalance: 0.2 });
    expect(counts.indexOf(Math.max(...counts))).toBeGreaterThan(0);
    expect(counts).not.toEqual(counts.toSorted((a, b) => b - a));
  });
});
