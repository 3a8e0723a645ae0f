import { describe, expect, it } from 'vitest';
import { exampleExperiment, exampleRecord } from './experiment-example';
import type { Paper } from './presets/preset';
import { reportOf } from './report';
import { reportMarkdown } from './report-markdown';

const record = exampleRecord(exampleExperiment(), {
  'depth=1': [1.5, 1.6, 1.7],
  'depth=2': [0.8, 0.9, 1.001],
  'depth=4': [0.9, 1, 1.102],
});

const paper: Paper = {
  source: { paper: 'A paper', arxiv: '0000.00000', table: 'Table 1' },
  setting: { parameters: 1e9, tokens: 50e9 },
  table: {
    columns: ['depth', 'average'],
    rows: [
      { cells: [1, 35], arms: [[1]], match: 'value' },
      { cells: [20, 42], arms: [[2]], match: 'place' },
      { cells: [99, 50], arms: [], match: 'place' },
    ],
  },
  claim: { kind: 'scores', metric: 'average', along: 'depth', shape: 'rises', best: [1] },
};

describe('reportOf', () => {
  it('lists the arms from the best on, each against the best over paired seeds', () => {
    const { arms } = reportOf(record, null);
    expect(arms.map(({ arm }) => arm)).toEqual(['depth=2', 'depth=4', 'depth=1']);
    expect(arms[0]?.toFirst).toBeNull();
    expect(arms[1]?.toFirst?.mean).toBeCloseTo(0.1003, 4);
    expect(arms[2]).toMatchObject({ place: 3, withFirst: false, paper: null });
  });

  it('puts the paper beside the arms that stand for its rows', () => {
    const { arms, verdict } = reportOf(record, paper);
    expect(arms.map((arm) => arm.paper)).toEqual([42, null, 35]);
    expect(verdict).toMatchObject({ outcome: 'agrees', counts: { agrees: 1, disagrees: 0, cannotTell: 0 } });
  });
});

describe('reportMarkdown', () => {
  it('marks what is not told apart from the best, and says what the intervals allow', () => {
    const lines = reportMarkdown(reportOf(record, paper)).split('\n');
    expect(lines[0]).toMatch(/^\| arm \|.*\| paper \|$/);
    expect(lines[2]).toContain('__0.900__ (0.651–1.150)');
    expect(lines[4]).toMatch(/\| 1\.600 \(1\.352–1\.848\) \| \+0\.700 \(\+0\.69\d to \+0\.70\d\) \| 3 \| 35 \|$/);
    expect(lines.at(-1)).toBe("__Agrees__: of the paper's pairs, 1 found, 0 the other way round, 0 not told apart.");
  });

  it('leaves out the column of a paper that there is none of', () => {
    expect(reportMarkdown(reportOf(record, null))).not.toContain('paper');
  });
});
