/** Whole models with quantised matrices on the GPU: logits against the twin on what the matrices stand for, and what a token costs. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dawnDevice } from '../gpu/dawn';
import type { Counters, Device } from '../gpu/device';
import { nmse } from '../gpu/kernels/parity';
import { Pipelines } from '../gpu/pipelines';
import type { Family } from '../graph/operation';
import { floatsOf, type StoredWeight } from '../graph/weights';
import type { ModelConfig } from '../model/config';
import { readFixture } from '../model/fixture-folder';
import { readModelWeights } from '../model/folder';
import { GpuRuntime } from '../model/gpu-runtime';
import { twinRuntime } from '../model/host-runtime';
import { quantiseWeights } from './quantise-weights';
import { type SchemeId, schemes } from './schemes';
import { type SelectionId, selections } from './which-matrices';

/** f32 arithmetic in another order; see src/model/parity.test.ts. */
const tolerance = 1e-9;
/** Each product adds an error of 2e-5 or so, and a model of four layers is twenty products deep. */
const integerTolerance = 3e-3;

interface Model {
  readonly config: ModelConfig;
  readonly weights: ReadonlyMap<string, StoredWeight>;
}

let device: Device;
let pipelines: Pipelines;
beforeAll(async () => {
  device = await dawnDevice();
  pipelines = new Pipelines(device);
});

function shipped(id: string): Model {
  const folder = path.resolve(import.meta.dirname, '..', '..', 'public', 'models', id);
  const names = ['config.json', 'model.safetensors'];
  return readModelWeights(
    Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(path.join(folder, name)))])),
    id,
  );
}

function quantised({ config, weights }: Model, scheme: SchemeId, selection: SelectionId): Model {
  return { config, weights: quantiseWeights(config, weights, schemes[scheme], { kinds: selections[selection] }) };
}

interface Choice {
  readonly family?: Family;
  readonly integerActivations?: boolean;
  readonly half?: boolean;
}

function open({ config, weights }: Model, { half = false, ...choice }: Choice = {}): Promise<GpuRuntime> {
  return GpuRuntime.open(device, pipelines, config, weights, { half, subgroups: true, ...choice });
}

async function expectLogits(model: Model, ids: readonly number[], choice: Choice, bound: number): Promise<void> {
  const floats = new Map([...model.weights].map(([name, weight]) => [name, { values: floatsOf(weight) }]));
  const twin = twinRuntime(model.config, floats, 'float64', async () => {});
  const gpu = await open(model, choice);
  await twin.start(ids);
  await gpu.start(ids);
  expect(nmse(await gpu.logits(), await twin.logits())).toBeLessThan(bound);
  gpu.destroy();
}

const nano = shipped('story-nano');
const prompt = Array.from({ length: 24 }, (_, i) => (i * 61) % nano.config.vocab_size);

describe.each<[SchemeId, SelectionId]>([
  ['int4-row', 'glm'],
  ['int4-32-zero', 'all'],
  ['int8-64', 'all'],
  ['int8-row-zero', 'glm'],
])('story-nano in %s (%s)', (scheme, selection) => {
  const model = quantised(nano, scheme, selection);

  it.each(['naive', 'thread', 'group'] as const)(
    'has the twin’s logits on %s kernels, after a prompt at once and token by token',
    async (family) => {
      await expectLogits(model, prompt, { family }, tolerance);
      await expectLogits(model, prompt.slice(0, 3), { family }, tolerance);
    },
  );

  it.each(['naive', 'thread', 'group'] as const)(
    'stays near them with integer activations on %s kernels',
    async (family) => {
      await expectLogits(model, prompt, { family, integerActivations: true }, integerTolerance);
    },
  );
});

describe.each([
  'pangu-pi',
  'shortcut-biases',
  'layer-norm',
  'post',
  'query-layer',
  'learned',
  'geglu',
  'sandwich-pangu-pi',
])('the fixture %s, all of it quantised', (name) => {
  const fixture = readFixture(name);
  const ids = fixture.ids[0]?.slice(0, 7) ?? [];

  it.each(['int4-row', 'int4-32-zero', 'int8-32'] as const)('has the twin’s logits in %s', async (scheme) => {
    await expectLogits(quantised(fixture, scheme, 'all'), ids, {}, tolerance);
  });

  it('takes as many dispatches a token as in f32', async () => {
    const [plain, small] = [await open(fixture), await open(quantised(fixture, 'int4-32', 'all'))];
    expect(small.tokenCounts).toEqual(plain.tokenCounts);
    plain.destroy();
    small.destroy();
  });
});

describe('a quantised story-nano', () => {
  it.each([false, true])('creates no GPU object a token (integer activations: %s)', async (integerActivations) => {
    const runtime = await open(quantised(nano, 'int4-32', 'glm'), { integerActivations });
    const greedy = { temperature: 0, topK: 0, topP: 1, seed: 0 };
    await runtime.start([1, 2, 3]);
    for await (const _ of runtime.tokens(2, greedy));
    await runtime.start([1, 2, 3]);
    const before: Counters = { ...device.counters };
    let tokens = 0;
    for await (const _ of runtime.tokens(8, greedy)) tokens += 1;
    const after = device.counters;
    expect(tokens).toBe(8);
    expect(after.submits - before.submits).toBe(8);
    expect(after.dispatches - before.dispatches).toBe(8 * runtime.tokenCounts.dispatches);
    expect({ ...after, submits: 0, dispatches: 0 }).toEqual({ ...before, submits: 0, dispatches: 0 });
    runtime.destroy();
  });

  it('takes the memory of its digits and scales', async () => {
    const [floats, small] = [await open(nano), await open(quantised(nano, 'int4-row', 'all'))];
    const [inFloats, inSmall] = [floats.memory().weights, small.memory().weights];
    // 4 bits and a scale a row of 96 or 176 against 32 bits; norms and scales of the activation stay.
    expect(inSmall / inFloats).toBeGreaterThan(1 / 8);
    expect(inSmall / inFloats).toBeLessThan(1 / 6);
    expect(small.cost.weightBytes / inSmall).toBeCloseTo(1, 1);
    floats.destroy();
    small.destroy();
  });

  it('keeps what is not quantised in f16 where that is asked for', async () => {
    const mixed = quantised(nano, 'int8-32', 'glm');
    const runtime = await open(mixed, { half: true });
    expect(runtime.memory().weights).toBeLessThan((await open(mixed)).memory().weights);
    await runtime.start(prompt.slice(0, 3));
    expect((await runtime.logits()).every(Number.isFinite)).toBe(true);
    runtime.destroy();
  });

  it('dequantises a stack whose parts are not quantised alike', async () => {
    const weights = new Map(nano.weights);
    const all = quantised(nano, 'int4-32', 'glm').weights;
    const other = quantised(nano, 'int8-32', 'glm').weights;
    for (const [name, weight] of all) weights.set(name, name.includes('q_proj') ? (other.get(name) ?? weight) : weight);
    await expectLogits({ config: nano.config, weights }, prompt.slice(0, 3), {}, tolerance);
  });
});
