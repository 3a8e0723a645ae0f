import { describe, expect, test } from 'vitest';
import type { MatrixReport, QuantisedModelReport } from '../../worker/quantise-protocol';
import { defaults, readAddress, writeAddress } from './address';
import { changedTexts, quantiseTexts, readQuantiseForm } from './quantise-form';

const matrix = (name: string, rows: number, reach: number): MatrixReport => ({
  ...{ name, kind: 'ffn-in', layer: '0', shape: [rows, 32] },
  ...{ least: -1, most: 1, deviation: 0.2, reach },
});
const model: QuantisedModelReport = {
  ...{ id: 'tiny', parameters: 10_000, bytes: 20_000, loadMilliseconds: 1 },
  matrices: [matrix('near', 16, 2), matrix('far', 8, 4), matrix('middle', 4, 3)],
  experts: 0,
  refused: { 'int8-row': 'These weights hold a NaN.' },
};
const read = (changes: Readonly<Record<string, string>> = {}) => readQuantiseForm(changes, model);
const keys = (changes: Readonly<Record<string, string>>) => read(changes).problems.map(({ key }) => key);

describe('the form of the Quantise panel', () => {
  test('starts with GLM’s INT4, its matrices and its memory, and nothing to complain about', () => {
    const { scheme, selection, activations, refused, memory, limitBytes, problems } = read();
    expect([scheme, selection, activations, refused]).toEqual(['int4-row', 'glm', 'f32', null]);
    expect(memory).toMatchObject({ context: 2048, batch: 1, cacheBits: 16, shape: { hidden_size: 12_288 } });
    expect(limitBytes).toBe(2 ** 30);
    expect(problems).toEqual([]);
  });

  test('draws the matrix that reaches farthest unless one of the model is named', () => {
    expect(read().matrix?.name).toBe('far');
    expect(read({ matrix: 'near' }).matrix?.name).toBe('near');
    expect(read({ matrix: 'of another model' }).matrix?.name).toBe('far');
    expect(readQuantiseForm({}, null).matrix).toBeNull();
  });

  test('a row is one of the matrix, or a sentence', () => {
    expect(read({ row: '7' }).row).toBe(7);
    expect(read({ row: '8' })).toMatchObject({ row: null, problems: [{ key: 'row' }] });
    expect(read({ row: '8', matrix: 'near' }).row).toBe(8);
    expect(keys({ row: 'x' })).toEqual(['row']);
  });

  test('says why the chosen scheme cannot be used', () => {
    expect(read({ scheme: 'int8-row' }).refused).toBe('These weights hold a NaN.');
    expect(read({ scheme: 'int4-32' }).refused).toBeNull();
  });

  test('what is none of the choices reads as the first', () => {
    expect(read({ scheme: 'int3', matrices: 'some', activations: 'f8', preset: 'none', limit: '3' })).toMatchObject({
      scheme: 'int4-row',
      selection: 'glm',
      activations: 'f32',
      preset: { id: 'glm-130b' },
      limitBytes: 2 ** 30,
    });
  });
});

describe('the memory calculator', () => {
  test('takes the sizes of the preset where none are typed', () => {
    expect(read({ preset: 'story-nano' }).presetTexts).toMatchObject({ layers: '4', width: '96', heads: '3' });
    const { memory } = read({ layers: '35', batch: '4', cache: '32' });
    expect(memory).toMatchObject({ batch: 4, cacheBits: 32, shape: { num_hidden_layers: 35, hidden_size: 12_288 } });
  });

  test('as many KV heads as heads, unless it is said how many', () => {
    expect(read({ heads: '48' }).memory?.shape).toMatchObject({ num_attention_heads: 48, num_key_value_heads: null });
    expect(read({ kvHeads: '8' }).memory?.shape).toMatchObject({ num_attention_heads: 96, num_key_value_heads: 8 });
  });

  test('sizes that are no numbers or do not agree are sentences', () => {
    expect(keys({ width: 'wide', batch: '0' })).toEqual(['batch', 'width']);
    const uneven = read({ kvHeads: '7' });
    expect(uneven.memory).toBeNull();
    expect(uneven.problems).toHaveLength(1);
    expect(read({ width: '100' }).memory).toBeNull();
  });
});

describe('the address of the form', () => {
  test('holds only what differs from the defaults, and gives it back', () => {
    const changes = changedTexts({}, { scheme: 'int4-32', model: 'story-nano', text: '盘古 a\nb', row: '3' });
    expect(Object.keys(changes)).toEqual(['scheme', 'text', 'row']);
    const address = writeAddress({ ...defaults, panel: 'quantise', quantise: changes });
    expect(readAddress(address).quantise).toEqual(changes);
    expect(quantiseTexts(readAddress(address).quantise)).toMatchObject({ scheme: 'int4-32', model: 'story-nano' });
  });

  test('a value set back to its default leaves it', () => {
    expect(changedTexts({ scheme: 'int4-32', other: 'x' }, { scheme: 'int4-row' })).toEqual({ other: 'x' });
  });
});
