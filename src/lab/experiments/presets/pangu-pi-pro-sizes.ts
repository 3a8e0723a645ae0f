/**
 * PanGu-π Pro on how to spend a budget: depth or width, the FFN or the stream (Tables 2 and 3, Figure 4).
 * The paper's models have 1 B parameters, ours 25,000 to 31,000; every arm is as large as its budget allows, and what a step
 * of the free size leaves of it is in the arm's `mismatch`.
 */
import { common, deepSize, presetBase } from './base';
import { type PaperSetting, type PaperSource, preset } from './preset';

const scores = ['arcEasy', 'hellaSwag', 'c3', 'average'] as const;

export function proSource(table: string | null): PaperSource {
  return { paper: 'PanGu-π Pro', arxiv: '2402.02791', table };
}

/** Of the paper's ablations. */
export const proSetting: PaperSetting = { parameters: 1e9, tokens: 50e9 };

const widthForBudget = { quantity: 'parameters', free: 'model.hidden_size', target: null } as const;

export const depthWidth = preset(
  'depth-width',
  {
    ...common,
    base: presetBase(deepSize),
    arms: { kind: 'grid', axes: [{ key: 'depth', values: [1, 2, 3, 5, 9] }] },
    hold: widthForBudget,
  },
  {
    source: proSource('Table 2'),
    setting: proSetting,
    table: {
      columns: ['depth', 'width', 'speed', ...scores],
      rows: [
        { cells: [40, 1280, 12.81, 37.01, 41.0, 48.05, 42.02], arms: [[9]], match: 'place' },
        { cells: [30, 1536, 17.71, 36.16, 40.32, 47.84, 41.44], arms: [[5]], match: 'place' },
        { cells: [20, 1792, 29.49, 34.39, 41.48, 47.7, 41.19], arms: [[3]], match: 'place' },
        { cells: [15, 2048, 36.79, 32.45, 40.22, 40.05, 37.57], arms: [[2]], match: 'place' },
        { cells: [9, 2560, 57.53, 32.63, 31.06, 42.68, 35.46], arms: [[1]], match: 'place' },
      ],
    },
    claim: { kind: 'scores', metric: 'average', along: 'depth', shape: 'rises', best: [0] },
  },
);

/** One head of the whole width, so that any even width can be had and the four arms come near to one budget. */
const anyEvenWidth = { heads: 1 } as const;

export const expansion = preset(
  'expansion',
  {
    ...common,
    base: presetBase({ ...anyEvenWidth, layers: 4, width: 20, ffn: 56 }),
    arms: { kind: 'grid', axes: [{ key: 'expansion', values: [1, 2, 2.77, 4] }] },
    // Of all budgets near the base's the one with the smallest largest mismatch: 4.2 %.
    hold: { ...widthForBudget, target: 26_312 },
  },
  {
    source: proSource('Table 3'),
    setting: proSetting,
    table: {
      columns: ['expansion', 'width', 'speed', ...scores],
      rows: [
        { cells: [1, 2304, 28.39, 31.75, 38.71, 42.68, 37.71], arms: [[1]], match: 'value' },
        { cells: [2, 2048, 28.68, 33.33, 41.34, 48.55, 41.07], arms: [[2]], match: 'value' },
        { cells: [2.77, 1792, 28.4, 34.39, 41.48, 47.7, 41.19], arms: [[2.77]], match: 'value' },
        { cells: [4, 1536, 28.53, 35.27, 39.36, 47.18, 40.6], arms: [[4]], match: 'value' },
      ],
    },
    claim: { kind: 'scores', metric: 'average', along: 'expansion', shape: 'peak', best: [2] },
  },
);

export const random = preset(
  'random',
  {
    ...common,
    base: presetBase({ ...anyEvenWidth, layers: 3, width: 24, ffn: 64 }),
    arms: {
      kind: 'random',
      ranges: [
        { key: 'depth', from: 1, to: 8 },
        { key: 'expansion', from: 1, to: 6 },
      ],
      count: 30,
      seed: 1,
    },
    hold: { ...widthForBudget, target: 31_100 },
    search: { ...common.search, factors: [1] },
    seeds: [1],
  },
  {
    source: proSource('Figure 4'),
    setting: { parameters: 1e9, tokens: 5e9 },
    table: {
      columns: ['quantity', 'spearman'],
      rows: [
        { cells: ['depth', 0.528], arms: [], match: 'value' },
        { cells: ['width', -0.516], arms: [], match: 'value' },
        { cells: ['expansion', 0.09], arms: [], match: 'value' },
      ],
    },
    claim: { kind: 'signs', metric: 'spearman', signs: [1, -1, 1] },
  },
);
