import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOfRow, type QuantisedMatrix, rowBytes } from '../graph/quantised';
import { floatsOf, type StoredWeight, type Weights } from '../graph/weights';
import { CheckpointError, readCheckpoint, writeStoredCheckpoint } from './checkpoint';
import { ConfigError, completeConfig } from './config';
import { configJson } from './config-file';
import { readModelFolder } from './folder';
import { tensorTable } from './names';
import { type QuantisationConfig, quantisationJson } from './quantisation-config';
import { readSafetensors, type StoredTensor, writeSafetensors } from './safetensors';
import { upcycle } from './upcycle';

const config = completeConfig(
  {
    vocab_size: 5,
    hidden_size: 40,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 33,
    max_position_embeddings: 3,
    tie_word_embeddings: true,
  },
  'tiny',
);
const table = tensorTable(config);
const down = 'model.layers.0.mlp.down_proj.weight';
const matrixNames = table.filter(({ matrix }) => matrix).map(({ name }) => name);

const layouts = fc.record({
  bits: fc.constantFrom<(4 | 8)[]>(4, 8),
  groupSize: fc.constantFrom(null, 32 as const, 64 as const, 128 as const),
  zeroPoint: fc.boolean(),
});

/** Weights whose matrices called `names` are quantised; the bytes are a hash of `seed`. */
function weightsOf(
  { bits, groupSize, zeroPoint }: Omit<QuantisationConfig, 'modules'>,
  names: readonly string[] = matrixNames,
  seed = 1,
): Map<string, StoredWeight> {
  let state = seed;
  const byte = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  return new Map(
    table.map(({ name, shape }): [string, StoredWeight] => {
      const [N = 0, K = 0] = shape;
      if (!names.includes(name)) return [name, { values: new Float32Array(N * (K || 1)).fill(0.5) }];
      const layout = { bits, N, K, block: groupSize ?? K };
      const scales = N * blocksOfRow(layout);
      const quantised: QuantisedMatrix = {
        ...layout,
        packed: Uint8Array.from({ length: N * rowBytes(layout) }, byte),
        scales: Float32Array.from({ length: scales }, () => byte() / 7),
        zeros: zeroPoint ? Uint8Array.from({ length: scales }, byte) : null,
      };
      return [name, { quantised }];
    }),
  );
}

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const readTokenizer = () => ({ vocabularySize: 5 });

function folderOf(weights: Weights, changes: Record<string, StoredTensor | null> = {}, entry?: unknown) {
  const { file, quantisation } = writeStoredCheckpoint(config, weights);
  const tensors = new Map(readSafetensors(file, 'own').tensors);
  for (const [name, tensor] of Object.entries(changes)) {
    if (tensor) tensors.set(name, tensor);
    else tensors.delete(name);
  }
  const values = configJson(config, quantisation);
  return {
    'config.json': json(entry === undefined ? values : { ...values, quantization_config: entry }),
    'model.safetensors': writeSafetensors(tensors),
    'tokenizer.json': json({}),
  };
}

const read = (files: ReturnType<typeof folderOf>) => readModelFolder(files, readTokenizer, 'story').weights;
const int4 = { bits: 4, groupSize: 32, zeroPoint: false } as const;

describe('a quantised checkpoint', () => {
  it('comes back byte for byte, whatever the layout and whichever matrices', () => {
    const chosen = fc.subarray(matrixNames, { minLength: 1 });
    fc.assert(
      fc.property(layouts, chosen, fc.nat(), (layout, names, seed) => {
        const weights = weightsOf(layout, names, seed);
        const files = folderOf(weights);
        const back = read(files);
        expect(back).toEqual(weights);
        expect(
          Buffer.compare(writeStoredCheckpoint(config, back).file, writeStoredCheckpoint(config, weights).file),
        ).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('says in config.json what is quantised and how', () => {
    const { quantisation } = writeStoredCheckpoint(
      config,
      weightsOf({ ...int4, groupSize: null, zeroPoint: true }, [down]),
    );
    expect(configJson(config, quantisation).quantization_config).toEqual({
      quant_method: 'matmul_nbits',
      bits: 4,
      group_size: -1,
      zero_point: true,
      scheme: 'int4-row-zero',
      modules: ['model.layers.0.mlp.down_proj'],
    });
  });

  it('keeps f16 matrices as they are', () => {
    const weights = new Map(weightsOf(int4, [down]));
    const half = new Uint16Array(200).fill(0x3c00);
    weights.set('model.embed_tokens.weight', { half });
    expect(read(folderOf(weights)).get('model.embed_tokens.weight')).toEqual({ half });
  });

  it('has no entry where nothing is quantised', () => {
    const { file, quantisation } = writeStoredCheckpoint(config, weightsOf(int4, []));
    expect(quantisation).toBeNull();
    expect(readCheckpoint(config, file, 'story').get(down)).toEqual(
      floatsOf(weightsOf(int4, []).get(down) as StoredWeight),
    );
  });

  it('holds one layout', () => {
    const mixed = new Map([
      ...weightsOf(int4),
      ...[...weightsOf({ ...int4, bits: 8 }, [down])].filter(([name]) => name === down),
    ]);
    expect(() => writeStoredCheckpoint(config, mixed)).toThrow(
      'Matrices are quantised with different bits, blocks or zero points: a file holds one layout, quantise all in the same way.',
    );
  });
});

describe('a checkpoint of another layout', () => {
  const entry = quantisationJson({ ...int4, modules: [down.replace('.weight', '')] });
  const weights = weightsOf(int4, [down]);
  const packed = (length: number): StoredTensor => ({
    dtype: 'U8',
    shape: [40, length],
    data: new Uint8Array(40 * length),
  });

  it.each<[string, Record<string, StoredTensor | null>, unknown, string]>([
    [
      'other bits',
      {},
      { ...entry, bits: 8, scheme: undefined },
      `tensor ${down} is U8 [40, 32], but quantization_config says 8 bits with a scale for every 32 columns, which needs U8 [40, 64]: the file was quantised in another layout.`,
    ],
    [
      'another block',
      {},
      { ...entry, group_size: -1, scheme: undefined },
      `tensor ${down}.scales is F32 [40, 2], but quantization_config says 4 bits with a scale for each row, which needs F32 [40, 1]: the file was quantised in another layout.`,
    ],
    ['another shape', { [down]: packed(16) }, entry, `tensor ${down} is U8 [40, 16], but`],
    [
      'no scales',
      { [`${down}.scales`]: null },
      entry,
      `tensor ${down}.scales is missing: quantization_config says 4 bits`,
    ],
    ['no zero points', {}, { ...entry, zero_point: true, scheme: undefined }, `tensor ${down}.zeros is missing`],
    [
      'a scale that is no number',
      { [`${down}.scales`]: { dtype: 'F32', shape: [40, 2], data: new Uint8Array(320).fill(255) } },
      entry,
      `tensor ${down}.scales holds NaN at element 0: scales must be finite.`,
    ],
    [
      'no entry in config.json',
      {},
      null,
      `tensor ${down}.scales has no place: the weights are quantised, but quantization_config in config.json does not say so.`,
    ],
    [
      'a matrix that is not there',
      {},
      { ...entry, modules: ['model.layers.7.mlp.down_proj'] },
      'quantization_config names model.layers.7.mlp.down_proj, which is no matrix of the model of this config that can be quantised.',
    ],
    [
      'integers without an entry',
      { [`${down}.scales`]: null },
      null,
      `tensor ${down} is U8, and quantization_config in config.json does not name it: only F32, F16 and BF16 can be read there.`,
    ],
  ])('is refused: %s', (_, changes, changed, sentence) => {
    const files = folderOf(weights, changes, changed);
    expect(() => read(files)).toThrow(CheckpointError);
    expect(() => read(files)).toThrow(`story/model.safetensors: ${sentence}`);
  });

  it('is refused where an expert is quantised: no kernel reads one as integers', () => {
    const { config: experts, weights: copies } = upcycle(config, weights, { experts: 2, seed: 1 });
    const written = writeStoredCheckpoint(experts, copies);
    const modules = ['model.layers.0.mlp.experts.1.down_proj'];
    const files = {
      'config.json': json({ ...configJson(experts), quantization_config: { ...entry, modules } }),
      'model.safetensors': written.file,
      'tokenizer.json': json({}),
    };
    expect(() => readModelFolder(files, readTokenizer, 'story')).toThrow(
      'quantization_config names model.layers.0.mlp.experts.1.down_proj, which is no matrix of the model of this config that can be quantised.',
    );
  });

  it.each<[unknown, string]>([
    [
      { quant_method: 'gptq', bits: 4 },
      'quantization_config.quant_method is "gptq": only "matmul_nbits" can be read; save',
    ],
    [{ ...entry, bits: 3 }, 'quantization_config.bits is 3: only 4 and 8 can be read.'],
    [
      { ...entry, group_size: 16 },
      'quantization_config.group_size is 16: only 32, 64, 128, and -1 for one scale a row, can be read.',
    ],
    [{ ...entry, zero_point: 1 }, 'quantization_config.zero_point is 1: true or false is needed.'],
    [
      { ...entry, modules: [] },
      'quantization_config.modules is []: the names of the quantised matrices are needed, without ".weight".',
    ],
    [{ ...entry, order: 'gidx' }, 'quantization_config.order is "gidx": what it changes is unknown; remove it.'],
    [
      { ...entry, scheme: 'int8-32' },
      'quantization_config.scheme is "int8-32": its bits, group_size and zero_point are those of "int4-32".',
    ],
    [[4], 'quantization_config is [4]: an object is needed.'],
  ])('or its entry %j is', (changed, sentence) => {
    expect(() => read(folderOf(weights, {}, changed))).toThrow(ConfigError);
    expect(() => read(folderOf(weights, {}, changed))).toThrow(sentence);
  });
});
