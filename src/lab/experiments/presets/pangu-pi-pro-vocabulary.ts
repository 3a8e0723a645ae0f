/**
 * PanGu-π Pro on words or layers (Table 1), asked twice: of vocabularies that are trained anew at each size, and, as the paper
 * does, of one tokenizer that is pruned. A layer less pays for 258 pieces more, so the arms are of one size to within 2 %.
 */
import { common, deepSize, presetBase } from './base';
import { proSetting, proSource } from './pangu-pi-pro-sizes';
import { type ArmValues, type Paper, type PaperRow, preset } from './preset';

const bpe = { kind: 'bpe', size: 384 } as const;

export const vocabulary = preset(
  'vocabulary',
  {
    ...common,
    base: { ...presetBase(deepSize), vocabulary: bpe },
    arms: { kind: 'grid', axes: [{ key: 'vocabulary', values: [384, 640, 896, 1152, 1408] }] },
    hold: { quantity: 'parameters', free: 'model.num_hidden_layers', target: null },
  },
  // Matched by the share of the model that its table takes: ours begins where the paper's nearly ends.
  tableOne({ 72000: [384], 100000: [640] }),
);

const pruned = { kind: 'pruned', from: 'story-nano', size: 280, method: 'frequency' } as const;

/**
 * The tokenizer of 1,536 pieces that story-nano was trained with, on its own text in both languages; 259 pieces always stay.
 * At 1,536 nothing is cut: both ways are one run there, made twice. Of five factors of the rate, 0.5 to 8, tried with seed 1
 * at 280, 768 and 1,536 pieces, those from 1 to 4 ended lowest.
 */
export const prunedVocabulary = preset(
  'pruned-vocabulary',
  {
    ...common,
    base: {
      ...presetBase({ ...deepSize, layers: 6 }),
      corpus: { kind: 'storyworld', zhShare: 0.5 },
      vocabulary: pruned,
      // Characters: about fifty documents, the same in every arm.
      heldOutTokens: 16_384,
    },
    arms: {
      kind: 'grid',
      axes: [
        { key: 'vocabulary', values: [280, 512, 768, 1024, 1280, 1536] },
        { key: 'pruning', values: ['frequency', 'closed'] },
      ],
    },
    hold: { quantity: 'parameters', free: 'model.num_hidden_layers', target: null },
    search: { ...common.search, factors: [1, 2, 4] },
  },
  // Matched by the share of the whole vocabulary that stays: 0.16, 0.32, 0.48, 0.72 and all there.
  tableOne({
    16000: [280, 'frequency'],
    32000: [512, 'frequency'],
    48000: [768, 'frequency'],
    72000: [1024, 'frequency'],
    100000: [1536, 'frequency'],
  }),
);

/** The paper's table, with the arms that stand for some of its sizes. */
function tableOne(arms: Readonly<Record<number, ArmValues>>): Paper {
  const row = (...cells: readonly [number, ...number[]]): PaperRow => {
    const found = arms[cells[0]];
    return { cells, arms: found ? [found] : [], match: 'nearest' };
  };
  return {
    source: proSource('Table 1'),
    setting: proSetting,
    table: {
      columns: ['vocabulary', 'coverage', 'tableShare', 'arcEasy', 'hellaSwag', 'c3', 'average'],
      rows: [
        row(8000, 78.68, 2.97, 31.39, 40.19, 42.25, 37.94),
        row(16_000, 87.24, 6.01, 30.34, 40.1, 45.64, 38.69),
        row(32_000, 94.49, 11.79, 34.45, 40.23, 46.77, 40.48),
        row(48_000, 97.86, 18.07, 34.39, 41.48, 47.7, 41.19),
        row(72_000, 99.84, 26.88, 34.39, 39.21, 46.58, 40.06),
        row(100_000, 100, 38.19, 34.98, 39.11, 47.1, 40.4),
      ],
    },
    claim: { kind: 'scores', metric: 'average', along: 'vocabulary', shape: 'peak', best: [3] },
  };
}
