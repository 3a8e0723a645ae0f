/** PanGu-π Pro on what costs no layer: fresh weights, heads, weight decay, batch and rate (Tables 4, 10, 12, 13; section 4). */
import { common, presetBase, wideSize } from './base';
import { proSetting, proSource } from './pangu-pi-pro-sizes';
import { preset } from './preset';

export const initialisation = preset(
  'initialisation',
  {
    ...common,
    arms: {
      kind: 'grid',
      axes: [{ key: 'initializer', values: ['constant', 'gpt2', 'internlm', 'pangu-pi-pro'] }],
    },
  },
  {
    source: proSource('Tables 4 and 11'),
    setting: proSetting,
    table: {
      columns: ['initializer', 'arcEasy', 'hellaSwag', 'c3', 'average'],
      rows: [
        { cells: ['constant', 37.57, 41.16, 49.04, 42.59], arms: [['constant']], match: 'value' },
        { cells: ['gpt2', 38.62, 39.34, 48.44, 42.13], arms: [['gpt2']], match: 'value' },
        { cells: ['internlm', 34.39, 41.48, 47.7, 41.19], arms: [['internlm']], match: 'value' },
        { cells: ['pangu-pi-pro', 37.57, 42.0, 49.26, 42.94], arms: [['pangu-pi-pro']], match: 'value' },
      ],
    },
    claim: { kind: 'scores', metric: 'average', along: null, shape: null, best: [3] },
  },
);

export const heads = preset(
  'heads',
  { ...common, arms: { kind: 'grid', axes: [{ key: 'heads', values: [1, 2, 3, 6, 12] }] } },
  {
    source: proSource('Table 12'),
    setting: proSetting,
    table: {
      columns: ['heads', 'headSize', 'speed', 'arcEasy', 'hellaSwag', 'c3', 'average'],
      // Matched by how often the number is doubled; the paper's heads are sixteen times the size of ours.
      rows: [
        { cells: [14, 128, 29.49, null, null, null, 41.19], arms: [[3]], match: 'place' },
        { cells: [28, 64, 30.11, 35.39, 41.63, 48.09, 41.7], arms: [[6]], match: 'place' },
        { cells: [56, 32, 30.49, 33.16, 41.36, 48.17, 40.9], arms: [[12]], match: 'place' },
      ],
    },
    claim: { kind: 'scores', metric: 'average', along: 'heads', shape: 'peak', best: [1] },
  },
);

export const gqa = preset(
  'gqa',
  {
    ...common,
    base: presetBase(wideSize),
    arms: { kind: 'grid', axes: [{ key: 'kvHeads', values: [4, 2, 1] }] },
    hold: { quantity: 'parameters', free: 'model.intermediate_size', target: null },
  },
  {
    source: proSource('Table 10'),
    // The paper's grouped model has 1.4 B, is made from the other one and trained on 5 % more.
    setting: { parameters: 1.5e9, tokens: null },
    table: {
      columns: ['attention', 'parameters', 'cEval', 'cmmlu', 'mmlu', 'agiEval'],
      rows: [
        { cells: ['mha', 1.5e9, 52.91, 49.51, 53.76, 44.42], arms: [[4]], match: 'value' },
        // 8 groups are half of the model's 16 heads.
        { cells: ['gqa', 1.4e9, 48.75, 46.94, 51.97, 43.59], arms: [[2]], match: 'nearest' },
      ],
    },
    claim: { kind: 'scores', metric: 'cEval', along: null, shape: null, best: [0] },
  },
);

export const weightDecay = preset(
  'weight-decay',
  { ...common, arms: { kind: 'grid', axes: [{ key: 'weightDecay', values: [0.2, 0.1, 0.01, 0.001, 0.0001] }] } },
  {
    source: proSource('Table 13'),
    setting: proSetting,
    table: {
      columns: ['weightDecay', 'average'],
      rows: [
        { cells: [0.2, 38.71], arms: [[0.2]], match: 'value' },
        { cells: [0.1, 41.19], arms: [[0.1]], match: 'value' },
        { cells: [0.01, 38.92], arms: [[0.01]], match: 'value' },
        { cells: [0.001, 38.53], arms: [[0.001]], match: 'value' },
        { cells: [0.0001, 37.7], arms: [[0.0001]], match: 'value' },
      ],
    },
    claim: { kind: 'scores', metric: 'average', along: 'weightDecay', shape: 'peak', best: [1] },
  },
);

const exponents = [0, 0.5, 1] as const;

/** The rule sets the rate, so none is searched. 2, 8 and 32 times the base's batch: one in each of the paper's three ranges. */
export const batchRate = preset(
  'batch-rate',
  {
    ...common,
    arms: {
      kind: 'grid',
      axes: [
        { key: 'batch', values: [32, 128, 512] },
        { key: 'batchRule', values: exponents },
      ],
    },
    search: { ...common.search, factors: [1] },
  },
  {
    source: proSource(null),
    setting: { parameters: 1e9, tokens: null },
    table: {
      columns: ['batchFrom', 'batchTo', 'finding'],
      // Tokens of a batch; the paper's bs0 is 1 M, ours the base's batch.
      rows: [
        { cells: [1e6, 4e6, 'alike'], arms: exponents.map((r) => [32, r]), match: 'value' },
        { cells: [4e6, 16e6, 'half'], arms: exponents.map((r) => [128, r]), match: 'value' },
        { cells: [16e6, 32e6, 'hurts'], arms: exponents.map((r) => [512, r]), match: 'value' },
      ],
    },
    claim: { kind: 'findings', metric: 'finding' },
  },
);
