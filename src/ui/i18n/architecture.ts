/**
 * The English words of the questions that the Architecture panel starts from, and of the papers' tables beside them. The
 * panel's own words are in architecture-panel.ts, the figures in src/lab/experiments/presets; architecture-text.ts joins both.
 */
import type { AxisKey } from '../../lab/experiments/axes';
import type { PresetId } from '../../lab/experiments/presets';
import type { PaperColumn, PaperSetting, PaperSource } from '../../lab/experiments/presets/preset';
import { formatCount } from '../format/numbers';

export interface ExperimentPresetWords {
  /** The question. */
  readonly title: string;
  /** One sentence: why it is worth asking. */
  readonly why: string;
  /** Of the paper's table; where there is none, what stands in its place. */
  readonly caption: string;
  /** What the axes, or the ranges, are called in this question. */
  readonly axes: Readonly<Partial<Record<AxisKey, string>>>;
  readonly setting: (setting: PaperSetting) => string;
  /** Where the comparison with the paper ends. */
  readonly caveat: string;
}

/** Parameters and tokens as a paper writes them: 1 B. */
const count = (value: number) => formatCount(value).replace('G', 'B');

const about = ({ parameters }: PaperSetting) =>
  parameters === null ? 'Models of a size that is not said' : `Models of about ${count(parameters)} parameters`;

const onTokens = ({ tokens }: PaperSetting) => (tokens === null ? '' : `, each trained on ${count(tokens)} tokens`);

const ablation = (setting: PaperSetting) =>
  `${about(setting)}${onTokens(setting)}, Chinese and English alike; scores in percent on ARC-Easy, HellaSwag and C3.`;

const cEval = (setting: PaperSetting) =>
  `${about(setting)}${onTokens(setting)}; score on C-Eval, time in milliseconds.`;

const presets: Readonly<Record<PresetId, ExperimentPresetWords>> = {
  'depth-width': {
    title: 'Deep and narrow, or shallow and wide?',
    why: 'At the same number of parameters every layer more makes all layers narrower: which of the two does the model miss less?',
    caption: 'Depth against width at one budget: the deeper model scores higher each time, and decodes slower.',
    axes: { depth: 'layers' },
    setting: ablation,
    caveat:
      'Rows are matched by their place, from deepest to shallowest: 9 layers here are not 40. Heads keep their number, so they shrink with the width.',
  },
  expansion: {
    title: 'How wide should the feed-forward network be?',
    why: 'Its matrices hold most parameters of a layer; what they take, the width of the whole model cannot have.',
    caption: 'Expansion against width at one budget and 20 layers.',
    axes: { expansion: 'FFN width ÷ width' },
    setting: ablation,
    caveat:
      'Here one head takes the whole width, so that any even width can be had; the arms still lie up to 4.2 % under the budget. The FFN’s width is rounded to 8.',
  },
  random: {
    title: 'Depth, width or expansion: what goes with a good score?',
    why: 'A sweep moves one thing along a line; configurations drawn at random show whether its rule holds when everything moves.',
    caption: 'Rank correlation with the score over about 30 random configurations.',
    axes: { depth: 'layers', expansion: 'FFN width ÷ width' },
    setting: ({ parameters, tokens }) =>
      `About 30 random models of ${parameters === null ? 'one size' : `${count(parameters)} parameters`}${onTokens({ parameters, tokens })}; Spearman’s ρ with their score.`,
    caveat:
      'Depth and expansion are drawn and the width is solved for, in steps of 2: arms lie up to 15 % under the budget. One seed each and one learning rate for all.',
  },
  vocabulary: {
    title: 'More words, or more layers?',
    why: 'A larger vocabulary says a text in fewer tokens, but its table eats layers: in a small model that is most of the budget.',
    caption:
      'Vocabulary against depth at one budget; the share is that of embedding and head. (For 8 k the paper’s prose says less than 70 % coverage, its list 78.68 %.)',
    axes: { vocabulary: 'pieces' },
    setting: ablation,
    caveat:
      'Rows are matched by the share of the table. Ours begins at 23 %, above the paper’s best, and its head is tied. A run has as many tokens in every arm, so larger vocabularies read more text; compare bits per character.',
  },
  'pruned-vocabulary': {
    title: 'Prune the tokenizer: more words or more layers?',
    why: 'Pieces that are cut from a finished tokenizer pay for layers, and text that used them falls apart into smaller ones; a piece that stays is dead when the pieces it is merged from are gone.',
    caption:
      'One tokenizer of 100 k pieces, pruned by frequency, against depth at one budget; coverage is the share of the text’s tokens that are kept. (For 8 k the prose says less than 70 %, the list 78.68 %.)',
    axes: { vocabulary: 'pieces kept', pruning: 'pruned' },
    setting: ablation,
    caveat:
      'The paper prunes by frequency; its rows stand beside those arms, matched by the share of the pieces that stay (ours: 18, 33, 50, 67 and 100 %). The table takes 15 to 86 % of our models and at most 38 % of the paper’s. A run has as many tokens in every arm, so larger vocabularies read more text; all are scored on the same text. With all 1,536 pieces nothing is pruned, and both ways are the same run.',
  },
  initialisation: {
    title: 'Should fresh weights know how deep they lie?',
    why: 'Scaling some matrices down with the depth keeps a deep sum from growing at the start, and costs nothing.',
    caption: 'Four rules for the standard deviation of fresh matrices.',
    axes: { initializer: 'rule' },
    setting: ablation,
    caveat:
      'Three layers here, 20 there: what grows with depth has less room. How its own rule runs from layer to layer is not said: a straight line stands in.',
  },
  heads: {
    title: 'Few large heads, or many small ones?',
    why: 'At the same width more heads look at more places at once, each with fewer numbers to compare by; no parameter changes.',
    caption: 'Number of heads at a width of 1792.',
    axes: { heads: 'heads' },
    setting: ablation,
    caveat:
      'Rows are matched by doubling: 3, 6 and 12 heads of 8, 4 and 2 here, 14, 28 and 56 of 128, 64 and 32 there.',
  },
  gqa: {
    title: 'What does it cost when heads share keys and values?',
    why: 'Fewer heads of keys and values make the cache of a long text smaller, and leave parameters for the feed-forward network.',
    caption: 'Full attention against 8 groups.',
    axes: { kvHeads: 'KV heads' },
    setting: (setting) => `${about(setting)}; scores in percent on four exams.`,
    caveat:
      'The paper’s grouped model is made from the full one by averaging its heads, is smaller, and is trained on 5 % more; ours are trained from the start and have the same size. 2 of 4 here stand for 8 of 16.',
  },
  'weight-decay': {
    title: 'How hard should weights be pulled to zero?',
    why: 'Too much forgets, too little lets weights grow until steps no longer turn them; the paper finds one clear best.',
    caption: 'Weight decay and the average score.',
    axes: { weightDecay: 'decay' },
    setting: ablation,
    caveat: 'Runs here are short, about 1,300 steps, so decay has less time to act.',
  },
  'batch-rate': {
    title: 'How should the learning rate grow with the batch?',
    why: 'A larger batch takes fewer steps for the same text, so each must go further: rate = base rate · (batch ÷ base batch)^r.',
    caption:
      'What the paper finds for batches of 1 M to 32 M tokens with r = 0, 0.5, 1 and 1.5; its base batch is 1 M.',
    axes: { batch: 'rows in a batch', batchRule: 'r' },
    setting: (setting) => `${about(setting)}${onTokens(setting)}; judged by how they converge.`,
    caveat:
      'Ours are 2, 8 and 32 times the base’s batch of 1,024 tokens, one in each of the paper’s ranges. The largest takes 42 steps.',
  },
  series: {
    title: 'How many activations should be summed?',
    why: 'PanGu-π’s series activation adds curves that are cheap beside a matrix: more of them bend more.',
    caption: 'Series activation with n branches.',
    axes: { seriesBranches: 'n' },
    setting: cEval,
    caveat:
      'What the branches cost is taken from the FFN here, so arms with n > 1 have a narrower one and up to 3.9 % fewer parameters.',
  },
  shortcut: {
    title: 'How narrow may the shortcut beside attention be?',
    why: 'A second way around attention keeps tokens apart; a narrow bottleneck makes it nearly free.',
    caption: 'Width of the augmented shortcut’s bottleneck as a share of the model’s.',
    axes: { shortcut: 'bottleneck ÷ width' },
    setting: cEval,
    caveat:
      'At a width of 24 the bottlenecks are 24, 6, 2 and 1 units: what is called 1/16 is 1/12, 1/32 is 1/24, and 1/64 cannot be had. What they cost is taken from the FFN.',
  },
  parts: {
    title: 'Series activation and shortcut: does either need the other?',
    why: 'PanGu-π holds that the two work against collapse in different places, so that together they do more than alone.',
    caption: 'Both parts, each alone, and neither.',
    axes: { panguParts: 'parts' },
    setting: cEval,
    caveat:
      'The shortcut’s bottleneck is 4 units, 1/6 of the width, where the paper takes 1/32. Parts are paid by the FFN; arms lie up to 4.2 % under the budget. WideNet is not built here.',
  },
  'pair-series': {
    title: 'One activation or two?',
    why: 'The smallest form of PanGu-π’s idea, as two models that learn side by side and differ in nothing else.',
    caption: 'Series activation with n branches.',
    axes: { seriesBranches: 'n' },
    setting: cEval,
    caveat: 'The second branch is paid by the FFN, which is 56 wide instead of 64.',
  },
  'query-layer': {
    title: 'Does asking for the next position help?',
    why: 'PanGu-α puts one layer on top whose question is the position to come, where others ask with the last token.',
    caption: 'The paper describes the layer and gives no model without it: there is no table to compare with.',
    axes: { queryLayer: 'query layer' },
    setting: ({ parameters }) =>
      parameters === null
        ? 'The paper’s models have it.'
        : `The paper’s models have it; the smallest of its table has ${count(parameters)} parameters.`,
    caveat: 'The query layer stands in place of the third layer; its table of positions is paid by the FFN.',
  },
  deepnorm: {
    title: 'Which place of the norm survives high rates?',
    why: 'GLM-130B tried three places before it took DeepNorm; the place decides how far a step reaches through the layers.',
    caption: 'What became of each place; the paper gives no scores.',
    axes: { normPlacement: 'place of the norm' },
    setting: (setting) => `${about(setting)}; the final model, of 130 B, has DeepNorm.`,
    caveat:
      'Eight layers of 16 do not diverge where 70 layers of 12,288 do. Rates up to eight times the base’s are tried: count those that diverged. Only the place of the norm differs; DeepNorm’s own scale of fresh weights is not used.',
  },
  'tokens-per-parameter': {
    title: 'Does the best depth change with longer training?',
    why: 'An order that is found after a short run may turn in a long one: then a small sweep says little about real training.',
    caption: 'No paper of this project reports it; the question is ours.',
    axes: { depth: 'layers', tokensPerParameter: 'tokens a parameter' },
    setting: () => '',
    caveat: '',
  },
};

const columns: Readonly<Record<PaperColumn, string>> = {
  depth: 'depth',
  width: 'width',
  expansion: 'expansion',
  vocabulary: 'vocabulary',
  coverage: 'coverage, %',
  tableShare: 'share of its table, %',
  initializer: 'rule',
  heads: 'heads',
  headSize: 'size of a head',
  attention: 'attention',
  weightDecay: 'weight decay',
  batchFrom: 'batch from, tokens',
  batchTo: 'to, tokens',
  finding: 'finding',
  branches: 'n',
  bottleneck: 'bottleneck ÷ width',
  parts: 'parts',
  placement: 'norm',
  outcome: 'outcome',
  quantity: 'of',
  spearman: 'Spearman’s ρ',
  speed: 'tok/s',
  milliseconds: 'ms',
  parameters: 'parameters',
  arcEasy: 'ARC-E',
  hellaSwag: 'HellaSwag',
  c3: 'C3',
  average: 'average',
  cEval: 'C-Eval',
  cmmlu: 'CMMLU',
  mmlu: 'MMLU',
  agiEval: 'AGI-Eval',
};

/** Cells that are words. */
const cells: Readonly<Record<string, string>> = {
  depth: 'depth',
  width: 'width',
  expansion: 'expansion',
  constant: 'constant',
  gpt2: 'GPT-2: all linear layers scaled',
  internlm: 'InternLM: two matrices scaled',
  'pangu-pi-pro': 'PanGu-π Pro: by layer',
  mha: 'full',
  gqa: '8 groups',
  alike: 'all r alike',
  half: 'r = 0.5 preferable',
  hurts: 'the batch itself hurts',
  none: 'neither',
  wideNet: 'WideNet',
  series: 'series activation',
  shortcut: 'augmented shortcut',
  both: 'both',
  pre: 'pre',
  post: 'post',
  sandwich: 'sandwich',
  deepnorm: 'DeepNorm',
  diverged: 'diverged',
  trained: 'trained to the end',
};

export const architecture = {
  presets,
  /** Of the papers' tables. */
  quoted: {
    columns,
    cells,
    /** A cell about which the paper says nothing. */
    unknown: '–',
    source: ({ paper, arxiv, table }: PaperSource) => [paper, `arXiv ${arxiv}`, table].filter(Boolean).join(', '),
    match: {
      value: 'the same value here',
      nearest: 'the nearest that our sizes allow',
      place: 'the same place in the order',
    },
  },
};
