/** The English strings of the Quantise panel: its controls and what it says while it works. Its results are in quantise-results.ts. */
import type { Scheme } from '../../quant/schemes';
import type { MatrixKind, SelectionId } from '../../quant/which-matrices';
import type { Activations } from '../../worker/quantise-protocol';
import { fixed, formatBytes, formatCount, formatInteger, formatMilliseconds, formatPercent } from '../format/numbers';
import { plural } from './locale';

export const schemeName = ({ bits, block, zeroPoint }: Scheme) =>
  `INT${bits} ${block === 'row' ? 'row' : `block ${block}`}${zeroPoint ? ', zero point' : ''}`;

const matrixCount = (count: number) => `${formatInteger(count)} ${plural(count, { one: 'matrix', other: 'matrices' })}`;

export const kindNames: Readonly<Record<MatrixKind, string>> = {
  'attention-in': 'query, key, value',
  'attention-out': 'attention output',
  'ffn-in': 'FFN gate and up',
  'ffn-out': 'FFN down',
  'shortcut-out': 'shortcut output',
  embedding: 'embedding',
  head: 'head',
};

/** In the middle of a line: “layer 2”. */
export const layerName = (layer: string | null) =>
  layer === null ? 'outside the layers' : layer === 'query' ? 'query layer' : `layer ${layer}`;

export const quantise = {
  controls: 'Model, scheme and matrices',
  title: 'How few bits does a weight need?',
  lead: 'GLM-130B runs with weights of 4 bits and loses almost nothing. Small models lose more: take one that you can hold in your hand, and see which error each scheme makes, where it hurts, and what it saves.',
  drop: 'Drop config.json, model.safetensors and tokenizer.json to quantise a model of your own',
  none: '–',
  schemeName,
  kindNames,
  layerName,
  model: {
    legend: 'Model',
    groups: { shipped: 'Shipped models', own: 'Yours' },
    entry: (name: string, parameters: number) => `${name} · ${formatCount(parameters)}`,
    closed: 'None is open',
    choose: 'Choose a model of your own',
    chooseHint:
      'config.json, model.safetensors and tokenizer.json of this family, or drop them on the page. They stay on this machine.',
    own: 'own model',
    gone: (name: string) => `${name} must be given again: the page does not keep files.`,
    failed: 'The list of shipped models could not be read: reload the page, or choose a model of your own.',
    opening: 'Opening…',
    facts: 'What is in it',
    contents: (parameters: number, matrices: number, bytes: number) =>
      `${formatCount(parameters)} parameters, ${matrixCount(matrices)}, ${formatBytes(bytes)} as stored.`,
    reach: (reach: number) => `Its weights reach ${fixed(reach, 1)} times as far as they usually stand.`,
    reachHint: 'Mean over the rows of all matrices of the largest weight over the root of the mean square.',
    opened: (milliseconds: number) => `Opened in ${formatMilliseconds(milliseconds)}.`,
    about: 'About it',
  },
  scheme: {
    legend: 'Scheme',
    table: 'Schemes',
    columns: ['bits', 'scale for', 'zero point', 'source'],
    block: (block: Scheme['block']) => (block === 'row' ? 'a row' : `${block} columns`),
    zeroPoint: (has: boolean) => (has ? 'yes' : 'no'),
    sources: (source: string) => (source === 'ours' ? 'ours' : 'GLM-130B'),
    full: (scheme: Scheme) => `${schemeName(scheme)} (${scheme.source})`,
    hint: (scheme: Scheme) =>
      `${scheme.zeroPoint ? `${formatInteger(2 ** scheme.bits - 1)} steps from the smallest to the largest weight` : `${formatInteger(2 ** (scheme.bits - 1) - 1)} steps to either side of zero`} of ${scheme.block === 'row' ? 'a row' : `${scheme.block} columns of a row`}. Rounded to the nearest; nothing is trained again.`,
  },
  matrices: {
    legend: 'Matrices',
    label: 'Which matrices are quantised',
    names: { glm: 'GLM’s four', all: 'all' } satisfies Record<SelectionId, string>,
    hints: {
      glm: 'Query, key and value; attention output; FFN in; FFN out. As GLM-130B.',
      all: 'Also the embedding, the head and the output of the shortcut.',
    } satisfies Record<SelectionId, string>,
    experts: (count: number) =>
      `The ${formatInteger(count)} experts of each layer stay as they are: no kernel here reads their matrices as integers.`,
    short: { glm: 'GLM’s four kinds', all: 'all matrices' } satisfies Record<SelectionId, string>,
  },
  activations: {
    legend: 'Activations',
    label: 'How activations meet the integers',
    names: { f32: 'f32', int8: 'int8' } satisfies Record<Activations, string>,
    hints: {
      f32: 'Weights alone are rounded, as in GLM-130B.',
      int8: 'Activations are rounded to 8 bits too, for products of integers. Measure both: the table shows what that costs.',
    } satisfies Record<Activations, string>,
    short: { f32: 'f32 activations', int8: 'int8 activations' } satisfies Record<Activations, string>,
  },
  cost: {
    label: 'What the scheme saves',
    quantised: 'Quantised weights',
    quantisedOf: (share: number) => formatPercent(share),
    weights: 'File',
    fromTo: (before: number, after: number) => `${formatBytes(before)} → ${formatBytes(after)}`,
    bits: 'Bits each',
    bitsOf: (bits: number) => fixed(bits, 2),
    derived: 'Derived from the shapes, scales included.',
    wait: 'Open a model to see it.',
  },
  form: {
    whole: (least: number, most: number) =>
      `Give a whole number from ${formatInteger(least)} to ${formatInteger(most)}.`,
  },
  errors: {
    sample: 'On Tuesday, Paul could not find his red water gun. 星期二，保罗找不到他的红色水枪。',
  },
};
