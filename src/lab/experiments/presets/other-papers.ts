/** PanGu-α's query layer, and GLM-130B on where the norms stand: papers that say what they built, and little of what else they tried. */
import { common, presetBase } from './base';
import { preset } from './preset';

/** The paper gives no model without it. The query layer is the last of the layers, and its table of positions is paid by the FFN. */
export const queryLayer = preset(
  'query-layer',
  {
    ...common,
    arms: { kind: 'grid', axes: [{ key: 'queryLayer', values: [false, true] }] },
    hold: { quantity: 'parameters', free: 'model.intermediate_size', target: null },
  },
  {
    source: { paper: 'PanGu-α', arxiv: '2104.12369', table: null },
    setting: { parameters: 2.6e9, tokens: null },
    table: null,
    claim: null,
  },
);

/**
 * Eight layers with LayerNorm, as the paper's models have it. Rates up to eight times the base's are tried, since what
 * diverges is the question; fresh weights are the base's in all arms, not DeepNorm's own.
 */
export const deepnorm = preset(
  'deepnorm',
  {
    ...common,
    base: presetBase({ layers: 8, width: 16, heads: 2, ffn: 32 }, { norm: 'layer' }),
    arms: { kind: 'grid', axes: [{ key: 'normPlacement', values: ['pre', 'post', 'sandwich', 'deepnorm'] }] },
    search: { ...common.search, factors: [0.5, 1, 2, 4, 8] },
  },
  {
    source: { paper: 'GLM-130B', arxiv: '2210.02414', table: null },
    setting: { parameters: 100e9, tokens: null },
    table: {
      columns: ['placement', 'outcome'],
      rows: [
        { cells: ['pre', 'diverged'], arms: [['pre']], match: 'value' },
        { cells: ['post', 'diverged'], arms: [['post']], match: 'value' },
        { cells: ['sandwich', 'diverged'], arms: [['sandwich']], match: 'value' },
        { cells: ['deepnorm', 'trained'], arms: [['deepnorm']], match: 'value' },
      ],
    },
    claim: { kind: 'only', metric: 'outcome', value: 'trained', row: 3 },
  },
);
