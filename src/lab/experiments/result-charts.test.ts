import { describe, expect, it } from 'vitest';
import type { ExperimentRecord, JobPoint } from './experiment';
import { exampleExperiment, exampleRecord } from './experiment-example';
import { heatMap, meanCurve, speedPoints } from './result-charts';

const scores = { 'depth=1': [1, 1.1, 1.2], 'depth=2': [0.8, 0.9, 1], 'depth=4': [0.7, 0.9, 1.1] };
const record = exampleRecord(exampleExperiment(), scores);

function withPoints(points: (index: number) => readonly JobPoint[]): ExperimentRecord {
  return { ...record, results: record.results.map((result, index) => ({ ...result, points: points(index) })) };
}

const point = (step: number, bits: number): JobPoint => ({ step, heldOutLoss: 2 * bits, bitsPerCharacter: bits });

describe('meanCurve', () => {
  it('is the mean of the runs with its interval, by steps and by tokens', () => {
    const curve = meanCurve(record, 'depth=1', 'bitsPerCharacter');
    expect(curve.map(({ step, tokens, n }) => [step, tokens, n])).toEqual([
      [0, 0, 3],
      [50, 1600, 3],
      [100, 3200, 3],
    ]);
    expect(curve.at(-1)?.mean).toBeCloseTo(1.1, 12);
    expect(curve.at(-1)?.interval?.[1]).toBeCloseTo(1.1 + 0.248414, 5);
    expect(meanCurve(record, 'depth=1', 'heldOutLoss').at(-1)?.mean).toBeCloseTo(2.2, 12);
  });

  it('holds the steps that all runs have, of runs that did not diverge', () => {
    const uneven = withPoints((index) => [point(0, 3), ...(index === 0 ? [] : [point(10, 2)]), point(20, 1)]);
    expect(meanCurve(uneven, 'depth=1', 'heldOutLoss').map(({ step }) => step)).toEqual([0, 20]);
    const diverged = exampleRecord(exampleExperiment(), { 'depth=1': [1, null], 'depth=2': [null] });
    expect(meanCurve(diverged, 'depth=1', 'bitsPerCharacter').at(-1)).toEqual({
      step: 100,
      tokens: 3200,
      n: 1,
      mean: 1,
      interval: null,
    });
    expect(meanCurve(diverged, 'depth=2', 'bitsPerCharacter')).toEqual([]);
    expect(meanCurve(diverged, 'depth=9', 'bitsPerCharacter')).toEqual([]);
  });

  it('has 256 points at most, with the first and the last', () => {
    const long = withPoints(() => Array.from({ length: 1001 }, (_, step) => point(step, 1)));
    const steps = meanCurve(long, 'depth=2', 'bitsPerCharacter').map(({ step }) => step);
    expect(steps).toHaveLength(256);
    expect([steps[0], steps.at(-1)]).toEqual([0, 1000]);
    expect(new Set(steps).size).toBe(256);
  });
});

describe('speedPoints', () => {
  const time = (median: number) => ({ median, least: median / 2, most: median * 2 });

  it('mark what nothing else is at least as good and as fast as', () => {
    const timed = { ...record, decodeMilliseconds: { 'depth=1': time(1), 'depth=2': time(2), 'depth=4': time(4) } };
    const points = speedPoints(timed, 'bitsPerCharacter', 'decoding');
    expect(points.map(({ arm, tokensPerSecond, front }) => [arm, tokensPerSecond, front])).toEqual([
      ['depth=1', 1000, true],
      ['depth=2', 500, true],
      // As good as depth 2 in the mean, and slower.
      ['depth=4', 250, false],
    ]);
    expect(points[0]?.score.interval).not.toBeNull();
    expect(points[0]?.spread).toEqual([500, 2000]);
  });

  it('leave out arms whose speed is not known', () => {
    const timed = { ...record, decodeMilliseconds: { 'depth=1': time(1), 'depth=2': time(0) } };
    expect(speedPoints(timed, 'bitsPerCharacter', 'decoding').map(({ arm }) => arm)).toEqual(['depth=1']);
    expect(speedPoints(record, 'bitsPerCharacter', 'training')).toHaveLength(3);
    const [first, ...others] = record.results;
    const moved = { ...record, results: first ? [{ ...first, adapter: 'another' }, ...others] : [] };
    expect(speedPoints(moved, 'bitsPerCharacter', 'training')).toEqual([]);
  });
});

describe('heatMap', () => {
  it('is a matrix of two axes, the first downwards', () => {
    const two = exampleExperiment({
      arms: {
        kind: 'grid',
        axes: [
          { key: 'depth', values: [1, 2] },
          { key: 'norm', values: ['rms', 'layer'] },
        ],
      },
      seeds: [1],
    });
    const map = heatMap(exampleRecord(two, { 'depth=1,norm=layer': [1], 'depth=2,norm=rms': [2] }), 'bitsPerCharacter');
    expect(map?.rows.values).toEqual([1, 2]);
    expect(map?.columns).toEqual({ key: 'norm', values: ['rms', 'layer'] });
    expect(map?.cells.map((row) => row.map((cell) => cell?.mean))).toEqual([
      [null, 1],
      [2, null],
    ]);
  });

  it('is none of one axis or of random draws', () => {
    expect(heatMap(record, 'bitsPerCharacter')).toBeNull();
    const arms = { kind: 'random', ranges: [{ key: 'depth', from: 1, to: 9 }], count: 2, seed: 1 } as const;
    expect(heatMap(exampleRecord(exampleExperiment({ arms }), {}), 'bitsPerCharacter')).toBeNull();
  });
});
