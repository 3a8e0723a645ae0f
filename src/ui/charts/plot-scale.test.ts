import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepScale, valueScale } from './plot-scale';

describe('the axis of values', () => {
  test.each([
    [[0.9, 6.3], 'linear', true, [0, 2, 4, 6, 8]],
    [[0.12, 0.31], 'linear', false, [0.1, 0.15, 0.2, 0.25, 0.3, 0.35]],
    [[0.004], 'linear', true, [0, 0.001, 0.002, 0.003, 0.004]],
    [[0.0003, 2], 'log', false, [0.0001, 0.001, 0.01, 0.1, 1, 10]],
    [[0.3, 2], 'log', false, [0.1, 0.2, 0.5, 1, 2, 5, 10]],
    [[], 'linear', true, [0, 0.5, 1]],
  ] as const)('%j, %s', (values, kind, fromZero, ticks) => {
    const scale = valueScale(values, kind, fromZero);
    expect(scale.ticks.map((tick) => Number(tick.toPrecision(6)))).toEqual(ticks);
  });

  test('holds every value, with two to eleven ticks from one end to the other', () => {
    const value = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1 }),
        fc.constantFrom('linear', 'log'),
        fc.boolean(),
        (values, kind, zero) => {
          const scale = valueScale(values, kind as 'linear', zero);
          for (const own of values) {
            expect(scale.share(own)).toBeGreaterThanOrEqual(-1e-9);
            expect(scale.share(own)).toBeLessThanOrEqual(1 + 1e-9);
          }
          expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
          expect(scale.ticks.length).toBeLessThanOrEqual(11);
        },
      ),
    );
  });
});

test('the axis of steps goes exactly from the first to the last', () => {
  const scale = stepScale(1, 201, 'linear');
  expect([scale.share(1), scale.share(101), scale.share(201)]).toEqual([0, 0.5, 1]);
  expect(stepScale(0, 1000, 'log').share(1)).toBe(0);
});
