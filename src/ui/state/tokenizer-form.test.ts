import { describe, expect, test } from 'vitest';
import { defaults, readAddress, writeAddress } from './address';
import { changedTexts, listRows, readTokenizerForm, tokenizerTexts } from './tokenizer-form';
import { paperBudget, paperShape } from './vocabulary-budget';

const vocabulary = { size: 92_544, alwaysKept: 264 };
const read = (changes: Readonly<Record<string, string>> = {}) => readTokenizerForm(changes, vocabulary);
const keys = (changes: Readonly<Record<string, string>>) => read(changes).problems.map(({ key }) => key);

describe('the form of the Tokenizer panel', () => {
  test('starts with the paper’s pruning, shape and budget, and nothing to complain about', () => {
    const { pruning, shape, budget, problems, storyworld } = read();
    expect(pruning).toEqual({ method: 'frequency', size: { kind: 'keep', pieces: 48_000 }, zhShare: 0.5 });
    expect(shape).toEqual(paperShape);
    expect(budget).toBe(paperBudget);
    expect(storyworld).toEqual({ zhShare: 0.5, characters: 2_000_000 });
    expect(problems).toEqual([]);
  });

  test('prunes nothing while no vocabulary is open', () => {
    expect(readTokenizerForm({}, null).pruning).toBeNull();
  });

  test.each(['32000', '32,000', ' 32 000 ', '32\u202f000'])('reads a size as people write it: “%s”', (keep) => {
    expect(read({ keep }).pruning?.size).toEqual({ kind: 'keep', pieces: 32_000 });
  });

  test('a size that always stays, is too large or is none is a sentence; the slider stands at the end', () => {
    const { problems, keep, pruning, texts } = read({ keep: '0' });
    expect(problems).toEqual([{ key: 'keep', sentence: expect.stringContaining('264') }]);
    expect([keep, pruning, texts.keep]).toEqual([264, null, '0']);
    expect(read({ keep: '100000' })).toMatchObject({ keep: 92_544, pruning: null });
    expect(keys({ keep: 'many' })).toEqual(['keep']);
  });

  test('a minimum count takes the place of a size', () => {
    const { pruning, problems } = read({ size: 'minimumCount', minimumCount: '5', keep: 'many' });
    expect(pruning?.size).toEqual({ kind: 'minimumCount', count: 5 });
    expect(problems).toEqual([]);
    expect(keys({ size: 'minimumCount', minimumCount: '0' })).toEqual(['minimumCount']);
  });

  test('what is none of the choices reads as the first', () => {
    expect(read({ method: 'magic', list: 'x', pieceLanguage: 'fr' })).toMatchObject({
      pruning: { method: 'frequency' },
      filter: { list: 'cut', language: 'all' },
    });
  });

  test('each field that is out of range says so, and the others are read', () => {
    expect(keys({ characters: '10', zhShare: '2', width: '0', budget: 'x', length: '-1' })).toEqual([
      'zhShare',
      'characters',
      'length',
      'width',
      'budget',
    ]);
    expect(read({ characters: '10' }).pruning).not.toBeNull();
  });

  test('keys and values are as wide as the model unless they are said to be narrower', () => {
    expect(read({ width: '512' }).shape).toMatchObject({ width: 512, kvWidth: 512 });
    expect(read({ width: '512', kvWidth: '128', tied: 'on' }).shape).toMatchObject({ kvWidth: 128, tied: true });
  });

  test('a page of the list is so many rows in', () => {
    expect(read({ page: '3' }).filter.offset).toBe(2 * listRows);
    expect(read({ page: 'x' }).filter.offset).toBe(0);
  });
});

describe('the address of the form', () => {
  test('holds only what differs from the defaults, and gives it back', () => {
    const changes = changedTexts({}, { keep: '16000', method: 'closed', text: 'storyworld', view: 'a 盘古\nb' });
    expect(Object.keys(changes)).toEqual(['keep', 'method', 'view']);
    const address = writeAddress({ ...defaults, panel: 'tokenizer', tokenizer: changes });
    expect(readAddress(address).tokenizer).toEqual(changes);
    expect(tokenizerTexts(readAddress(address).tokenizer)).toMatchObject({ keep: '16000', text: 'storyworld' });
  });

  test('a value set back to its default leaves it', () => {
    expect(changedTexts({ keep: '16000', other: 'x' }, { keep: '' })).toEqual({ other: 'x' });
  });
});
