import { expect, it } from 'vitest';
import { exampleCurves, exampleRun } from '../../../lab/run-example';
import type { RunRecord } from '../../../lab/run-record';
import { seriesStyle } from '../../charts/series';
import type { RunEntry } from '../../state/runs';
import { lastStep, overlaySeries, sameVocabulary, sharedFloor, trainingPoints, valuesAt } from './overlay-series';

const entry = (id: string, changes: Partial<RunRecord> = {}): RunEntry => ({
  run: exampleRun({ id, ...changes }),
  name: id,
  style: seriesStyle(0),
  place: 'stored',
});

it('draws a chart of many long runs with few points', () => {
  const entries = Array.from({ length: 12 }, (_, index) => entry(`run ${index}`, { curves: exampleCurves(5000) }));
  const series = overlaySeries(entries, trainingPoints, { older: true, except: null });
  expect(series).toHaveLength(12);
  expect(series.reduce((sum, { points }) => sum + points.length, 0)).toBeLessThanOrEqual(1536);
  for (const { points } of series) expect(points.length).toBeLessThanOrEqual(256);
});

it('fades the older runs, but never the baseline, and draws the newest on top', () => {
  const entries = Array.from({ length: 6 }, (_, age) => entry(`run ${age}`));
  const series = overlaySeries(entries, trainingPoints, { older: true, except: 'run 5' });
  expect(series.at(-1)?.name).toBe('run 0');
  expect(series.filter(({ faded }) => faded).map(({ name }) => name)).toEqual(['run 4']);
  expect(overlaySeries(entries, trainingPoints, { older: false, except: null }).some(({ faded }) => faded)).toBe(false);
});

it('reads out the last points up to a step', () => {
  const { run } = entry('run', { curves: exampleCurves(20) });
  expect(valuesAt(run, 12)).toMatchObject({ trained: { step: 12, loss: 4 / 12 }, scored: { step: 0 } });
  expect(valuesAt(run, 90)).toMatchObject({ trained: { step: 20 }, scored: { step: 20 } });
  expect(valuesAt(run, 0)).toMatchObject({ trained: null, scored: { step: 0 } });
  expect(lastStep([entry('short'), entry('long', { curves: exampleCurves(40) })])).toBe(40);
});

it('draws the floor only when all share it', () => {
  const { facts } = exampleRun();
  const other = entry('other', { facts: { ...facts, floor: null, vocabulary: 90 } });
  expect(sharedFloor([entry('a'), entry('b')], 'bits')).toBe(0.25);
  expect(sharedFloor([entry('a'), other], 'nats')).toBeNull();
  expect(sharedFloor([], 'nats')).toBeNull();
  expect(sameVocabulary([entry('a'), other])).toBe(false);
});
