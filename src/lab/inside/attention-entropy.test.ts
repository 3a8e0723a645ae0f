import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentionEntropy, type LayerAttention } from './attention-entropy';

/** A causal layer whose row t, head h has `row(t, h)` as its first weights. */
function layer(tokens: number, heads: number, row: (t: number, h: number) => readonly number[]): LayerAttention {
  const weights = new Float32Array(tokens * heads * tokens);
  for (let t = 0; t < tokens; t++) {
    for (let h = 0; h < heads; h++) weights.set(row(t, h), (t * heads + h) * tokens);
  }
  return { weights, heads, seen: Array.from({ length: tokens }, (_, t) => t + 1) };
}

const even = (t: number) => Array.from({ length: t + 1 }, () => 1 / (t + 1));
const last = (t: number) => Array.from({ length: t + 1 }, (_, j) => Number(j === t));

describe('attentionEntropy', () => {
  it('is ln n nats and all of the most for even attention over n keys', () => {
    const { mean } = attentionEntropy(layer(4, 1, even), 0);
    expect(mean.nats).toBeCloseTo((Math.log(2) + Math.log(3) + Math.log(4)) / 4, 7);
    expect(mean.share).toBeCloseTo(1, 7);
  });

  it('is 0 for attention on one key', () => {
    expect(attentionEntropy(layer(5, 2, last), 1).mean).toEqual({ nats: 0, share: 0 });
  });

  it('is told a head, and averaged', () => {
    const { heads, mean } = attentionEntropy(
      layer(4, 2, (t, h) => (h === 0 ? even(t) : last(t))),
      3,
    );
    expect(heads[0]).toEqual({ nats: expect.closeTo(Math.log(4), 7), share: expect.closeTo(1, 7) });
    expect(heads[1]).toEqual({ nats: 0, share: 0 });
    expect(mean).toEqual({ nats: expect.closeTo(Math.log(4) / 2, 7), share: expect.closeTo(0.5, 7) });
  });

  it('leaves out the first queries, and has no share where each sees only itself', () => {
    const uneven = layer(3, 1, (t) => (t === 0 ? [1] : t === 1 ? [0.5, 0.5] : last(t)));
    expect(attentionEntropy(uneven, 2).mean).toEqual({ nats: 0, share: 0 });
    const alone = { ...layer(3, 1, last), seen: [1, 1, 1] };
    expect(attentionEntropy(alone, 0).mean).toEqual({ nats: 0, share: null });
  });

  it('lies between 0 and ln n', () => {
    const rows = fc.array(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 6, maxLength: 6 }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(rows, (given) => {
        const normalised = (t: number) => {
          const row = (given[t] ?? []).slice(0, t + 1).map((value) => value + 1);
          const total = row.reduce((sum, value) => sum + value, 0);
          return row.map((value) => value / total);
        };
        const { nats, share } = attentionEntropy(layer(6, 1, normalised), 1).mean;
        expect(nats).toBeGreaterThanOrEqual(0);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1 + 1e-6);
      }),
    );
  });
});
