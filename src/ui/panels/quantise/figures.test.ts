import { describe, expect, it } from 'vitest';
import { schemes } from '../../../quant/schemes';
import type { MatrixErrorRow, MatrixReading } from '../../../worker/quantise-protocol';
import type { MeasuredScheme } from '../../state/quantise';
import {
  firstDifferent,
  firstSchemes,
  heatOf,
  holdsZero,
  inOrder,
  integerRows,
  rangeVerdict,
  savingOf,
  shortName,
  usedLevels,
  worstMatrix,
} from './figures';

const interval = (low: number, high: number) => ({ value: (low + high) / 2, low, high, n: 10 });
const writing = (...ids: readonly number[]) => ({ tokens: ids.map((id) => ({ id, text: `<${id}>` })) });

it.each([
  [interval(-0.1, 0.2), true],
  [interval(0, 0.2), true],
  [interval(0.01, 0.2), false],
  [interval(-0.2, -0.01), false],
])('a difference %j holds zero: %j', (difference, holds) => expect(holdsZero(difference)).toBe(holds));

it('rows stand in the order of the schemes, the model as it is first', () => {
  const row = (scheme: MeasuredScheme['scheme'], selection: MeasuredScheme['selection'], activations = 'f32') =>
    ({ scheme, selection, activations }) as MeasuredScheme;
  const rows = [row('int4-32', 'glm'), row('int4-row', 'all'), row('int4-row', 'glm', 'int8'), row(null, null)];
  expect(
    inOrder([...rows, row('int4-row', 'glm')]).map(({ scheme, selection, activations }) => [
      scheme,
      selection,
      activations,
    ]),
  ).toEqual([
    [null, null, 'f32'],
    ['int4-row', 'glm', 'f32'],
    ['int4-row', 'glm', 'int8'],
    ['int4-row', 'all', 'f32'],
    ['int4-32', 'glm', 'f32'],
  ]);
});

it('GLM’s schemes and the chosen one are measured, each once, without those that are refused', () => {
  expect(firstSchemes('int4-32', {})).toEqual(['int8-row', 'int4-row', 'int4-32']);
  expect(firstSchemes('int4-row', {})).toEqual(['int8-row', 'int4-row']);
  expect(firstSchemes('int4-32', { 'int8-row': 'No.' })).toEqual(['int4-row', 'int4-32']);
});

describe('what a scheme saves', () => {
  const matrix = (kind: 'ffn-in' | 'embedding', N: number, K: number) => ({
    ...{ name: kind, kind, layer: null, shape: [N, K] as const },
    ...{ least: -1, most: 1, deviation: 1, reach: 1 },
  });
  const model = { matrices: [matrix('ffn-in', 64, 64), matrix('embedding', 64, 64)], parameters: 8192, bytes: 16_384 };

  it('counts integers and a scale a row, and leaves the rest as stored', () => {
    const saving = savingOf(model, schemes['int4-row'], 'glm');
    expect(saving).toEqual({ share: 0.5, before: 16_384, after: 8192 + 2048 + 256, bits: 4.5 });
  });

  it('counts zero points and the scales of blocks', () => {
    const saving = savingOf(model, schemes['int4-32-zero'], 'all');
    expect(saving.share).toBe(1);
    expect(saving.after).toBe(2 * (2048 + 128 * 5));
  });

  it('is nothing where no matrix is quantised', () => {
    expect(savingOf({ ...model, matrices: [] }, schemes['int8-row'], 'all')).toMatchObject({ share: 0, after: 16_384 });
  });
});

it.each([
  [writing(1, 2, 3), writing(1, 2, 3), null],
  [writing(1, 2, 3), writing(1, 5, 3), 1],
  [writing(1, 2), writing(1, 2, 3), 2],
  [writing(), writing(), null],
])('texts %# part at token %j', (a, b, place) => expect(firstDifferent(a, b)).toBe(place));

it('integers stand around the middle of a symmetric scheme, from 0 with a zero point', () => {
  const integers = Array.from({ length: 16 }, (_, q) => q);
  const symmetric = integerRows({ scheme: 'int4-row', integers });
  expect(symmetric.map(({ integer }) => integer)).toEqual([-7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7]);
  expect(symmetric.at(-1)).toEqual({ integer: 7, count: 15, share: 15 / 120 });
  expect(integerRows({ scheme: 'int4-row-zero', integers })).toHaveLength(16);
});

it('levels far from the row’s weights are not used', () => {
  const reading = {
    histogram: { from: -1, to: 1, counts: [1, 1, 1, 1] },
    rowCounts: [0, 3, 0, 1],
    levels: [-1, -0.25, 0.25, 0.75],
  } as unknown as MatrixReading;
  expect(usedLevels(reading)).toBe(2);
});

describe('errors', () => {
  const row = (layer: string | null, kind: MatrixErrorRow['kind'], relative: number, onActivations: number | null) =>
    ({ name: `${layer} ${kind}`, layer, kind, shape: [1, 1], relative, onActivations }) satisfies MatrixErrorRow;
  const matrices = [
    row(null, 'embedding', 0.1, null),
    row('0', 'attention-in', 0.2, 0.1),
    row('0', 'attention-in', 0.3, 0.2),
    row('1', 'ffn-out', 0.2, 0.4),
  ];

  it('are drawn by layer and kind, the largest of each field, from the least to the most of all', () => {
    const heat = heatOf(matrices, 'weights');
    expect(heat.kinds).toEqual(['attention-in', 'ffn-out', 'embedding']);
    expect(heat.rows.map(({ layer }) => layer)).toEqual([null, '0', '1']);
    expect(heat.rows[1]?.fields[0]).toEqual({ value: 0.3, count: 2, share: 1 });
    expect(heat.rows[0]?.fields[0]).toEqual({ value: null, count: 0, share: 0 });
    expect(heat.rows[0]?.fields[2]?.share).toBe(0);
  });

  it('that are not known on activations are left out', () => {
    expect(heatOf(matrices, 'activations').rows[0]?.fields.every(({ value }) => value === null)).toBe(true);
    expect(worstMatrix(matrices, 'activations')).toEqual({ matrix: matrices[3], value: 0.4 });
    expect(worstMatrix(matrices.slice(0, 1), 'activations')).toBeNull();
  });
});

describe('GLM’s explanation', () => {
  const model = (reach: number, low: number, high: number) => ({ reach, difference: interval(low, high) });
  it.each([
    ['none', [model(1, 0, 1)]],
    ['seen', [model(3, 0.3, 0.4), model(1, 0, 0.1), model(2, 0.15, 0.2)]],
    ['against', [model(1, 0.3, 0.4), model(2, 0, 0.1)]],
    ['undecided', [model(1, 0, 0.3), model(2, 0.2, 0.4)]],
    ['mixed', [model(1, 0.3, 0.4), model(2, 0, 0.1), model(3, 0.2, 0.25)]],
  ] as const)('is %s', (verdict, rows) => expect(rangeVerdict(rows)).toBe(verdict));
});

it.each([
  ['model.layers.2.self_attn.q_proj.weight', 'self_attn.q_proj'],
  ['model.query_layer.mlp.up_proj.weight', 'mlp.up_proj'],
  ['model.embed_tokens.weight', 'embed_tokens'],
  ['lm_head.weight', 'lm_head'],
])('%s is short %s', (name, short) => expect(shortName(name)).toBe(short));
