import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaults, longestSharedPrompt, readAddress, type Shared, writeAddress } from './address';

const anyShared: fc.Arbitrary<Shared> = fc.record({
  panel: fc.constantFrom('generate', 'tokenizer', 'train', 'architecture', 'quantise', 'offload', 'runs', 'device'),
  model: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
  prompt: fc.string({ unit: 'grapheme', maxLength: 200 }),
  temperature: fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0),
  topK: fc.integer({ min: 0, max: 1000 }),
  topP: fc.double({ min: 0.05, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 4096 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  backend: fc.constantFrom('auto', 'gpu', 'cpu'),
  weights: fc.constantFrom('stored', 'f16', 'f32'),
  kernels: fc.constantFrom('auto', 'naive', 'thread', 'group'),
  recipe: fc.dictionary(
    fc.constantFrom('learningRate', 'model.hidden_size', 'corpus.texts', 'samplePrompt'),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    { noNullPrototype: true },
  ),
  experiment: fc.dictionary(
    fc.constantFrom('preset', 'values', 'hold'),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    {
      noNullPrototype: true,
    },
  ),
  tokenizer: fc.dictionary(
    fc.constantFrom('vocabulary', 'keep', 'view'),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    {
      noNullPrototype: true,
    },
  ),
  quantise: fc.dictionary(fc.constantFrom('model', 'scheme', 'text'), fc.string({ unit: 'grapheme', maxLength: 200 }), {
    noNullPrototype: true,
  }),
  offload: fc.dictionary(fc.constantFrom('preset', 'alpha', 'slots'), fc.string({ unit: 'grapheme', maxLength: 200 }), {
    noNullPrototype: true,
  }),
});

describe('the address', () => {
  test('restores whatever it was written from', () => {
    fc.assert(
      fc.property(anyShared, (shared) => {
        expect(readAddress(`#${writeAddress(shared)}`)).toEqual(shared);
      }),
    );
  });

  test('is empty at the defaults and holds only what differs', () => {
    expect(writeAddress(defaults)).toBe('');
    expect(writeAddress({ ...defaults, seed: 7, panel: 'device' })).toBe('v=1&panel=device&seed=7');
  });

  test('any text at all reads as valid values', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const shared = readAddress(text);
        expect(readAddress(writeAddress(shared))).toEqual({ ...shared, prompt: shared.prompt });
      }),
    );
  });

  test('keeps a field of the recipe as it was typed, right or wrong', () => {
    expect(readAddress('#v=1&t.steps=many&t.model.norm=layer&t.=1&t.0=1').recipe).toEqual({
      steps: 'many',
      'model.norm': 'layer',
    });
    expect(writeAddress({ ...defaults, recipe: { steps: '10' } })).toBe('v=1&t.steps=10');
  });

  test('keeps the fields of an experiment apart from those of the recipe', () => {
    const shared = { ...defaults, recipe: { steps: '10' }, experiment: { steps: '20', values: '2, 4' } };
    expect(writeAddress(shared)).toBe('v=1&t.steps=10&e.steps=20&e.values=2%2C+4');
    expect(readAddress(writeAddress(shared))).toEqual(shared);
  });

  test.each([
    'temperature=hot',
    'temperature=-1',
    'temperature=',
    'top-k=2.5',
    'seed=4294967296',
    'kernels=fast',
    'model=../x',
  ])('%s reads as the default', (text) => expect(readAddress(`#v=1&${text}`)).toEqual(defaults));

  test('an address of another version reads as the defaults', () => {
    expect(readAddress('#v=2&seed=9')).toEqual(defaults);
  });

  test('leaves out a prompt that no address can hold', () => {
    const prompt = 'x'.repeat(longestSharedPrompt + 1);
    expect(writeAddress({ ...defaults, prompt })).toBe('');
  });

  test('keeps an empty prompt, which lets the model start by itself', () => {
    expect(readAddress(writeAddress({ ...defaults, prompt: '' })).prompt).toBe('');
  });
});
