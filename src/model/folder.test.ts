import { describe, expect, it } from 'vitest';
import { floatWeights, writeCheckpoint } from './checkpoint';
import { completeConfig } from './config';
import { configJson } from './config-file';
import { FolderError, readModelFolder } from './folder';
import { tensorTable } from './names';

const config = completeConfig(
  {
    vocab_size: 5,
    hidden_size: 4,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 6,
    max_position_embeddings: 3,
  },
  'tiny',
);
const weights = new Map(
  tensorTable(config).map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b)).fill(0.5)]),
);

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const files = {
  'config.json': json(configJson(config)),
  'model.safetensors': writeCheckpoint(config, weights, 'F16'),
  'tokenizer.json': json({ pieces: 5 }),
};

const readTokenizer = (content: unknown, source: string) => {
  if (typeof content !== 'object' || content === null || !('pieces' in content))
    throw new Error(`${source}: no pieces.`);
  return { vocabularySize: Number(content.pieces) };
};

const read = (changed: Record<string, Uint8Array>, source = 'story') => readModelFolder(changed, readTokenizer, source);

describe('readModelFolder', () => {
  it('gives config, weights and tokenizer that belong together', () => {
    const folder = read(files);
    expect(folder.config).toEqual(config);
    expect(floatWeights(folder.weights)).toEqual(weights);
    expect(folder.tokenizer.vocabularySize).toBe(5);
    expect(folder.notes).toEqual([]);
  });

  it('takes the buffers that fetch and File give', () => {
    const buffers = Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [name, new Uint8Array(bytes).buffer]),
    );
    expect(readModelFolder(buffers, readTokenizer, '').config).toEqual(config);
  });

  it('notes ids without text', () => {
    expect(read({ ...files, 'tokenizer.json': json({ pieces: 3 }) }).notes).toEqual([
      'The tokenizer has 3 tokens and the model 5: the last 2 ids have no text.',
    ]);
  });

  it('refuses a tokenizer with more tokens than the model', () => {
    expect(() => read({ ...files, 'tokenizer.json': json({ pieces: 6 }) })).toThrow(
      new FolderError(
        'story/tokenizer.json: the tokenizer has 6 tokens, but vocab_size in config.json is 5: these files belong to two models.',
      ),
    );
  });

  const { 'config.json': configFile, 'tokenizer.json': tokenizerFile } = files;
  const nothing = new Uint8Array();
  it.each<[string, Record<string, Uint8Array>, string]>([
    [
      'no file at all',
      {},
      'config.json and model.safetensors and tokenizer.json are missing (found nothing): a model is the three files config.json, model.safetensors, tokenizer.json together.',
    ],
    [
      'a folder without weights',
      { 'config.json': configFile, 'tokenizer.json': tokenizerFile, 'card.md': nothing },
      'model.safetensors is missing (found config.json, tokenizer.json, card.md): a model is the three files config.json, model.safetensors, tokenizer.json together.',
    ],
    [
      'weights of PyTorch',
      { 'config.json': configFile, 'tokenizer.json': tokenizerFile, 'pytorch_model.bin': nothing },
      'model.safetensors is missing (found config.json, tokenizer.json, pytorch_model.bin): save the weights of pytorch_model.bin as model.safetensors.',
    ],
    [
      'split weights',
      { 'config.json': configFile, 'tokenizer.json': tokenizerFile, 'model-00001-of-00002.safetensors': nothing },
      'model.safetensors is missing (found config.json, tokenizer.json, model-00001-of-00002.safetensors): the weights are split over several files, save them as one model.safetensors.',
    ],
    [
      'a tokenizer of SentencePiece',
      { 'config.json': configFile, 'model.safetensors': nothing, 'tokenizer.model': nothing },
      'tokenizer.json is missing (found config.json, model.safetensors, tokenizer.model): convert tokenizer.model to tokenizer.json.',
    ],
    [
      'many other files',
      Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, nothing])),
      'config.json and model.safetensors and tokenizer.json are missing (found a, b, c, d, e and 2 more): a model is the three files config.json, model.safetensors, tokenizer.json together.',
    ],
  ])('says what is missing from %s', (_, changed, sentence) => {
    expect(() => read(changed)).toThrow(new FolderError(`story: ${sentence}`));
  });

  it.each([
    ['text', 'not json'],
    ['an empty file', ''],
  ])('refuses a config that is %s', (_, text) => {
    const broken = { ...files, 'config.json': new TextEncoder().encode(text) };
    expect(() => read(broken)).toThrow(FolderError);
    expect(() => read(broken)).toThrow(/^story\/config\.json is not JSON: .*\.$/);
  });

  it.each([
    ['config', { 'config.json': json({}) }, 'story/config.json: vocab_size is missing'],
    ['weights', { 'model.safetensors': nothing }, 'story/model.safetensors: the file has 0 bytes'],
    ['tokenizer', { 'tokenizer.json': json([]) }, 'story/tokenizer.json: no pieces.'],
  ])('names the file when the %s cannot be read', (_, change, sentence) => {
    expect(() => read({ ...files, ...change })).toThrow(sentence);
  });

  it('names files plainly when they come without a folder', () => {
    expect(() => read({ ...files, 'config.json': json({}) }, '')).toThrow(/^config\.json: vocab_size is missing/);
    expect(() => read({}, '')).toThrow(/^config\.json and model\.safetensors/);
  });
});
