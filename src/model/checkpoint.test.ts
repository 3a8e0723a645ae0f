import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elements } from '../graph/tensor';
import { floatsOf } from '../graph/weights';
import { CheckpointError, readCheckpoint, readStoredCheckpoint, writeCheckpoint } from './checkpoint';
import { completeConfig, type ModelConfig } from './config';
import { anyConfig } from './config-arbitrary';
import { parseConfig } from './config-file';
import { tensorTable } from './names';
import { numberFormats } from './number-format';
import { type FloatDType, readSafetensors, SafetensorsError, type StoredTensor, writeSafetensors } from './safetensors';

const file = 'story/model.safetensors';
const tiny = completeConfig(
  {
    vocab_size: 5,
    hidden_size: 4,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 6,
    max_position_embeddings: 3,
    tie_word_embeddings: true,
  },
  'tiny',
);

/** Weights that every dtype holds exactly: small multiples of 1/8. */
function weightsOf(config: ModelConfig): Map<string, Float32Array> {
  const values = (shape: readonly number[], seed: number) =>
    Float32Array.from({ length: elements(shape) }, (_, i) => (((i + seed) * 7) % 31) / 8 - 2);
  return new Map(tensorTable(config).map(({ name, shape }, seed) => [name, values(shape, seed)]));
}

function tensor(shape: readonly number[], values: readonly number[], dtype: FloatDType = 'F32'): StoredTensor {
  return { dtype, shape, data: numberFormats[dtype].encode(Float32Array.from(values)) };
}

/** The tiny checkpoint with some tensors replaced, added or (undefined) left out. */
function changed(changes: Record<string, StoredTensor | undefined>, dtype: FloatDType = 'F32'): Uint8Array {
  const tensors = new Map(readSafetensors(writeCheckpoint(tiny, weightsOf(tiny), dtype), file).tensors);
  for (const [name, change] of Object.entries(changes)) {
    if (change) tensors.set(name, change);
    else tensors.delete(name);
  }
  return writeSafetensors(tensors);
}

describe('readCheckpoint', () => {
  it.each<FloatDType>(['F32', 'F16', 'BF16'])('reads what writeCheckpoint wrote in %s', (dtype) => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const weights = weightsOf(config);
        expect(readCheckpoint(config, writeCheckpoint(config, weights, dtype), file)).toEqual(weights);
      }),
      { numRuns: 30 },
    );
  });

  const folder = new URL('./fixtures/', import.meta.url);
  it.each(readdirSync(folder))('accepts the PyTorch checkpoint %s and writes the same bytes', (name) => {
    const config = parseConfig(JSON.parse(readFileSync(new URL(`${name}/config.json`, folder), 'utf8')), name);
    const bytes = readFileSync(new URL(`${name}/model.safetensors`, folder));
    const dtype = readSafetensors(bytes, name).tensors.get('model.norm.weight')?.dtype as FloatDType;
    const written = writeCheckpoint(config, readCheckpoint(config, bytes, name), dtype);
    expect(Buffer.compare(written, bytes)).toBe(0);
  });

  it('passes over angle tables and a copy of the tied head, in whatever type it is stored', () => {
    const embedding = weightsOf(tiny).get('model.embed_tokens.weight') ?? [];
    const bytes = changed({
      'lm_head.weight': tensor([5, 4], [...embedding], 'BF16'),
      'model.layers.0.self_attn.rotary_emb.inv_freq': tensor([1], [1]),
    });
    expect(readCheckpoint(tiny, bytes, file)).toEqual(weightsOf(tiny));
  });

  it.each<[string, Uint8Array, string]>([
    [
      'a wrong shape',
      changed({ 'model.norm.weight': tensor([2], [1, 1]) }),
      'tensor model.norm.weight has shape [2], the config says [4].',
    ],
    [
      'a transposed shape',
      changed({ 'model.embed_tokens.weight': tensor([4, 5], Array(20).fill(1)) }),
      'tensor model.embed_tokens.weight has shape [4, 5], the config says [5, 4].',
    ],
    [
      'a missing tensor',
      changed({ 'model.norm.weight': undefined }),
      'tensor model.norm.weight is missing, the config asks for [4].',
    ],
    [
      'a surplus tensor',
      changed({ 'model.norm.bias': tensor([4], [1, 1, 1, 1]) }),
      'tensor model.norm.bias has no place in the model of this config: check its switches.',
    ],
    [
      'many surplus tensors',
      changed(Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, tensor([1], [1])]))),
      'tensors a, b, c, d, e and 2 more have no place in the model of this config: check its switches.',
    ],
    [
      'a head that is not the tied embedding',
      changed({ 'lm_head.weight': tensor([5, 4], Array(20).fill(1)) }),
      'tensor lm_head.weight differs from model.embed_tokens.weight, but the config ties them: set tie_word_embeddings to false.',
    ],
    [
      'NaN in f32',
      changed({ 'model.norm.weight': tensor([4], [1, Number.NaN, 1, 1]) }),
      'tensor model.norm.weight holds NaN at element 1: weights must be finite.',
    ],
    [
      'an infinity in a matrix of f16',
      changed({ 'model.embed_tokens.weight': tensor([5, 4], [...Array(19).fill(1), -1e9], 'F16') }),
      'tensor model.embed_tokens.weight holds -Infinity at element 19: weights must be finite.',
    ],
    [
      'an infinity in a norm of bf16',
      changed({ 'model.norm.weight': tensor([4], [Number.POSITIVE_INFINITY, 1, 1, 1], 'BF16') }),
      'tensor model.norm.weight holds Infinity at element 0: weights must be finite.',
    ],
  ])('refuses %s', (_, bytes, sentence) => {
    expect(() => readCheckpoint(tiny, bytes, file)).toThrow(new CheckpointError(`${file}: ${sentence}`));
  });

  it('says how a tied checkpoint can be read when the config unties it', () => {
    const untied = completeConfig({ ...tiny, tie_word_embeddings: false }, 'untied');
    expect(() => readCheckpoint(untied, changed({}), file)).toThrow(
      `${file}: tensor lm_head.weight is missing, the config asks for [5, 4]. Set tie_word_embeddings to true if the head is the embedding table.`,
    );
  });

  it('refuses a damaged file as such', () => {
    expect(() => readCheckpoint(tiny, changed({}).subarray(0, 400), file)).toThrow(SafetensorsError);
  });
});

describe('readStoredCheckpoint', () => {
  it('keeps the bits of f16 matrices where they lie, and gives every other weight as f32', () => {
    const bytes = writeCheckpoint(tiny, weightsOf(tiny), 'F16');
    const stored = readStoredCheckpoint(tiny, bytes, file);
    for (const { name, matrix } of tensorTable(tiny)) {
      const weight = stored.get(name);
      if (!weight) throw new Error(`${name} was not read.`);
      expect('half' in weight, name).toBe(matrix);
      if ('half' in weight) expect(weight.half.buffer).toBe(bytes.buffer);
      expect(floatsOf(weight)).toEqual(weightsOf(tiny).get(name));
    }
  });

  it('copies no f32 weight', () => {
    const bytes = writeCheckpoint(tiny, weightsOf(tiny), 'F32');
    const norm = readStoredCheckpoint(tiny, bytes, file).get('model.norm.weight');
    expect(norm && 'values' in norm && norm.values.buffer).toBe(bytes.buffer);
  });
});

describe('writeCheckpoint', () => {
  it.each<[string, readonly number[] | null, FloatDType, string]>([
    ['a missing weight', null, 'F32', 'Weight model.norm.weight is missing: the config asks for [4].'],
    [
      'a weight of another size',
      [1, 2, 3],
      'F32',
      'Weight model.norm.weight has 3 numbers, the config asks for [4], 4 numbers.',
    ],
    [
      'a number too large for f16',
      [1, 70_000, 1, 1],
      'F16',
      'Weight model.norm.weight holds 70000 at element 1, too large for F16: write BF16 or F32.',
    ],
    ['NaN', [1, 1, 1, Number.NaN], 'BF16', 'Weight model.norm.weight holds NaN at element 3: weights must be finite.'],
  ])('refuses %s', (_, norm, dtype, sentence) => {
    const weights = weightsOf(tiny);
    if (norm) weights.set('model.norm.weight', Float32Array.from(norm));
    else weights.delete('model.norm.weight');
    expect(() => writeCheckpoint(tiny, weights, dtype)).toThrow(new CheckpointError(sentence));
  });
});
