/** The English strings of the Architecture panel; those of its questions and of the papers’ tables are in architecture.ts. */

import type { AxisKey } from '../../lab/experiments/axes';
import {
  fixed,
  formatBytes,
  formatCount,
  formatDuration,
  formatInteger,
  formatPercent,
  formatQuantity,
  signed,
  significant,
} from '../format/numbers';
import { plural } from './locale';

const runCount = (count: number) => `${formatInteger(count)} ${plural(count, { one: 'run', other: 'runs' })}`;
const armCount = (count: number) => `${formatInteger(count)} ${plural(count, { one: 'arm', other: 'arms' })}`;
const seedCount = (count: number) => `${formatInteger(count)} ${plural(count, { one: 'seed', other: 'seeds' })}`;

const between = ([least, most]: readonly [number, number]) =>
  formatCount(least) === formatCount(most) ? formatCount(least) : `${formatCount(least)} to ${formatCount(most)}`;

/** What an axis is called, and how one of its values is told in a few characters. */
interface AxisWords {
  readonly name: string;
  readonly arm: (value: string) => string;
}

const loss = (value: number) => fixed(value, 3);
const lossDifference = (value: number) => signed(value, 3);

const counted = (value: string, noun: string) => `${value} ${plural(Number(value), { one: noun, other: `${noun}s` })}`;
const named = (name: string, short = name): AxisWords => ({ name, arm: (value) => `${short} ${value}` });

const axes: Readonly<Record<AxisKey, AxisWords>> = {
  depth: { name: 'Depth (layers)', arm: (value) => counted(value, 'layer') },
  width: { name: 'Width', arm: (value) => `width ${value}` },
  heads: { name: 'Query heads', arm: (value) => counted(value, 'head') },
  kvHeads: { name: 'KV heads', arm: (value) => counted(value, 'KV head') },
  headSize: { name: 'Size of a head', arm: (value) => `heads of ${value}` },
  expansion: { name: 'FFN expansion', arm: (value) => `expansion ${value}` },
  vocabulary: { name: 'Vocabulary size', arm: (value) => `${value} tokens` },
  pruning: { name: 'Pruning of the tokenizer', arm: (value) => (value === 'closed' ? 'merge-closed' : 'by frequency') },
  context: { name: 'Context', arm: (value) => `context ${value}` },
  tiedHead: named('Tied head', 'tied head'),
  ffn: { name: 'FFN and activation', arm: (value) => value },
  seriesBranches: { name: 'Series activation (branches)', arm: (value) => `series n = ${value}` },
  experts: { name: 'Experts of a layer', arm: (value) => (value === '0' ? 'no experts' : `${value} experts`) },
  expertGate: { name: 'Gate of the experts', arm: (value) => `${value} gate` },
  shortcut: { name: 'Augmented shortcut (share of width)', arm: (value) => `shortcut ${value}` },
  panguParts: { name: 'PanGu-π’s parts', arm: (value) => value },
  norm: { name: 'Norm', arm: (value) => `${value} norm` },
  normPlacement: { name: 'Place of the norm', arm: (value) => `${value} norm` },
  embeddingShrink: named('Embedding gradient shrink', 'shrink'),
  position: { name: 'Position', arm: (value) => value },
  queryLayer: named('Query layer', 'query layer'),
  initializer: { name: 'Initialisation', arm: (value) => value },
  initRange: named('Initial range', 'σ'),
  weightDecay: named('Weight decay', 'decay'),
  batch: named('Batch', 'batch'),
  batchRule: { name: 'Learning rate against batch (exponent r)', arm: (value) => `r = ${value}` },
  learningRate: named('Learning rate', 'rate'),
  optimizer: { name: 'Optimiser', arm: (value) => value },
  dropout: named('Dropout', 'dropout'),
  clip: named('Clipping', 'clip'),
  tokensPerParameter: { name: 'Tokens a parameter', arm: (value) => `${value} tokens a parameter` },
  steps: { name: 'Steps', arm: (value) => `${value} steps` },
};

export const architecturePanel = {
  controls: 'The experiment',
  title: 'Where should a small budget of parameters go?',
  lead: 'Ask one question, say what you expect, and let many small models answer it. Every arm reads the same text in the same order and differs in what is asked about; it is trained again with other seeds, so that chance can be told from effect.',
  axes,
  values: { true: 'on', false: 'off' },
  question: {
    legend: 'Question',
    label: 'Start from',
    presets: 'Questions that the papers ask',
    own: 'An experiment of your own',
    kind: 'Kind of experiment',
    kinds: { pair: 'Pair', sweep: 'Sweep', random: 'Random' },
    kindHints: {
      pair: 'Two models that differ in exactly one thing, trained in step.',
      sweep: 'Every value, or every combination of two lists of values.',
      random: 'Many configurations drawn at random, then ranked.',
    },
    edited: 'changed',
    reset: 'Back to the preset',
  },
  varied: {
    legend: 'What is varied',
    first: 'First',
    only: 'What changes',
    second: 'Second',
    none: 'nothing else',
    values: 'Values',
    valuesOf: (axis: string) => `Values of ${axis}`,
    valuesHint: (kind: string) => `Separated by commas; ${kind}.`,
    whole: (least: string, most: string) => `whole numbers from ${least} to ${most}`,
    numbers: (least: string, most: string) => `numbers from ${least} to ${most}`,
    source: (source: string) => `Asked in ${source}.`,
    refused: 'A pair differs in exactly one thing: with two, nobody could say which one did it.',
    newPair: (axis: string) => `Start a new pair about ${axis}`,
    undo: 'Keep this pair',
    groups: { size: 'Size', block: 'Blocks', training: 'Training' },
    ranges: 'Ranges',
    rangeAxis: (place: number) => `Axis ${place}`,
    from: (axis: string) => `${axis}, from`,
    to: (axis: string) => `${axis}, to`,
    remove: (axis: string) => `Do not draw ${axis}`,
    addRange: 'Add a range',
    count: 'Configurations',
    countHint: 'Drawn on a log scale between the bounds, both included.',
    draw: 'Seed of the draw',
  },
  held: {
    legend: 'What is held fixed',
    label: 'The same in every arm',
    choices: { none: 'nothing', parameters: 'parameters', flops: 'FLOPs a token', bytes: 'bytes of weights' },
    free: 'Solved for',
    freeNames: {
      'model.hidden_size': 'width',
      'model.num_hidden_layers': 'layers',
      'model.intermediate_size': 'FFN width',
    },
    target: 'Budget',
    units: { parameters: 'parameters', flops: 'FLOP a token', bytes: 'bytes' },
    targetHint: 'Empty: what the base recipe has. No arm goes over it.',
    noneHint: 'Arms may differ in cost: then a better score may only mean a larger model.',
  },
  length: {
    legend: 'Length and repeats',
    kind: 'A run is as long as',
    kinds: { steps: 'so many steps', tokensPerParameter: 'so many tokens a parameter' },
    steps: 'Steps',
    stepsHint: 'Empty: as the base recipe. The same for every arm.',
    ratio: 'Tokens a parameter',
    ratioHint: 'Larger arms train longer.',
    seeds: 'Seeds',
    seedsHint: 'Repeats of every arm. One alone has no interval.',
    search: 'Find a learning rate for each arm first',
    searchHint: (share: number) =>
      `A deep model wants another rate than a shallow one: short runs pick it. ${formatPercent(share)} of the training here.`,
    searchOff: 'Every arm takes the base recipe’s rate, which may suit one of them better.',
    base: 'Base recipe',
    bases: { preset: 'the preset’s', form: 'the one in Train' },
    baseHint: (model: string) => `Everything that is not varied: ${model}.`,
    model: (layers: number, width: number, optimizer: string, rate: string) =>
      `${formatInteger(layers)} layers × ${formatInteger(width)}, ${optimizer} at ${rate}`,
    open: 'Open it in Train',
  },
  cost: {
    legend: 'Cost before it runs',
    arms: 'Arms',
    runs: 'Runs',
    tokens: 'Tokens',
    flops: 'Work',
    time: 'On this device',
    unknown: '–',
    counting: 'counting…',
    noPace: 'not known yet',
    more: (count: number) => `And ${formatInteger(count)} more like these.`,
    runsValue: (all: number, searches: number) =>
      searches === 0 ? formatInteger(all) : `${formatInteger(all)} (${formatInteger(searches)} search)`,
    tokensValue: (count: number) => formatCount(count),
    flopsValue: (count: number) => formatQuantity(count, 'FLOP'),
    timeValue: (seconds: number) => `≈ ${formatDuration(seconds)}`,
  },
  plan: {
    heading: 'What will run',
    summary: (arms: number, runs: number, notes: number) =>
      [
        armCount(arms),
        runCount(runs),
        notes > 0 && `${formatInteger(notes)} ${plural(notes, { one: 'note', other: 'notes' })}`,
      ]
        .filter(Boolean)
        .join(' · '),
    table: 'Table of the arms',
    show: 'show the arms',
    hide: 'hide the arms',
    more: (count: number) => `And ${formatInteger(count)} more.`,
    size: 'layers × width',
    sizeValue: (layers: number, width: number) => `${formatInteger(layers)} × ${formatInteger(width)}`,
    parameters: 'parameters',
    mismatch: 'off budget',
    mismatchValue: (share: number) => (share === 0 ? 'exact' : `−${formatPercent(share)}`),
    flops: 'FLOP a token',
    steps: 'steps',
    ratio: 'tokens a parameter',
    recipe: 'Recipe',
    saveRecipe: (arm: string) => `Save the recipe of ${arm}`,
    arm: 'arm',
    none: 'Mend what is marked on the left, and the arms are listed here.',
    loading: 'The arms are being counted…',
  },
  predict: {
    legend: 'Which will win?',
    skip: 'I would rather see',
    said: (arm: string) => `You said ${arm}`,
    right: (arm: string) => `You said ${arm}, and it was.`,
    ahead: (arm: string, other: string, n: number) =>
      `You said ${arm}, and it is ahead, but ${other} is not distinguishable from it with n = ${n}.`,
    wrong: (arm: string, best: string) => `You said ${arm}; it was ${best}.`,
    open: (arm: string, best: string, n: number) =>
      `You said ${arm}. ${best} is ahead, but they are not distinguishable with n = ${n}.`,
  },
  actions: {
    run: { pair: 'Run the pair', sweep: 'Run the sweep', random: 'Run the search' },
    adding: 'Adding…',
    queued: 'It waits behind what runs already.',
    mend: (count: number) =>
      `${formatInteger(count)} ${plural(count, { one: 'thing', other: 'things' })} to mend first.`,
    large: (runs: number, time: string | null) =>
      `This is ${runCount(runs)}${time === null ? ', on a device whose pace is not known yet' : `, about ${time} here`}. It can be paused, left and gone on with. Start it all the same?`,
    confirm: 'Start it',
    back: 'Not now',
    starting: 'Starting the engine…',
  },
  problems: {
    number: (value: string, least: number, most: number, whole: boolean) =>
      `“${value}” is not ${whole ? 'a whole number' : 'a number'} from ${significantWhole(least)} to ${significantWhole(most)}.`,
    axis: (key: string) => `“${key}” is nothing that can be varied: choose from the list.`,
    noValues: 'Give at least one value.',
    twice: (value: string) => `${value} stands twice: each value once.`,
    pairValues: 'A pair has two arms: give two values, or make it a sweep.',
    secondChange: 'A pair differs in exactly one thing.',
    sameAxis: 'Both lists vary the same thing: choose another for the second.',
    range: (axis: string) => `${axis}: give a lowest and a highest value, the lowest first.`,
    noRanges: 'Add at least one range to draw from.',
    form: 'The recipe in Train has a field that does not fit: mend it there, or take the preset’s recipe.',
    ownText:
      'The recipe in Train reads a file of your own, which an experiment cannot keep: choose StoryWorld or a book there.',
  },
  queue: {
    heading: 'Experiments',
    empty: 'None yet. Press Run, or drop a file of “lab sweep” here.',
    left: (seconds: number) => `${formatDuration(seconds)} left in total`,
    leftUnknown: 'time left is known after the first run',
    cancelAll: 'Cancel all',
    states: { waiting: 'waiting', running: 'running', paused: 'paused', done: 'done', cancelled: 'cancelled' },
    runs: (done: number, all: number) => `${formatInteger(done)} of ${runCount(all)}`,
    now: (arm: string, seed: number, step: number, steps: number) =>
      `${arm}, seed ${seed}, step ${formatInteger(step)} of ${formatInteger(steps)}`,
    nowSearch: (arm: string, factor: string, step: number, steps: number) =>
      `${arm}, rate × ${factor}, step ${formatInteger(step)} of ${formatInteger(steps)}`,
    progress: (name: string) => `Progress of ${name}`,
    show: (name: string) => `Show ${name}`,
    pause: 'Pause',
    run: 'Go on',
    cancel: 'Cancel',
    earlier: 'Earlier',
    later: 'Later',
    rename: 'Rename',
    remove: 'Remove',
    repeat: 'Repeat × 3 more',
    repeatHint: 'Three more seeds for every arm.',
    named: (action: string, name: string) => `${action}: ${name}`,
    removed: (name: string) => `“${name}” was removed.`,
    undo: 'Undo',
    renameLabel: (name: string) => `New name of ${name}`,
    save: 'Save',
    leave: 'Leave it',
    announce: (name: string, state: string) => `${name}: ${state}`,
    reading: 'Reading the experiments…',
  },
  files: {
    import: 'Import',
    importHint: 'A file exported here or written by “lab sweep”; dropping it on the page does the same.',
    drop: 'Drop the file of an experiment to have it here',
    record: 'Experiment (JSON)',
    runs: 'Runs (CSV)',
    recipe: 'Recipe',
    large: (name: string, megabytes: number) =>
      `${name} is larger than ${formatInteger(megabytes)} MB: no file of an experiment is.`,
    imported: (count: number) =>
      `${formatInteger(count)} ${plural(count, { one: 'experiment', other: 'experiments' })} imported.`,
  },
  results: {
    heading: 'Results',
    recorded: 'recorded',
    recordedHow: (date: string, adapter: string, runs: number) =>
      `Comes with the page: ${runCount(runs)} on ${adapter}, ${date}, with “lab sweep”. Run it to have your own.`,
    ownHow: (done: number, all: number, seconds: number) =>
      `Measured here: ${formatInteger(done)} of ${runCount(all)}, ${formatDuration(seconds)} of training.`,
    back: 'Show the recorded result',
    none: 'Nothing has been measured yet. Press Run: results grow here as runs end.',
    metric: 'Score',
    metrics: {
      bitsPerCharacter: 'Bits per character',
      heldOutLoss: 'Held-out loss',
      trainingLoss: 'Training loss',
      probeAccuracy: 'Probes right',
      tokensPerSecond: 'Training speed',
    },
    units: {
      bitsPerCharacter: 'bits per character',
      heldOutLoss: 'nats a token',
      trainingLoss: 'nats a token',
      probeAccuracy: '',
      tokensPerSecond: 'tokens a second',
    },
    value: {
      bitsPerCharacter: loss,
      heldOutLoss: loss,
      trainingLoss: loss,
      probeAccuracy: (value: number) => formatPercent(value),
      tokensPerSecond: (value: number) => formatCount(Math.round(value)),
    },
    difference: {
      bitsPerCharacter: lossDifference,
      heldOutLoss: lossDifference,
      trainingLoss: lossDifference,
      probeAccuracy: (value: number) => `${signed(value * 100, 1)} points`,
      tokensPerSecond: (value: number) => signed(value, 0),
    },
    floor: (value: number) => `floor ${significant(value)}`,
    floorSentence: (value: number) => `No model can go below ${significant(value)} on this text.`,
    best: (arm: string, value: string, unit: string, n: number) => `Best: ${arm}, at ${value} ${unit} (n = ${n}).`,
    apart: (arm: string, other: string, difference: string, low: string, high: string, unit: string, n: number) =>
      `${arm} against ${other}: ${difference} ${unit} (95 % ${low} to ${high}, n = ${n}).`,
    same: (arm: string, other: string, n: number) => `${arm} and ${other}: not distinguishable with n = ${n}.`,
    one: 'One seed each, so there is no interval: repeat it before a difference is believed.',
    alone: (arm: string, value: string, unit: string) => `${arm} stands at ${value} ${unit}.`,
    interval: 'The bar is the 95 % interval of the mean, small marks are seeds.',
    n: (n: number) => `n = ${n}`,
    diverged: (count: number) =>
      `${runCount(count)} diverged and ${plural(count, { one: 'does', other: 'do' })} not count.`,
    edge: (arms: string) =>
      `The learning rate search of ${arms} ended at the edge of what was tried: a better rate may lie beyond.`,
    axis: 'step',
    empty: 'No run has ended yet.',
    emptyCurves: 'No run has been scored yet.',
  },
  charts: {
    bars: 'Score of every arm',
    barsColumns: ['arm', 'mean', '95 % from', '95 % to', 'n'],
    curves: 'Learning curves',
    curvesSentence: (arms: number, unit: string, banded: boolean) =>
      `Held-out loss of ${armCount(arms)}, ${unit}.${banded ? ' The band is the 95 % interval of the mean, cut where it leaves the chart; thin lines are seeds.' : ''}`,
    most: (count: number) => `The best ${formatInteger(count)} are drawn.`,
    curvesColumns: ['arm', 'step', 'mean', '95 % from', '95 % to', 'n'],
    live: (arm: string, seed: number) => `${arm}, seed ${seed} (running)`,
    difference: 'Difference along the run',
    differenceSentence: (arm: string, other: string, n: number) =>
      `${arm} minus ${other}, seed by seed: below 0 the first is better. The band is its 95 % interval, n = ${n}.`,
    differenceColumns: ['step', 'difference', '95 % from', '95 % to', 'n'],
    equal: 'no difference',
    speed: 'Score against speed',
    speedSentence: (front: readonly string[]) =>
      front.length === 1
        ? `${front[0]} is both the fastest and the best.`
        : `Along the dashed line (${front.slice(0, 4).join(', ')}${front.length > 4 ? ', …' : ''}) no arm is both faster and better.`,
    speedNone: 'Decoding was not timed in this experiment, so training speed stands in.',
    speedColumns: ['arm', 'tokens a second', 'slowest', 'fastest', 'score', '95 % from', '95 % to', 'on the front'],
    tokensPerSecond: 'decoded tokens a second',
    trainedPerSecond: 'trained tokens a second',
    heat: 'Score over both axes',
    heatSentence: (best: string, value: string) => `Darker is better; ${best} is best, at ${value}.`,
    ranks: 'What goes with a better score',
    ranksSentence: (n: number) =>
      `Spearman’s rank correlation of each size with the score (turned so that more is better) over ${formatInteger(n)} configurations: −1 to +1, with the probability of one as large by chance.`,
    ranksNone: 'Three configurations must be scored before they can be ranked.',
    ranksColumns: ['value', 'ρ with the score', 'p', 'n'],
    ranksTable: 'Table of the correlations',
    correlation: (value: number) => signed(value, 2),
    p: (value: number) => (value < 0.001 ? '< 0.001' : significant(value)),
    no: 'no',
    yes: 'yes',
  },
  table: {
    heading: 'The runs behind it',
    label: 'Table of the runs',
    columns: ['arm', 'seed', 'rate ×', 'bits / char', 'held-out loss', 'training loss', 'probes', 'tok/s', 'state'],
    titles: [
      '',
      '',
      'Factor of the base learning rate',
      '',
      'nats a token',
      'nats a token, mean of the last steps',
      '',
      'Median of training',
      '',
    ],
    search: 'search',
    states: { done: 'done', diverged: 'diverged' },
    searches: 'Show search runs too',
    loss: (value: number) => fixed(value, 3),
    speed: (value: number) => formatCount(Math.round(value)),
    none: '–',
    csv: [
      'job',
      'arm',
      'purpose',
      'seed',
      'rate factor',
      'state',
      'bits per character',
      'held-out loss',
      'training loss',
      'probes correct',
      'probes asked',
      'steps',
      'tokens per second',
      'seconds',
      'adapter',
    ],
  },
  paper: {
    heading: 'The paper says',
    measured: 'You measured',
    recorded: 'Recorded here',
    verdict: { agrees: 'Same order.', disagrees: 'Another order.', cannotTell: 'Cannot tell.' },
    counts: (of: 'pairs' | 'signs', agrees: number, disagrees: number, open: number) => {
      const all = agrees + disagrees + open;
      const what =
        of === 'pairs'
          ? plural(all, { one: 'pair of arms', other: 'pairs of arms' })
          : plural(all, { one: 'correlation', other: 'correlations' });
      if (all === 0) return `No ${of === 'pairs' ? 'pairs of arms' : 'correlations'} can be compared yet.`;
      return `Of ${formatInteger(all)} ${what}, ${formatInteger(agrees)} ${agrees === 1 ? 'lies' : 'lie'} as in the paper, ${formatInteger(disagrees)} the other way, and ${formatInteger(open)} cannot be told from chance.`;
    },
    noClaim: 'The paper gives no figures that these could be held against: read them side by side.',
    nothing: 'Nothing yet: run it, and the same rows stand here.',
    none: 'This question is no paper’s: the result stands for itself.',
    how: (parameters: readonly [number, number], tokens: readonly [number, number], adapter: string, seeds: number) =>
      [`${between(parameters)} parameters`, `${between(tokens)} tokens a run`, adapter, seedCount(seeds)]
        .filter(Boolean)
        .join(', '),
    row: 'arm',
    size: 'layers × width',
    score: (unit: string) => `${unit} (95 %)`,
    speed: 'tok/s',
    perSecond: (value: number, slowest: number, fastest: number) =>
      `${formatCount(value)} ± ${formatPercent((fastest - slowest) / 2 / value)}`,
    interval: (mean: string, low: string, high: string) => `${mean} (${low} to ${high})`,
    caveats: 'Where the comparison ends',
  },
  caveats: {
    tokensPerParameter: (least: number, most: number, paper: number | null) =>
      `Trained on ${significant(least) === significant(most) ? significant(least) : `${significant(least)} to ${significant(most)}`} tokens a parameter${paper === null ? '' : `; the paper on ${significant(paper)}`}.`,
    sizeRatio: (ratio: number) =>
      `The paper’s models are ${formatCount(Math.round(ratio))} times as large as the largest here.`,
    noSearch: 'All arms have one learning rate: what holds at it need not hold at another.',
    edge: (arms: string) => `The best rate of ${arms} is the last that was tried: a better one may lie beyond.`,
    fewSeeds: (n: number) => `Only ${seedCount(n)} an arm: only large differences can show.`,
    unfinished: (runs: number) => `${runCount(runs)} still to come.`,
    diverged: (arms: string) => `Runs of ${arms} diverged, so nothing is claimed of it.`,
    mismatch: (share: number) => `An arm stays ${formatPercent(share)} under the budget: the sizes come in steps.`,
    unequalSizes: (least: number, most: number) =>
      `The arms have ${formatCount(least)} to ${formatCount(most)} parameters: a better score may only mean a larger model.`,
    unequalTokens: (least: number, most: number) =>
      `The arms read ${formatCount(least)} to ${formatCount(most)} tokens.`,
    comparisons: (pairs: number) =>
      `${formatInteger(pairs)} pairs are compared at 95 %: of 20 without a difference, one is expected to show one.`,
    adapters: (names: string) => `The runs were made on several devices (${names}), which round differently.`,
  },
  inside: {
    heading: 'Inside the blocks',
    lead: 'PanGu-π argues that deep models lose rank: token by token the states grow alike. Its shortcuts and series activation are there to prevent that. Switch them off in a finished model and see what happens from layer to layer.',
    model: 'Model',
    loaded: (name: string) => `${name} (loaded in Generate)`,
    text: 'Text',
    parts: 'Switched off',
    choices: { nothing: 'nothing', series: 'series', shortcut: 'shortcut', both: 'both' },
    partsHint:
      'Off in the finished weights: the model was trained with them, so this shows what they carry, not what a model without them would learn.',
    look: 'Look inside',
    looking: 'Looking…',
    none: 'Choose a model and a text, and press Look inside.',
    layer: 'layer',
    asTrained: 'as trained',
    without: { series: 'without series', shortcut: 'without shortcut', both: 'without both' },
    collapse: 'How alike tokens are',
    collapseUnit: 'd(H) / ‖H‖',
    collapseSentence: (first: number, last: number) =>
      `Distance of the states from all tokens being the same, as a share: ${significant(first)} at the embedding, ${significant(last)} behind the last layer. 0 is collapse.`,
    dimension: 'Effective dimension',
    dimensionUnit: 'directions',
    dimensionSentence: (first: number, last: number) =>
      `Directions that hold 80 % of the variance: ${formatInteger(first)} at the embedding, ${formatInteger(last)} behind the last layer.`,
    entropy: 'Spread of attention',
    entropyUnit: 'share of the most',
    entropySentence: (last: number) =>
      `Entropy of attention as a share of the most it could be, mean of the heads: ${significant(last)} in the last layer. 0 looks at one token, 1 at all alike.`,
    plane: 'Where frequent tokens stand',
    planeSentence: (layer: number, first: number, second: number) =>
      `The most frequent tokens in the plane of most variance behind layer ${formatInteger(layer)}; it holds ${formatPercent(first + second)} of the variance. Each mark is one occurrence.`,
    planeNone: 'No token occurs three times: give a longer text.',
    planeLayer: 'Layer',
    planeHint: '0 is the embedding.',
    first: 'first direction',
    secondDirection: 'second direction',
    shown: 'Shown',
    columns: ['layer'],
    planeColumns: ['token', 'x', 'y'],
    sample:
      'On Tuesday, Paul could not find his red water gun. He looked in the garden, and he looked in the kitchen. Then he asked Anna. Anna said that she had seen it in the garden. Paul went to the garden and looked again. There was the red water gun, under the old tree. Paul was glad, and he thanked Anna.',
    empty: 'Give a text of at least a few sentences.',
    space: (token: string) => `“${token.replaceAll(' ', '␣')}”`,
  },
  speed: {
    heading: 'Speed at real size',
    lead: 'The paper’s five shapes of a billion parameters, decoded here with random weights. Where memory does not hold them, every width is divided and depth against width stays, so ratios compare and absolute numbers do not.',
    source: 'PanGu-π Pro, arXiv 2402.02791, Table 2: one V100, FP16, batch of 20',
    measure: 'Measure here',
    measuring: 'Measuring…',
    columns: ['layers × width', 'average', 'V100, tok/s', '× the deepest', 'here, tok/s', '× the deepest', 'scale'],
    keys: ['shape', 'average', 'paper', 'paperRatio', 'here', 'hereRatio', 'scale'],
    progress: (done: number, all: number) => `${formatInteger(done)} of ${formatInteger(all)} shapes.`,
    wait: 'An experiment runs: pause it first, or the two would slow each other.',
    table: 'Table of the shapes',
    none: '–',
    notYet: 'Not measured here yet.',
    measuredOn: (runner: string, bytes: number) =>
      `Measured on ${runner}, one text at a time; the largest copy took ${formatBytes(bytes)}.`,
    scale: (factor: number) => (factor === 1 ? 'whole' : `widths × ${significant(factor)}`),
    number: (value: number) => significant(value),
    ratio: (value: number) => `${significant(value)} ×`,
  },
};

/** A bound as people write it. */
function significantWhole(value: number): string {
  return Number.isInteger(value) ? formatInteger(value) : significant(value);
}
