/** A question of our own, which no paper of the project's answers. */
import { common, deepSize, presetBase } from './base';
import { preset } from './preset';

/**
 * A layer alone against three. The length is an axis, so the base's own steps are not used: 200 tokens a parameter cost four
 * times a run of the other presets.
 */
export const tokensPerParameter = preset(
  'tokens-per-parameter',
  {
    ...common,
    base: presetBase(deepSize),
    arms: {
      kind: 'grid',
      axes: [
        { key: 'depth', values: [1, 3] },
        { key: 'tokensPerParameter', values: [10, 50, 200] },
      ],
    },
    hold: { quantity: 'parameters', free: 'model.hidden_size', target: null },
    length: { kind: 'steps' },
  },
  null,
);
