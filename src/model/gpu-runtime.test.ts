/** What a token costs, counted; and that the same seed writes the same text on both backends. */
import { beforeAll, describe, expect, it } from 'vitest';
import { dawnDevice } from '../gpu/dawn';
import type { Counters, Device } from '../gpu/device';
import { Pipelines } from '../gpu/pipelines';
import { hasExperts, ordinaryLayers } from './config';
import { type Fixture, fixtureNames, readFixture } from './fixture-folder';
import { GpuRuntime } from './gpu-runtime';
import { twinRuntime } from './host-runtime';
import type { SamplingSettings, TokenRecord } from './records';
import type { Runtime } from './runtime';

const greedy: SamplingSettings = { temperature: 0, topK: 0, topP: 1, seed: 0 };
const warm: SamplingSettings = { temperature: 0.9, topK: 20, topP: 0.9, seed: 7 };

let device: Device;
let pipelines: Pipelines;
beforeAll(async () => {
  device = await dawnDevice();
  pipelines = new Pipelines(device);
});

function open({ config, weights }: Fixture, half = false): Promise<GpuRuntime> {
  return GpuRuntime.open(device, pipelines, config, weights, { half, subgroups: true });
}

async function write(runtime: Runtime, prompt: readonly number[], count: number, settings: SamplingSettings) {
  await runtime.start(prompt);
  const records: TokenRecord[] = [];
  for await (const record of runtime.tokens(count, settings)) records.push(record);
  return records;
}

function idsOf(records: readonly TokenRecord[]): number[] {
  return records.map((record) => record.id);
}

describe('one decoded token', () => {
  it.each(fixtureNames)('of %s keeps the dispatch budget', async (name) => {
    const fixture = readFixture(name);
    const runtime = await open(fixture);
    // The output norms of a sandwich need whole rows, so each is a dispatch of its own.
    const aLayer = fixture.config.norm_placement === 'sandwich' ? 8 : 6;
    // An FFN takes two, a layer's experts at most five.
    const experts = hasExperts(fixture.config) ? 3 * ordinaryLayers(fixture.config) : 0;
    expect(runtime.tokenCounts.dispatches).toBeLessThanOrEqual(aLayer * fixture.config.num_hidden_layers + 4 + experts);
    expect(runtime.cost.dispatches).toBe(runtime.tokenCounts.dispatches);
    runtime.destroy();
  });

  it('is one submit and creates no GPU object', async () => {
    const fixture = readFixture('pangu-pi');
    const runtime = await open(fixture);
    await write(runtime, [1, 2, 3], 2, greedy);
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

  it('of a PanGu-π model takes 5 dispatches a layer + 3', async () => {
    const fixture = readFixture('pangu-pi');
    const runtime = await open(fixture);
    expect(runtime.tokenCounts.dispatches).toBe(5 * fixture.config.num_hidden_layers + 3);
    runtime.destroy();
  });
});

describe('text', () => {
  it.each([
    ['greedy', greedy],
    ['sampled', warm],
  ])('%s is the same on the GPU and on the twin', async (_, settings) => {
    const fixture = readFixture('pangu-pi');
    const runtime = await open(fixture);
    const twin = twinRuntime(fixture.config, fixture.weights, 'float32', async () => {});
    const prompt = fixture.ids[0]?.slice(0, 4) ?? [];
    const [onGpu, onTwin] = [await write(runtime, prompt, 12, settings), await write(twin, prompt, 12, settings)];
    expect(idsOf(onGpu)).toEqual(idsOf(onTwin));
    onGpu.forEach((record, index) => {
      expect(record.position).toBe(prompt.length + index);
      expect(record.probability).toBeCloseTo(onTwin[index]?.probability ?? Number.NaN, 4);
      expect(record.entropy).toBeCloseTo(onTwin[index]?.entropy ?? Number.NaN, 4);
      expect(record.top[0]?.probability).toBeGreaterThanOrEqual(record.top[9]?.probability ?? 1);
    });
    runtime.destroy();
  });

  it('with one seed is the same twice, and with another seed it is not', async () => {
    const fixture = readFixture('pangu-pi');
    const runtime = await open(fixture);
    const first = idsOf(await write(runtime, [1], 20, warm));
    expect(idsOf(await write(runtime, [1], 20, warm))).toEqual(first);
    expect(idsOf(await write(runtime, [1], 20, { ...warm, seed: 8 }))).not.toEqual(first);
    runtime.destroy();
  });

  it('goes on after a loop that was left early', async () => {
    const fixture = readFixture('pangu-pi');
    const runtime = await open(fixture);
    const all = idsOf(await write(runtime, [1, 2], 10, warm));
    await runtime.start([1, 2]);
    for await (const record of runtime.tokens(10, warm)) if (record.position === 4) break;
    runtime.rewind(4, all[2] ?? 0);
    const rest: number[] = [];
    for await (const record of runtime.tokens(7, warm)) rest.push(record.id);
    expect(rest).toEqual(all.slice(3));
    runtime.destroy();
  });

  it('ends when the context is full', async () => {
    const fixture = readFixture('pangu-pi');
    const runtime = await open(fixture);
    const context = fixture.config.max_position_embeddings;
    expect(await write(runtime, [1, 2, 3], 1000, greedy)).toHaveLength(context - 3);
    await expect(runtime.start(new Array(context + 1).fill(1))).rejects.toThrow(`give 1 to ${context}`);
    runtime.destroy();
  });
});

describe('explaining a token', () => {
  it.each(['pangu-pi', 'query-layer', 'prefix', 'sliding-window', 'experts-cpm2', 'experts-learned'])(
    'of %s gives the same on the GPU and on the twin',
    async (name) => {
      const fixture = readFixture(name);
      const ids = fixture.ids[0] ?? [];
      const position = ids.length - 2;
      const explained = await Promise.all(
        [await open(fixture), twinRuntime(fixture.config, fixture.weights, 'float64', async () => {})].map(
          async (runtime) => {
            await runtime.start(ids);
            return runtime.explain(position, ids[position] ?? 0);
          },
        ),
      );
      const [gpu, twin] = explained;
      expect(gpu?.attention).toHaveLength(fixture.config.num_hidden_layers);
      gpu?.attention.forEach((weights, layer) => {
        weights.forEach((weight, index) => {
          expect(weight).toBeCloseTo(twin?.attention[layer]?.[index] ?? Number.NaN, 5);
        });
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        expect(total).toBeCloseTo(fixture.config.num_attention_heads, 4);
      });
      expect(gpu?.lens.map((record) => record.id)).toEqual(twin?.lens.map((record) => record.id));
    },
  );

  it('says at the last layer what the model itself says', async () => {
    const fixture = readFixture('pangu-pi');
    const runtime = await open(fixture);
    const [record] = await write(runtime, [4, 5, 6], 1, greedy);
    await runtime.start([4, 5, 6]);
    const { lens } = await runtime.explain(2, 6);
    expect(lens.at(-1)?.id).toBe(record?.id);
    expect(lens.at(-1)?.entropy).toBeCloseTo(record?.entropy ?? Number.NaN, 4);
    runtime.destroy();
  });
});
