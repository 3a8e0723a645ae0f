/** Times of measured machines between what was timed, and sweeps over small traces by hand. */
import { describe, expect, it } from 'vitest';
import type { ExpertRequest } from './caches';
import { computeTimeOf, type MeasuredMachine, restingTimeOf } from './measured-machine';
import { testMachine } from './test-model';
import { residentRate, sweepTrace } from './trace-sweep';

describe('computeTimeOf', () => {
  it('is linear between what was measured, proportional beyond it, and never below the least', () => {
    const time = (rows: number) => computeTimeOf(testMachine, rows);
    expect([0, 1, 16].map(time)).toEqual([0, 0.5, 4]);
    expect(time(8.5)).toBeCloseTo(2.25, 12);
    expect(time(32)).toBe(8);
    expect(computeTimeOf({ computeTimes: [{ rows: 4, milliseconds: 2 }] }, 1)).toBe(2);
    expect(restingTimeOf(testMachine, 1)).toBe(0.75);
    expect(() => computeTimeOf({ computeTimes: [] }, 1)).toThrow('No compute time was measured');
  });
});

/** Two layers, an expert each. */
const trace = (tokens: readonly (readonly [number, number])[]): ExpertRequest[] =>
  tokens.flatMap((pair, token) => pair.map((expert, layer) => ({ token, layer, expert })));

const machine: MeasuredMachine = { ...testMachine, loadTime: 3, diskTime: 2, bytesPerExpert: 10 };
const times = { machine, otherMs: 4, files: false };
const alternating = trace([
  [0, 1],
  [0, 1],
  [2, 1],
  [0, 1],
]);

describe('sweepTrace', () => {
  it('pays α and β for every miss, α of a resting expert for every hit, and γ where experts lie in files', () => {
    // Of eight requests five hit in four slots: the first two of each layer’s expert miss, and expert 2.
    const [lru] = sweepTrace(alternating, times, ['lru'], [4]);
    const misses = 3;
    const milliseconds = 4 * 4 + misses * (3 + 0.5) + 5 * 0.75;
    expect(lru).toMatchObject({ policy: 'lru', slots: 4, hitRate: 5 / 8, bytesPerToken: (misses * 10) / 4 });
    expect(lru?.tokensPerSecond).toBeCloseTo(4000 / milliseconds, 9);
    const [files] = sweepTrace(alternating, { ...times, files: true }, ['lru'], [4]);
    expect(files?.tokensPerSecond).toBeCloseTo(4000 / (milliseconds + misses * 2), 9);
    const [order] = sweepTrace(alternating, times, ['infmoe'], [4]);
    expect(order).toMatchObject({ hitRate: 0, bytesPerToken: 20 });
    expect(order?.tokensPerSecond).toBeCloseTo(4000 / (16 + 8 * 3.5), 9);
  });

  it('hides a predicted load behind what runs beside it, as far as the overlap lets it', () => {
    const steady = trace(Array.from({ length: 6 }, () => [0, 1] as const));
    const rate = (overlap: number) => {
      const points = sweepTrace(
        steady,
        { ...times, otherMs: 8, machine: { ...machine, overlap } },
        ['predicted', 'lru'],
        [2],
      );
      return points.map(({ tokensPerSecond }) => tokensPerSecond);
    };
    // Two slots hold both experts: nothing is left to predict.
    expect(rate(1)[0]).toBeCloseTo(rate(1)[1] ?? NaN, 9);
    const wide = Array.from({ length: 6 }, (_, token) =>
      [0, 1, 2].map((layer) => ({ token, layer, expert: 0 })),
    ).flat();
    const [predicted, lru] = [1, 0].map((overlap) =>
      sweepTrace(wide, { ...times, otherMs: 12, machine: { ...machine, overlap } }, ['predicted', 'lru'], [2]).map(
        ({ tokensPerSecond }) => tokensPerSecond,
      ),
    ) as [number[], number[]];
    // Free overlap: the load of 3 ms hides behind 0.75 of compute and 4 of the rest.
    expect(predicted[0]).toBeGreaterThan((predicted[1] ?? NaN) * 1.3);
    // Taking turns it hides nothing, and costs no more than loading on demand.
    expect(lru[0]).toBeCloseTo(lru[1] ?? NaN, 0);
  });

  it('reaches the rate of all resident with a slot for each expert, and nobody goes beyond', () => {
    const [resident] = sweepTrace(alternating, times, ['resident'], [3]);
    expect(resident).toMatchObject({ bytesPerToken: 0, hitRate: 1 });
    expect(sweepTrace(alternating, times, ['resident'], [2])).toEqual([]);
    expect(resident?.tokensPerSecond).toBeLessThanOrEqual(residentRate(alternating, times));
    expect(() => sweepTrace([], times, ['lru'], [1])).toThrow('No token was decoded yet');
  });
});
