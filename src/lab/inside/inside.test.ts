/** The measures against NumPy's on the same states (`python/inside.py`). */
import { describe, expect, it } from 'vitest';
import { featuresFrom } from './features';
import { insideDefaults, insideLayer, type LayerInside, layerCount } from './inside';
import { insideFixtureNames, readInsideFixture } from './inside-fixture';
import { variances } from './principal';

/** Both in float64; what differs is how sums are ordered and that NumPy takes singular values. */
const tolerance = 1e-6;

/** As `near` for every number in a value. */
function nearly(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isInteger(value)) return near(value);
  if (Array.isArray(value)) return value.map(nearly);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, nearly(entry)]));
}

function near(expected: number) {
  const digits = -Math.log10(2 * tolerance * Math.max(Math.abs(expected), 1e-3));
  return expect.closeTo(expected, digits);
}

describe.each(insideFixtureNames)('%s', (name) => {
  const { states, options, layers } = readInsideFixture(name);

  it.each(layers.map((expected) => [expected.layer, expected] as const))(
    'measures layer %i as NumPy does',
    (layer, { variances: expectedVariances, ...expected }) => {
      const found: LayerInside = insideLayer(states, layer, options);
      expect(found).toEqual(nearly(expected));
      expect(found.effectiveDimension).toBe(expected.effectiveDimension);
      const all = variances(featuresFrom(states.residuals[layer] as Float32Array, states.width, options.first));
      const largest = expectedVariances[0] as number;
      expectedVariances.forEach((variance, k) => {
        expect(Math.abs((all[k] ?? 0) - variance)).toBeLessThan(tolerance * largest);
      });
    },
  );

  it('has the embedding and every layer', () => {
    expect(layerCount(states)).toBe(layers.length);
    expect(layers[0]?.attention).toBeNull();
  });
});

describe('insideLayer', () => {
  const { states } = readInsideFixture('pangu-pi');

  it('shows nothing in the plane when no token occurs often enough', () => {
    const { plane } = insideLayer(states, 1, { ...insideDefaults, occurrences: 99 });
    expect(plane).toEqual({ tokens: [], shares: [0, 0] });
  });

  it('says what it cannot do', () => {
    expect(() => insideLayer(states, 4)).toThrow('Layer 4 does not exist: choose 0 to 3.');
    expect(() => insideLayer(states, 1, { ...insideDefaults, first: 15 })).toThrow(
      '16 tokens less the first 15 leave nothing to compare: give a longer text.',
    );
  });
});
