/** A model whose experts come and go writes what it writes with all of them, whatever the policy, K, the tier and the backend. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CpuEngine } from '../cpu/engine';
import { testEngine } from '../cpu/parity';
import { dawnDevice, openDawn } from '../gpu/dawn';
import { Device } from '../gpu/device';
import { Pipelines } from '../gpu/pipelines';
import { TwinExecutor } from '../graph/twin-executor';
import { packsHalf, type Weights } from '../graph/weights';
import type { ModelConfig } from '../model/config';
import { GpuRuntime } from '../model/gpu-runtime';
import { openHostRuntime, twinRuntime } from '../model/host-runtime';
import type { SamplingSettings, TokenRecord } from '../model/records';
import type { Runtime } from '../model/runtime';
import { type OffloadPolicyId, offloadPolicyIds } from './any-policy';
import { type ExpertRequest, runCache } from './caches';
import type { Carrier } from './carrier';
import { expertKeys, expertOrigin, expertShape, slotsWithin } from './expert-shape';
import type { ExpertStore } from './expert-store';
import { MemoryStore } from './expert-store';
import { FileStore } from './file-store';
import { GpuCarrier } from './gpu-carrier';
import { HostCarrier } from './host-carrier';
import { openNodeFolder } from './node-folder';
import { OffloadedRuntime } from './offloaded-runtime';
import { randomWeights, testMachine, tinyConfig } from './test-model';

const settings: SamplingSettings = { temperature: 0.9, topK: 0, topP: 1, seed: 5 };
const short = [3, 17, 8];
const long = Array.from({ length: 23 }, (_, index) => (index * 11 + 5) % 41);
const everyone = tinyConfig.num_hidden_layers * tinyConfig.num_experts;

let device: Device;
let pipelines: Pipelines;
let engine: CpuEngine;
let folder: string;
beforeAll(async () => {
  device = await dawnDevice();
  pipelines = new Pipelines(device);
  engine = await testEngine(1);
  folder = mkdtempSync(path.join(tmpdir(), 'experts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Backend = 'gpu' | 'wasm' | 'twin';
const backends: readonly Backend[] = ['gpu', 'wasm', 'twin'];

function carrierOn(backend: Backend, weights: Weights): Carrier {
  if (backend === 'gpu') {
    return new GpuCarrier(device, pipelines, weights, { half: packsHalf('stored', weights), subgroups: true });
  }
  const executor = backend === 'wasm' ? engine.executor(weights) : new TwinExecutor('float32', weights);
  return new HostCarrier(executor, 'CPU');
}

async function residentOn(backend: Backend, config: ModelConfig, weights: Weights): Promise<Runtime> {
  if (backend === 'wasm') return openHostRuntime(engine, config, weights);
  if (backend === 'twin') return twinRuntime(config, weights, 'float32');
  return GpuRuntime.open(device, pipelines, config, weights, { half: packsHalf('stored', weights), subgroups: true });
}

interface Setup {
  readonly policy: OffloadPolicyId;
  readonly slots: number;
  readonly trace?: readonly ExpertRequest[];
  readonly store?: ExpertStore;
}

async function openOn(
  backend: Backend,
  config: ModelConfig,
  weights: Weights,
  { policy, slots, trace, store }: Setup,
): Promise<OffloadedRuntime> {
  const shape = expertShape(config, weights);
  const memory = new MemoryStore(expertKeys(shape), expertOrigin(config, weights, shape));
  const machine = { ...testMachine, bytesPerExpert: shape.bytes };
  const options = { policy, slots, shape, machine, trace, store: store ?? memory };
  return OffloadedRuntime.open(config, carrierOn(backend, weights), options);
}

async function write(runtime: Runtime, prompt: readonly number[], count = 10): Promise<TokenRecord[]> {
  await runtime.start(prompt);
  const records: TokenRecord[] = [];
  for await (const record of runtime.tokens(count, settings)) records.push(record);
  return records;
}

/** Records hold floats: equal records are equal bits but for −0 and NaN, which they do not hold. */
async function expectSame(backend: Backend, config: ModelConfig, weights: Weights, setups: readonly Setup[]) {
  for (const prompt of [short, long]) {
    const resident = await residentOn(backend, config, weights);
    const expected = await write(resident, prompt);
    resident.destroy();
    expect(new Set(expected.map(({ id }) => id)).size).toBeGreaterThan(2);
    for (const setup of setups) {
      const runtime = await openOn(backend, config, weights, setup);
      expect(await write(runtime, prompt), `${setup.policy}, K = ${setup.slots}`).toEqual(expected);
      const { peakResidency, residency } = runtime.totals;
      expect(peakResidency).toBeLessThanOrEqual(setup.slots);
      expect(residency).toBeLessThanOrEqual(setup.slots);
      runtime.destroy();
    }
  }
}

async function traceOf(backend: Backend, config: ModelConfig, weights: Weights, prompt: readonly number[]) {
  const runtime = await openOn(backend, config, weights, { policy: 'resident', slots: everyone });
  await write(runtime, prompt);
  const { trace } = runtime;
  runtime.destroy();
  return trace;
}

describe.each(backends)('on %s', (backend) => {
  it('writes the same under every policy and any K', { timeout: 240_000 }, async () => {
    const weights = randomWeights(tinyConfig);
    const trace = await traceOf(backend, tinyConfig, weights, short);
    const setups = offloadPolicyIds.flatMap((policy): Setup[] =>
      (policy === 'resident' ? [everyone] : [1, 2, 3, everyone]).map((slots) => ({ policy, slots, trace })),
    );
    await expectSame(backend, tinyConfig, weights, setups);
  });

  it('and from f16, with a learned gate, series activations and any place of the norm', {
    timeout: 240_000,
  }, async () => {
    const setups: Setup[] = [
      { policy: 'infmoe', slots: 2 },
      { policy: 'lru', slots: 3 },
      { policy: 'predicted', slots: 2 },
      { policy: 'on-demand', slots: 1 },
    ];
    for (const changes of [
      {},
      { expert_gate: 'learned', series_branches: 3 },
      { norm_placement: 'sandwich', ffn_gated: false },
      { norm_placement: 'post', attention_mask: 'prefix' },
      { query_layer: true },
    ] as const satisfies readonly Partial<ModelConfig>[]) {
      const config: ModelConfig = { ...tinyConfig, ...changes };
      await expectSame(backend, config, randomWeights(config, true), setups);
    }
  });

  it('from files, of which one is damaged on the way', async () => {
    const weights = randomWeights(tinyConfig, true);
    const shape = expertShape(tinyConfig, weights);
    const resident = await residentOn(backend, tinyConfig, weights);
    const expected = await write(resident, long);
    resident.destroy();
    const place = path.join(folder, backend);
    const notes: string[] = [];
    const store = await FileStore.open(
      await openNodeFolder(place),
      expertKeys(shape),
      expertOrigin(tinyConfig, weights, shape),
      {
        onNote: (note) => notes.push(note),
      },
    );
    const runtime = await openOn(backend, tinyConfig, weights, { policy: 'ring', slots: 2, store });
    for (let expert = 0; expert < 5; expert++) writeFileSync(path.join(place, `0-${expert}.bin`), 'nothing');
    expect(await write(runtime, long)).toEqual(expected);
    expect(notes.length).toBeGreaterThan(0);
    expect(runtime.totals).toMatchObject({ repaired: notes.length, reads: runtime.totals.loads });
    runtime.destroy();
  });

  it('notes for each layer what moved and when, with no more than K experts at once', async () => {
    const weights = randomWeights(tinyConfig);
    const runtime = await openOn(backend, tinyConfig, weights, { policy: 'infmoe', slots: 2 });
    await write(runtime, long, 3);
    const layers = runtime.takeLayers();
    // The twin reads a prompt token by token; else its last layer only fills the cache.
    const prompts = backend === 'twin' ? 0 : 1;
    const tokens = backend === 'twin' ? long.length + 2 : 3;
    const steps = Array.from({ length: tokens }, (_, index) => [0, 1, 2].map((layer) => [prompts + index, layer]));
    expect(layers.map(({ step, layer }) => [step, layer])).toEqual([
      ...(prompts > 0
        ? [
            [0, 0],
            [0, 1],
          ]
        : []),
      ...steps.flat(),
    ]);
    for (const { visits, timeline, step, layer } of layers) {
      expect(visits.reduce((sum, { rows }) => sum + rows, 0)).toBe(step < prompts ? long.length - 1 : 1);
      expect(timeline.order).toEqual(visits.map(({ expert }) => expert));
      expect(timeline.loads).toHaveLength(visits.length);
      for (const lane of [timeline.loads, timeline.computes]) {
        for (const [index, { start, end }] of lane.entries()) {
          expect(end).toBeGreaterThanOrEqual(start);
          expect(start).toBeGreaterThanOrEqual(lane[index - 1]?.end ?? 0);
        }
      }
      for (const { expert, start } of timeline.computes) {
        expect(start).toBeGreaterThanOrEqual(timeline.loads.find((load) => load.expert === expert)?.end ?? NaN);
      }
      expect(timeline.peakResidency).toBeLessThanOrEqual(2);
      expect(timeline.makespan).toBeGreaterThan(0);
      expect(visits.every(({ hit, loadMs }) => !hit && loadMs !== null)).toBe(true);
      expect(layer).toBeLessThan(3);
    }
    expect(runtime.takeLayers()).toEqual([]);
    const moved = layers.reduce((sum, { visits }) => sum + visits.length, 0);
    expect(runtime.totals).toMatchObject({ requests: moved, loads: moved, hits: 0, hitRate: 0, residency: 0 });
    expect(runtime.totals.bytesMoved).toBe(moved * expertShape(tinyConfig, weights).bytes);
    runtime.destroy();
  });

  it('hits and moves what the same cache does over the trace of its requests', async () => {
    const weights = randomWeights(tinyConfig);
    const known = await traceOf(backend, tinyConfig, weights, long);
    for (const policy of ['lru', 'pinned', 'belady', 'predicted'] as const) {
      for (const slots of [1, 4]) {
        const runtime = await openOn(backend, tinyConfig, weights, { policy, slots, trace: known });
        await write(runtime, long);
        expect(runtime.trace).toEqual(known);
        const { hits, loads } = runCache(policy, known, slots, 1);
        const { totals } = runtime;
        expect(totals.hits).toBe(hits.filter(Boolean).length);
        // Behind the last token a policy that predicts loads for one more.
        if (policy === 'predicted') expect(totals.loads - loads).toBeLessThanOrEqual(slots);
        else expect(totals.loads).toBe(loads);
        const visits = runtime.takeLayers().flatMap((layer) => layer.visits);
        expect(visits.map(({ hit }) => hit)).toEqual(hits);
        runtime.destroy();
      }
    }
  });

  it('explains a token and gives logits as the model with all experts does', async () => {
    const weights = randomWeights(tinyConfig);
    const resident = await residentOn(backend, tinyConfig, weights);
    const runtime = await openOn(backend, tinyConfig, weights, { policy: 'lru', slots: 2 });
    await resident.start(short);
    await runtime.start(short);
    expect(await runtime.logits()).toEqual(await resident.logits());
    expect(await runtime.explain(2, 8)).toEqual(await resident.explain(2, 8));
    runtime.destroy();
    resident.destroy();
  });
});

describe('what cannot run', () => {
  const weights = randomWeights(tinyConfig);
  const shape = expertShape(tinyConfig, weights);

  it('says what is wrong with K and the budget', () => {
    expect(() => slotsWithin(0, null, shape)).toThrow('There are 0 slots: give a whole number of at least 1');
    expect(() => slotsWithin(1.5, null, shape)).toThrow('There are 1.5 slots');
    expect(() => slotsWithin(4, 1000, shape)).toThrow(
      /^An expert of this model takes 0\.0022 MiB, the budget is 0\.000954 MiB: raise the budget to at least one expert\.$/,
    );
    expect(slotsWithin(4, 2.9 * shape.bytes, shape)).toBe(2);
    expect(slotsWithin(99, null, shape)).toBe(everyone);
  });

  it('says when an adapter has no room for the slots', async () => {
    const { limits } = device.adapter;
    const small = { ...limits, maxStorageBufferBindingSize: 3 * shape.upElements * 4 };
    const tight = new Device(device.gpu, { ...device.adapter, limits: small });
    const carrier = new GpuCarrier(tight, new Pipelines(tight), weights, { half: false, subgroups: true });
    const memory = new MemoryStore(expertKeys(shape), expertOrigin(tinyConfig, weights, shape));
    const options = { policy: 'lru', slots: 8, shape, machine: testMachine, store: memory } as const;
    await expect(OffloadedRuntime.open(tinyConfig, carrier, options)).rejects.toThrow(
      /^The model with its slots needs .* in one buffer \(experts\.up\), this adapter allows .*: choose f16 weights, fewer slots or a smaller width\.$/,
    );
  });

  it('refuses all resident in too few slots, and a model without experts', async () => {
    await expect(openOn('twin', tinyConfig, weights, { policy: 'resident', slots: 14 })).rejects.toThrow(
      'All resident needs 15 slots, one for every expert, and there are 14',
    );
    const dense = { ...tinyConfig, num_experts: 0 };
    expect(() => expertShape(dense, randomWeights(dense))).toThrow('This model has no experts to move');
  });

  it('hears of a device that is lost in the middle, and a text goes on on another one', async () => {
    const lost = await openDawn();
    const carrier = new GpuCarrier(lost, new Pipelines(lost), weights, { half: false, subgroups: true });
    const memory = new MemoryStore(expertKeys(shape), expertOrigin(tinyConfig, weights, shape));
    const options = { policy: 'infmoe', slots: 2, shape, machine: testMachine, store: memory } as const;
    const runtime = await OffloadedRuntime.open(tinyConfig, carrier, options);
    await runtime.start(short);
    const ids: number[] = [];
    const writing = async () => {
      for await (const { id } of runtime.tokens(10, settings)) {
        ids.push(id);
        if (ids.length === 4) lost.gpu.destroy();
      }
    };
    await expect(writing()).rejects.toThrow();
    expect(ids).toHaveLength(4);
    const again = await openOn('gpu', tinyConfig, weights, { policy: 'infmoe', slots: 2 });
    await again.start([...short, ...ids], short.length);
    for await (const { id } of again.tokens(6, settings)) ids.push(id);
    const resident = await residentOn('gpu', tinyConfig, weights);
    expect(ids).toEqual((await write(resident, short)).map(({ id }) => id));
  });
});
