import { expect, it } from 'vitest';
import { exampleCurves, exampleRun } from '../../../lab/run-example';
import type { RunRecord } from '../../../lab/run-record';
import { noCurves } from '../../../train/curves';
import { seriesStyle } from '../../charts/series';
import type { RunEntry } from '../../state/runs';
import { figuresOf, numberCells, sortEntries } from './columns';
import { filterEntries } from './filter';

const entry = (id: string, changes: Partial<RunRecord> = {}): RunEntry => ({
  run: exampleRun({ id, ...changes }),
  name: id,
  style: seriesStyle(0),
  place: 'stored',
});

const low = entry('low', { curves: exampleCurves(20, () => 1) });
const high = entry('high', { curves: exampleCurves(20, () => 2) });
const fresh = entry('fresh', { curves: noCurves, state: 'paused' });

it('sorts both ways, and a run without a value stands last in both', () => {
  const ids = (down: boolean) => sortEntries([fresh, high, low], { column: 'best', down }).map(({ run }) => run.id);
  expect(ids(false)).toEqual(['low', 'high', 'fresh']);
  expect(ids(true)).toEqual(['high', 'low', 'fresh']);
});

it('sorts names as people count', () => {
  const entries = [entry('seed 10'), entry('seed 9'), entry('Seed 1')];
  expect(sortEntries(entries, { column: 'name', down: false }).map(({ name }) => name)).toEqual([
    'Seed 1',
    'seed 9',
    'seed 10',
  ]);
});

it('counts all kinds of the last round of probes together', () => {
  const probes = [
    { step: 10, kind: 'recall', correct: 1, n: 8 },
    { step: 20, kind: 'recall', correct: 3, n: 8 },
    { step: 20, kind: 'ending', correct: 5, n: 8 },
  ];
  const { run } = entry('probed', { curves: { ...exampleCurves(20), probes } });
  expect(figuresOf(run).probes).toMatchObject({ share: 0.5, n: 16 });
  const shown = numberCells.find(({ key }) => key === 'probes')?.shown(run);
  // The Wilson interval of 8 of 16.
  expect(shown?.replaceAll('\u202f', ' ')).toBe('50 % (28–72)');
});

it('filters by every word, wherever it stands', () => {
  const entries = [low, entry('other', { adapter: 'Some GPU' }), fresh];
  expect(filterEntries(entries, ' gpu  STORYWORLD ').map(({ run }) => run.id)).toEqual(['other']);
  expect(filterEntries(entries, 'paused').map(({ run }) => run.id)).toEqual(['fresh']);
  expect(filterEntries(entries, '')).toHaveLength(3);
});
