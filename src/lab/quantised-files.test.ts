/** The smallest shipped model quantised: its files, and what runs from them. Two of its matrices a layer have 176 columns. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { testEngine } from '../cpu/parity';
import { nmse } from '../gpu/kernels/parity';
import { dequantise } from '../graph/quantised';
import { TwinExecutor } from '../graph/twin-executor';
import { type StoredWeight, type Weights, weightNamed } from '../graph/weights';
import { type ModelFiles, modelFileNames, readModelFolder } from '../model/folder';
import { tokenGraph } from '../model/graphs';
import { type HostRuntime, openHostRuntime, twinRuntime } from '../model/host-runtime';
import { quantiseWeights } from '../quant/quantise-weights';
import { type SchemeId, schemeIds, schemes } from '../quant/schemes';
import { selectedMatrices, selections } from '../quant/which-matrices';
import { Tokenizer } from '../tokenizer/tokenizer';
import { activationErrors } from './activation-errors';
import { runOnExecutor } from './inside/run-graph';
import { weightBytes } from './pruned-files';
import { quantiseFiles } from './quantised-files';

const folder = path.resolve(import.meta.dirname, '..', '..', 'public', 'models', 'story-nano');
const files = Object.fromEntries(
  modelFileNames.map((name) => [name, new Uint8Array(readFileSync(path.join(folder, name)))]),
);
const read = (content: ModelFiles) => readModelFolder(content, Tokenizer.parse, 'story-nano');
const { config, weights, tokenizer } = read(files);
const glm = { kinds: selections.glm };
const all = { kinds: selections.all };
const prompt = tokenizer.encode('One day, Lily went to the park.', { begin: true });

async function logitsOf(runtime: HostRuntime, ids: ArrayLike<number> = prompt): Promise<Float32Array> {
  await runtime.start(ids);
  return runtime.logits();
}

async function open(content: ModelFiles, threads = 1, integerActivations = false): Promise<HostRuntime> {
  const model = read(content);
  return openHostRuntime(await testEngine(threads), model.config, model.weights, { integerActivations });
}

/** Bytes are compared as buffers: element by element takes seconds. */
function expectSame(actual: Weights, expected: Weights): void {
  const bytes = (array: Float32Array | Uint16Array | Uint8Array | null | undefined) =>
    Buffer.from(array?.buffer ?? new ArrayBuffer(), array?.byteOffset ?? 0, array?.byteLength ?? 0);
  const parts = (weight: StoredWeight | undefined) => {
    if (!weight) return [];
    if ('values' in weight) return [weight.values];
    if ('half' in weight) return [weight.half];
    return [weight.quantised.packed, weight.quantised.scales, weight.quantised.zeros];
  };
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, weight] of expected) {
    const [one, other] = [parts(actual.get(name)), parts(weight)];
    expect(one.length, name).toBe(other.length);
    other.forEach((array, index) => {
      expect(bytes(one[index]).equals(bytes(array)), name).toBe(true);
    });
  }
}

describe('the files of a quantised model', () => {
  it.each(schemeIds)('hold what the scheme makes of the weights, and nothing else changes (%s)', (scheme) => {
    for (const selection of [glm, all]) {
      const { name, files: written } = quantiseFiles('story-nano', files, scheme, selection);
      expect(name).toBe(`story-nano-${scheme}`);
      const back = read(written);
      expect(back.config).toEqual(config);
      expectSame(back.weights, quantiseWeights(config, weights, schemes[scheme], selection));
      expect(back.tokenizer.vocabularySize).toBe(tokenizer.vocabularySize);
      expect(weightBytes(written, name)).toBeLessThan(weightBytes(files, name));
    }
  });

  it('are the same when they are quantised once more, by a symmetric scheme', () => {
    for (const scheme of ['int4-row', 'int8-row', 'int4-32'] as const) {
      const once = quantiseFiles('story-nano', files, scheme, all).files;
      const twice = quantiseFiles('story-nano', once, scheme, all).files;
      expectSame(read(twice).weights, read(once).weights);
    }
  });

  it('say on their card what was done', () => {
    const card = new TextDecoder().decode(quantiseFiles('story-nano', files, 'int4-row', glm).files['card.md']);
    expect(card).toContain(
      '32 matrices as integers of 4 bits, with a scale for a row of the matrix (GLM-130B, App. B.7)',
    );
  });
});

describe('a quantised model on WebAssembly', () => {
  const cases: [SchemeId, typeof glm | typeof all][] = [
    ['int8-row', glm],
    ['int4-row', all],
    ['int4-32', all],
    ['int4-row-zero', glm],
    ['int8-128', all],
  ];

  it.each(cases)(
    'says what the dequantised model says, with the same bits on any number of threads (%s)',
    async (scheme, selection) => {
      const { files: written } = quantiseFiles('story-nano', files, scheme, selection);
      const dequantised = new Map(
        [...read(written).weights].map(([name, weight]): [string, StoredWeight] => [
          name,
          'quantised' in weight ? { values: dequantise(weight.quantised) } : weight,
        ]),
      );
      const twin = twinRuntime(config, dequantised, 'float64');
      const [one, three] = [await open(written, 1), await open(written, 3)];
      const expected = await logitsOf(twin);
      const actual = await logitsOf(one);
      expect(nmse(actual, expected)).toBeLessThan(1e-10);
      expect(await logitsOf(three)).toEqual(actual);
      // One by one, a short prompt takes the kernels of a token.
      expect(
        nmse(await logitsOf(one, prompt.subarray(0, 3)), await logitsOf(twin, prompt.subarray(0, 3))),
      ).toBeLessThan(1e-10);
      for (const runtime of [twin, one, three]) runtime.destroy();
    },
  );

  it('holds integers in memory', async () => {
    const written = quantiseFiles('story-nano', files, 'int4-row', all).files;
    const [whole, quantised] = [await open(files), await open(written)];
    expect(quantised.memory().weights).toBeLessThan(whole.memory().weights / 5);
    const engine = await testEngine(1);
    const { graph } = tokenGraph(config);
    const executors = [weights, read(written).weights].map((some) => engine.executor(some));
    const bytes = executors.map((executor) => {
      expect(executor.compile(graph).twins).toEqual([]);
      return executor.bytes;
    });
    expect(bytes[1]).toBeLessThan((bytes[0] ?? 0) / 2);
    for (const owner of [whole, quantised, ...executors]) owner.destroy();
  });

  it('is off by what 8 bits cost with integer activations, one by one and in a prompt alike', async () => {
    const written = quantiseFiles('story-nano', files, 'int4-32', glm).files;
    const [exact, integers] = [await open(written), await open(written, 1, true)];
    for (const ids of [prompt, prompt.subarray(0, 3)]) {
      const error = nmse(await logitsOf(integers, ids), await logitsOf(exact, ids));
      expect(error).toBeGreaterThan(1e-7);
      expect(error).toBeLessThan(1e-3);
    }
    for (const runtime of [exact, integers]) runtime.destroy();
  });
});

describe('errors on activations', () => {
  const text = tokenizer.encode('Tom had a red ball. He gave it to Lily.', { begin: true });
  const errorsOf = async (scheme: SchemeId, selection: typeof glm | typeof all) => {
    const executor = new TwinExecutor('float64', weights);
    const quantised = quantiseWeights(config, weights, schemes[scheme], selection);
    return activationErrors(config, weights, quantised, text, runOnExecutor(executor));
  };

  it('are there for every matrix that is multiplied with, and shrink with more bits', async () => {
    const [four, eight] = [await errorsOf('int4-row', all), await errorsOf('int8-row', all)];
    expect([...four.keys()].toSorted()).toEqual(
      selectedMatrices(config, all)
        .map(({ name }) => name)
        .toSorted(),
    );
    for (const [name, error] of four) {
      expect(error).toBeGreaterThan(0.005);
      expect(error).toBeLessThan(0.5);
      expect((eight.get(name) ?? 1) * 8).toBeLessThan(error);
    }
  });

  it('are left out for what is not quantised', async () => {
    const errors = await errorsOf('int8-row', { kinds: ['ffn-out'], layers: ['1'] } as never);
    expect([...errors.keys()]).toEqual(['model.layers.1.mlp.down_proj.weight']);
    expect('values' in weightNamed(weights, 'model.norm.weight')).toBe(true);
  });

  it('need a text', async () => {
    const run = runOnExecutor(new TwinExecutor('float32', weights));
    const quantised = quantiseWeights(config, weights, schemes['int8-row'], glm);
    await expect(activationErrors(config, weights, quantised, [1], run)).rejects.toThrow('give a longer one');
  });
});
