import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TwinMemory, TwinProgram } from '../graph/twin';
import type { Weights } from '../graph/weights';
import type { ModelConfig } from './config';
import { parseConfig } from './config-file';
import { readModelWeights } from './folder';
import { scoreGraph } from './graphs';
import { tensorTable } from './names';
import { numberFormats } from './number-format';
import { type Checkpoint, pruneCheckpoint, vocabularyParameters } from './prune-vocabulary';
import { type FloatDType, readSafetensors, type StoredTensor, writeSafetensors } from './safetensors';

/** Untied and tied heads, series, shortcut, query layer, learned positions. */
const models = ['llama', 'tied', 'pangu-pi', 'query-layer', 'learned'];

function stored(name: string): Checkpoint {
  const file = (part: string) => readFileSync(path.join(import.meta.dirname, 'fixtures', name, part));
  const { tensors } = readSafetensors(new Uint8Array(file('model.safetensors')), name);
  return { config: JSON.parse(file('config.json').toString()), tensors };
}

/** As a person's program would: written to files and read again. */
function reread({ config, tensors }: Checkpoint): { config: ModelConfig; weights: Weights } {
  const files = {
    'config.json': new TextEncoder().encode(JSON.stringify(config)),
    'model.safetensors': writeSafetensors(tensors),
  };
  return readModelWeights(files, 'pruned');
}

/** Of every position, float64. */
function logitsOf({ config, weights }: { config: ModelConfig; weights: Weights }, ids: readonly number[]): number[][] {
  const graph = scoreGraph(config, ids.length);
  const memory = new TwinMemory('float64', weights);
  memory.numbers(graph.ids).set(ids);
  memory.numbers(graph.cursor).set([0, ids.length, 0, 0]);
  const program = new TwinProgram(graph.graph, memory);
  program.run();
  const all = Array.from(program.read(graph.logits));
  return ids.map((_, position) => all.slice(position * config.vocab_size, (position + 1) * config.vocab_size));
}

function inFormat(tensors: ReadonlyMap<string, StoredTensor>, dtype: FloatDType): Map<string, StoredTensor> {
  return new Map(
    [...tensors].map(([name, { dtype: from, shape, data }]) => [
      name,
      { dtype, shape, data: numberFormats[dtype].encode(numberFormats[from as FloatDType].decode(data)) },
    ]),
  );
}

const kept = [0, 1, 2, 5, 17, 18, 40, 59, 60];

describe.each(models)('the model %s, pruned', (name) => {
  const model = stored(name);
  const whole = reread(model);

  it('gives each piece that survives exactly the logit of the whole model', () => {
    const pieces = fc.subarray(
      Array.from({ length: whole.config.vocab_size }, (_, id) => id),
      { minLength: 3 },
    );
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), (some, text) => {
        const survive = [...new Set([1, 2, ...some])].sort((a, b) => a - b);
        const ids = text.map((number) => number % survive.length);
        const pruned = logitsOf(reread(pruneCheckpoint(model, survive, name)), ids);
        const full = logitsOf(
          whole,
          ids.map((id) => survive[id] as number),
        );
        expect(pruned).toEqual(full.map((row) => survive.map((id) => row[id] as number)));
      }),
      { numRuns: 20 },
    );
  });

  it('has a row for each piece exactly where its config asks for one', () => {
    const { config, tensors } = pruneCheckpoint(model, kept, name);
    const shapes = new Map(tensorTable(parseConfig(config, name)).map((row) => [row.name, row.shape]));
    expect(new Map([...tensors].map(([key, { shape }]) => [key, shape]))).toEqual(shapes);
    expect(vocabularyParameters(whole.config) / whole.config.vocab_size).toBe(
      whole.config.hidden_size * (whole.config.tie_word_embeddings ? 1 : 2),
    );
  });
});

describe('a pruned checkpoint', () => {
  const model = stored('llama');

  it('keeps rows of a quantised table with their scales and zero points', () => {
    const rows = (width: number): StoredTensor => {
      const size = model.tensors.get('lm_head.weight')?.shape[0] ?? 0;
      return {
        dtype: 'U8',
        shape: [size, width],
        data: Uint8Array.from({ length: size * width }, (_, i) => i / width),
      };
    };
    const table = { 'lm_head.weight': rows(16), 'lm_head.weight.scales': rows(4), 'lm_head.weight.zeros': rows(1) };
    const { tensors } = pruneCheckpoint(
      { ...model, tensors: new Map([...model.tensors, ...Object.entries(table)]) },
      kept,
      'llama',
    );
    for (const [name, { shape }] of Object.entries(table)) {
      const width = shape[1] ?? 0;
      expect(tensors.get(name)?.shape).toEqual([kept.length, width]);
      expect([...(tensors.get(name)?.data ?? [])]).toEqual(kept.flatMap((id) => new Array(width).fill(id)));
    }
  });

  it.each(['F32', 'F16', 'BF16'] as const)('keeps every bit of what stays in %s', (dtype) => {
    const tensors = inFormat(model.tensors, dtype);
    const pruned = pruneCheckpoint({ ...model, tensors }, kept, 'llama');
    const changed = ['model.embed_tokens.weight', 'lm_head.weight'];
    for (const [name, before] of tensors) {
      const after = pruned.tensors.get(name) as StoredTensor;
      if (!changed.includes(name)) {
        expect(after).toBe(before);
        continue;
      }
      expect(after).toMatchObject({ dtype, shape: [kept.length, 16] });
      const row = 16 * (dtype === 'F32' ? 4 : 2);
      const wanted = kept.flatMap((id) => [...before.data.subarray(id * row, (id + 1) * row)]);
      expect([...after.data]).toEqual(wanted);
    }
  });

  it('names its tokens by their new ids and leaves the other keys of the config alone', () => {
    const config = { ...model.config, pad_token_id: 5, unk_token_id: -1, torch_dtype: 'float16' };
    expect(pruneCheckpoint({ ...model, config }, [1, 2, 5], 'llama').config).toEqual({
      ...config,
      vocab_size: 3,
      bos_token_id: 0,
      eos_token_id: 1,
      pad_token_id: 2,
    });
    const unmarked = { ...model.config, bos_token_id: null };
    expect(pruneCheckpoint({ ...model, config: unmarked }, [2], 'llama').config).toMatchObject({ bos_token_id: null });
  });

  it('cuts a copy of a tied head as it cuts the embedding', () => {
    const tied = stored('tied');
    const embedding = tied.tensors.get('model.embed_tokens.weight') as StoredTensor;
    const tensors = new Map([...tied.tensors, ['lm_head.weight', embedding]]);
    expect(() => reread(pruneCheckpoint({ ...tied, tensors }, kept, 'tied'))).not.toThrow();
  });

  it.each([
    [[], 'llama: no piece is kept: keep at least one.'],
    [[1, 2, 73], 'llama: the id 73 is to be kept, but the model has 73 pieces: give ids from 0 to 72.'],
    [[-1, 1, 2], 'llama: the id -1 is to be kept, but the model has 73 pieces: give ids from 0 to 72.'],
    [[1, 2.5], 'llama: the id 2.5 is to be kept, but the model has 73 pieces: give ids from 0 to 72.'],
    [[1, 2, 2], 'llama: the id 2 follows 2 in the list of what is kept: give each id once, in ascending order.'],
    [[2, 1], 'llama: the id 1 follows 2 in the list of what is kept: give each id once, in ascending order.'],
    [[0, 2, 3], 'llama: bos_token_id is 1, which is not among the ids that are kept: keep it too.'],
    [[0, 1, 3], 'llama: eos_token_id is 2, which is not among the ids that are kept: keep it too.'],
  ])('refuses to keep %j', (ids, sentence) => {
    expect(() => pruneCheckpoint(model, ids, 'llama')).toThrow(sentence);
  });

  it('refuses a config of another model', () => {
    const config = { ...model.config, vocab_size: 74 };
    expect(() => pruneCheckpoint({ ...model, config }, kept, 'llama')).toThrow(
      'llama: tensor lm_head.weight has shape [73, 16], but the config says 74 pieces: these files belong to two models.',
    );
  });
});
