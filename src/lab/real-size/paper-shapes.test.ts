/** The shapes against the numbers that PanGu-π Pro prints of its models. */
import { describe, expect, it } from 'vitest';
import { parameterCount } from '../../model/names';
import { paperConfig, paperShapes, paperVocabulary, shapeName } from './paper-shapes';

describe('paperConfig', () => {
  it.each([
    [8_000, 24, 2.97],
    [16_000, 23, 6.01],
    [32_000, 22, 11.79],
    [48_000, 20, 18.07],
    [72_000, 18, 26.88],
    [100_883, 15, 38.19],
  ])(
    'of width 1792 and a vocabulary of %i in %i layers has the paper’s share in embedding and head',
    (vocabulary, depth, share) => {
      const total = parameterCount(paperConfig({ depth, width: 1792 }, vocabulary));
      expect(total).toBeGreaterThan(0.94e9);
      expect(total).toBeLessThan(0.975e9);
      expect(Math.abs((100 * 2 * vocabulary * 1792) / total - share)).toBeLessThan(0.015);
    },
  );

  it.each(paperShapes)('of $depth layers of width $width has about a billion parameters in heads of 128', (shape) => {
    const config = paperConfig(shape, paperVocabulary);
    expect(parameterCount(config)).toBeGreaterThan(0.93e9);
    expect(parameterCount(config)).toBeLessThan(1e9);
    expect(config.hidden_size / config.num_attention_heads).toBe(128);
    expect(shapeName(shape)).toBe(`${shape.depth}×${shape.width}`);
  });

  it('has the FFN of the width that the shares imply', () => {
    expect(paperConfig({ depth: 20, width: 1792 }, paperVocabulary).intermediate_size).toBe(4864);
  });

  it('averages the three accuracies as the paper does', () => {
    for (const { arcEasy, hellaSwag, c3, average } of paperShapes) {
      expect(Math.abs((arcEasy + hellaSwag + c3) / 3 - average)).toBeLessThan(0.0101);
    }
  });
});
