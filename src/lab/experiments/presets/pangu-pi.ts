/** PanGu-π's two parts against collapse, each alone, in all its sizes, and both together (Tables 2, 3 and 4). */
import { common } from './base';
import { type Paper, type PaperSource, preset } from './preset';

/** The tables are about a model of 1 B; on how many tokens is not said beside them. */
const setting = { parameters: 1e9, tokens: null } as const;

function source(table: string): PaperSource {
  return { paper: 'PanGu-π', arxiv: '2312.17276', table };
}

/** What a part costs is taken from the FFN. */
const ffnForBudget = { quantity: 'parameters', free: 'model.intermediate_size', target: null } as const;

function seriesPaper(ours: readonly number[]): Paper {
  const row = (branches: number, cEval: number, milliseconds: number) =>
    ({
      cells: [branches, cEval, milliseconds],
      arms: ours.includes(branches) ? [[branches]] : [],
      match: 'value',
    }) as const;
  return {
    source: source('Table 2'),
    setting,
    table: {
      columns: ['branches', 'cEval', 'milliseconds'],
      rows: [row(1, 35.0, 7.56), row(2, 36.9, 7.76), row(3, 37.0, 8.02), row(4, 37.0, 8.35)],
    },
    claim: { kind: 'scores', metric: 'cEval', along: 'branches', shape: 'rises', best: [2, 3] },
  };
}

const branches = [1, 2, 3, 4] as const;

export const series = preset(
  'series',
  { ...common, arms: { kind: 'grid', axes: [{ key: 'seriesBranches', values: branches }] }, hold: ffnForBudget },
  seriesPaper(branches),
);

export const pairSeries = preset(
  'pair-series',
  {
    ...common,
    kind: 'pair',
    arms: { kind: 'grid', axes: [{ key: 'seriesBranches', values: [1, 2] }] },
    hold: ffnForBudget,
  },
  seriesPaper([1, 2]),
);

/** At a width of 24 the bottlenecks are 24, 6, 2 and 1; 1/64 would be 1 again. */
export const shortcut = preset(
  'shortcut',
  {
    ...common,
    arms: { kind: 'grid', axes: [{ key: 'shortcut', values: [1, 1 / 4, 1 / 16, 1 / 32, 0] }] },
    // The base with a bottleneck of a quarter: with this budget no arm is more than 3.1 % under it.
    hold: { ...ffnForBudget, target: 27_984 },
  },
  {
    source: source('Table 3'),
    setting,
    table: {
      columns: ['bottleneck', 'cEval', 'milliseconds'],
      rows: [
        { cells: [1, 36.5, 8.66], arms: [[1]], match: 'value' },
        { cells: [1 / 4, 36.7, 8.06], arms: [[1 / 4]], match: 'value' },
        { cells: [1 / 16, 36.5, 7.96], arms: [[1 / 16]], match: 'nearest' },
        { cells: [1 / 32, 36.3, 7.66], arms: [[1 / 32]], match: 'nearest' },
        { cells: [1 / 64, 35.5, 7.62], arms: [], match: 'nearest' },
        { cells: [0, 35.0, 7.56], arms: [[0]], match: 'value' },
      ],
    },
    claim: { kind: 'scores', metric: 'cEval', along: 'bottleneck', shape: 'peak', best: [1] },
  },
);

export const parts = preset(
  'parts',
  {
    ...common,
    arms: { kind: 'grid', axes: [{ key: 'panguParts', values: ['none', 'series', 'shortcut', 'both'] }] },
    hold: ffnForBudget,
  },
  {
    source: source('Table 4'),
    setting,
    table: {
      columns: ['parts', 'cEval', 'milliseconds'],
      rows: [
        { cells: ['none', 35.0, 7.56], arms: [['none']], match: 'value' },
        { cells: ['wideNet', 36.5, 8.06], arms: [], match: 'value' },
        { cells: ['series', 36.9, 7.76], arms: [['series']], match: 'value' },
        { cells: ['shortcut', 36.3, 7.66], arms: [['shortcut']], match: 'nearest' },
        { cells: ['both', 37.9, 7.86], arms: [['both']], match: 'nearest' },
      ],
    },
    claim: { kind: 'scores', metric: 'cEval', along: null, shape: null, best: [4] },
  },
);
