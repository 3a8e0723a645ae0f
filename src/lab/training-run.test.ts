/**
 * One run from recipe to curves, on the CPU and on the GPU: what it reports, how it rests and goes on, and that an
 * interruption of any kind leaves no trace in the numbers.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { CpuEngine } from '../cpu/engine';
import { openNodeEngine } from '../cpu/node';
import { testEngine } from '../cpu/parity';
import { ThreadGone } from '../cpu/thread-gone';
import { dawnDevice, openDawn } from '../gpu/dawn';
import { Pipelines } from '../gpu/pipelines';
import type { Curves } from '../train/curves';
import type { Recipe } from '../train/recipe';
import { type PreparedRun, prepareRun } from './prepared-run';
import { textFiles, tinyRecipe } from './run-example';
import type { RunBackend, RunHost } from './run-host';
import type { RunRecord } from './run-record';
import { type RunSnapshot, readSnapshot, writeSnapshot } from './run-snapshot';
import { TrainingRun } from './training-run';

const cpu: RunBackend = { backend: { kind: 'cpu' }, adapter: 'CPU twin, float32' };
let gpu: RunBackend;
let wasm: RunBackend;

beforeAll(async () => {
  gpu = await carrierOf(await dawnDevice());
  wasm = wasmCarrier(await testEngine(2));
});

async function carrierOf(device: Awaited<ReturnType<typeof dawnDevice>>): Promise<RunBackend> {
  return {
    backend: { kind: 'gpu', device, pipelines: new Pipelines(device), subgroups: false },
    adapter: device.adapter.name,
  };
}

function wasmCarrier(engine: CpuEngine): RunBackend {
  return { backend: { kind: 'cpu', engine }, adapter: 'CPU · WASM SIMD · 2 threads' };
}

interface Heard {
  readonly points: Partial<Curves>[];
  readonly records: RunRecord[];
  readonly kept: { readonly record: RunRecord; readonly snapshot: RunSnapshot | null; readonly last: boolean }[];
}

function listen(changes: Partial<RunHost> = {}): RunHost & { readonly heard: Heard } {
  const heard: Heard = { points: [], records: [], kept: [] };
  let time = 0;
  return {
    heard,
    recover: async () => null,
    now: () => ++time,
    onProgress: () => {},
    onPoints: (points) => heard.points.push(points),
    onRecord: (record) => heard.records.push(record),
    keep: async (record, snapshot, last) => {
      heard.kept.push({ record, snapshot, last });
    },
    ...changes,
  };
}

const identity = { id: 'run-1', name: null, created: '2026-01-31T12:00:00.000Z' };

function prepare(changes: Partial<Recipe> = {}, snapshot: RunSnapshot | null = null): Promise<PreparedRun> {
  return prepareRun(tinyRecipe(changes), textFiles, {}, snapshot);
}

async function open(
  carrier: RunBackend,
  changes: Partial<Recipe> = {},
  host = listen(),
  snapshot: RunSnapshot | null = null,
): Promise<TrainingRun> {
  return TrainingRun.open(identity, await prepare(changes, snapshot), carrier, host, snapshot);
}

/** What must be the same whatever happened on the way; the speed may differ. */
function numbersOf({ curves }: RunRecord) {
  return { ...curves, steps: curves.steps.map(({ tokensPerSecond: _, ...point }) => point) };
}

async function finished(run: TrainingRun): Promise<{ numbers: ReturnType<typeof numbersOf>; weights: Float32Array[] }> {
  await run.go();
  expect(run.record()).toMatchObject({ state: 'done', problem: null });
  const { weights } = await run.weights();
  run.destroy();
  return { numbers: numbersOf(run.record()), weights: [...weights.values()] };
}

describe.each([
  ['on the CPU', () => cpu],
  ['on the GPU', () => gpu],
  ['on WebAssembly', () => wasm],
] as const)('a run %s', (_, carrier) => {
  it('starts near ln V, learns, and tells every point once', async () => {
    const host = listen();
    const run = await open(carrier(), {}, host);
    await run.go();
    const { curves, facts, state, seconds } = run.record();
    run.destroy();
    expect(state).toBe('done');
    expect(seconds).toBeGreaterThan(0);
    expect(curves.steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(curves.evaluations.map(({ step }) => step)).toEqual([0, 5, 10, 12]);
    expect(Math.abs((curves.evaluations[0]?.heldOutLoss ?? 0) / facts.freshLoss - 1)).toBeLessThan(0.02);
    expect(curves.evaluations.at(-1)?.heldOutLoss).toBeLessThan(facts.freshLoss - 0.2);
    expect(curves.samples.map(({ step, text }) => [step, text.startsWith('the ')])).toEqual([
      [6, true],
      [12, true],
    ]);
    const heard = host.heard.points;
    expect(heard.flatMap(({ steps = [] }) => steps)).toEqual(curves.steps);
    expect(heard.flatMap(({ evaluations = [] }) => evaluations)).toEqual(curves.evaluations);
    expect(host.heard.records.map((record) => record.state)).toEqual(['running', 'done']);
    expect(host.heard.kept.map(({ snapshot, last }) => [snapshot?.step, last])).toEqual([
      [0, false],
      [4, false],
      [8, false],
      [12, false],
      [12, true],
    ]);
  });

  it('goes on from a snapshot file at any step with the same bits', async () => {
    const changes = { batch: 3, order: 'stream', dropout: 0.1 } as const;
    const whole = await finished(await open(carrier(), changes));
    for (const steps of [1, 4, 7]) {
      const host = listen();
      const run = await open(carrier(), changes, host);
      await run.advance(steps);
      run.destroy();
      const { record, snapshot } = host.heard.kept.at(-1) ?? {};
      expect(record?.state).toBe('paused');
      const file = writeSnapshot(snapshot as RunSnapshot);
      expect(await finished(await open(carrier(), changes, listen(), readSnapshot(file, 'snapshot')))).toEqual(whole);
    }
  });
});

it('frees every buffer of the device', async () => {
  const { counters } = await dawnDevice();
  const before = counters.bufferBytes;
  const run = await open(gpu);
  await run.advance(6);
  const resting = counters.bufferBytes;
  await run.go();
  // The second sample took no more than the first.
  expect(counters.bufferBytes).toBe(resting);
  run.destroy();
  await Promise.resolve();
  expect(counters.bufferBytes).toBe(before);
});

describe('a run at rest', () => {
  it('pauses between steps, takes single ones and goes on', async () => {
    const host = listen();
    const run = await open(cpu, {}, host);
    await run.advance(0);
    expect(run.record()).toMatchObject({ state: 'paused', curves: { evaluations: [{ step: 0 }], steps: [] } });
    await run.advance(1);
    await run.advance(1);
    expect(run.record().curves.steps).toHaveLength(2);
    const going = run.go();
    await run.pause();
    await going;
    expect(run.state).toBe('paused');
    expect(run.record().curves.steps.length).toBeLessThan(12);
    await run.pause();
    const whole = await finished(await open(cpu));
    expect(await finished(run)).toEqual(whole);
  });

  it('keeps what was learned when it is cancelled, going or at rest', async () => {
    const host = listen();
    const run = await open(cpu, {}, host);
    await run.advance(3);
    await run.cancel();
    expect(host.heard.kept.at(-1)).toMatchObject({ record: { state: 'cancelled' }, snapshot: { step: 3 }, last: true });
    await run.go();
    expect(run.state).toBe('done');
    expect(() => run.go()).toThrow('The run is done: start another with more steps.');
    const other = await open(cpu);
    const going = other.go();
    await other.cancel();
    await going;
    expect(other.state).toBe('cancelled');
  });

  it('is kept as going as soon as it goes on after it was cancelled', async () => {
    const host = listen();
    const run = await open(cpu, {}, host);
    await run.advance(3);
    await run.cancel();
    const going = run.go();
    expect(host.heard.kept.at(-1)).toMatchObject({ record: { state: 'running' }, snapshot: { step: 3 }, last: true });
    await going;
    expect(run.state).toBe('done');
  });
});

describe('changes during a run', () => {
  it('hold from the next step on, are marked, and survive a snapshot', async () => {
    const host = listen();
    const run = await open(cpu, { schedule: 'constant', warmup: 0 }, host);
    await run.advance(2);
    run.change('learningRate', 0.02);
    run.change('batch', 3);
    await run.advance(3);
    const { curves } = run.record();
    expect(curves.changes).toEqual([
      { step: 2, key: 'learningRate', from: 0.01, to: 0.02 },
      { step: 2, key: 'batch', from: 2, to: 3 },
    ]);
    expect(curves.steps.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.01, 0.02, 0.02, 0.02]);
    const { snapshot } = host.heard.kept.at(-1) ?? {};
    const resumed = await open(cpu, { schedule: 'constant', warmup: 0 }, listen(), snapshot ?? null);
    expect(await finished(resumed)).toEqual(await finished(run));
  });

  it('are refused in a sentence', async () => {
    const run = await open(cpu);
    expect(() => run.change('batch', 0)).toThrow('batch cannot become 0: choose a whole number from 1 to 1024.');
    expect(() => run.change('batch', 900)).toThrow(/lower the batch or the context/);
    expect(() => run.change('learningRate', Number.NaN)).toThrow('learningRate cannot become NaN');
    run.destroy();
  });
});

describe('a run that goes on elsewhere', () => {
  it.each([
    ['from WebAssembly to the GPU', () => [wasm, gpu] as const],
    ['from the GPU to WebAssembly', () => [gpu, wasm] as const],
  ])('keeps its curve and notes what carried it, %s', async (_, carriers) => {
    const [first, second] = carriers();
    const whole = await finished(await open(first));
    const host = listen();
    const run = await open(first, {}, host);
    await run.advance(5);
    run.destroy();
    const { snapshot } = host.heard.kept.at(-1) ?? {};
    const { numbers } = await finished(await open(second, {}, listen(), snapshot ?? null));
    expect(numbers.carriers).toEqual([
      { step: 0, adapter: first.adapter },
      { step: 5, adapter: second.adapter },
    ]);
    expect(numbers.steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    numbers.steps.forEach(({ loss }, index) => {
      // Two backends round differently, and each update carries the difference on.
      expect(Math.abs(loss - (whole.numbers.steps[index]?.loss ?? Number.NaN))).toBeLessThan(1e-3);
    });
    expect(numbers.steps.slice(0, 5)).toEqual(whole.numbers.steps.slice(0, 5));
  });
});

describe('what goes wrong', () => {
  it('goes back to the last snapshot when a step is not finite, says which tensor, and can go on', async () => {
    const host = listen();
    const run = await open(cpu, { schedule: 'constant', warmup: 0, clip: 0, optimizer: 'sgd', snapshotEvery: 6 }, host);
    await run.advance(6);
    run.change('learningRate', 100);
    await run.go();
    const { state, problem, curves } = run.record();
    expect(state).toBe('diverged');
    expect(problem).toMatch(
      /^Step \d+ had a loss of \S+, and the gradient of (model|lm_head)\..+ is not finite: the run went back to step 6\. Lower the learning rate \(it was 100\)/,
    );
    expect(curves.steps.length).toBeGreaterThanOrEqual(6);
    const { snapshot } = host.heard.kept.at(-1) ?? {};
    expect(snapshot?.step).toBe(6);
    expect(snapshot?.state.parameters.every(Number.isFinite)).toBe(true);
    // The change that led there is undone with the steps it led to.
    expect(snapshot?.curves.changes).toEqual([]);
    expect((await finished(run)).numbers.steps).toHaveLength(12);
  });

  it('repeats what came since the snapshot on another device, with the same bits and no point told twice', async () => {
    // Without samples, whose programs would be compiled for each device too.
    const changes = { sampleEvery: 0 };
    const whole = await finished(await open(gpu, changes));
    const device = await openDawn();
    let causes = 0;
    const host = listen({
      recover: async () => {
        causes += 1;
        return gpu;
      },
      onPoints: (points) => {
        host.heard.points.push(points);
        if (points.steps?.[0]?.step === 7) device.gpu.destroy();
      },
    });
    const run = await open(await carrierOf(device), changes, host);
    expect(await finished(run)).toEqual(whole);
    expect(causes).toBe(1);
    expect(host.heard.points.flatMap(({ steps = [] }) => steps.map(({ step }) => step))).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
  });

  it('goes on from its snapshot when a thread of the CPU dies, with the same bits', async () => {
    // Long enough that the thread is missed before the end.
    const changes = { steps: 600, evaluateEvery: 300, sampleEvery: 0, snapshotEvery: 100 };
    const whole = await finished(await open(wasm, changes));
    const workers: { terminate(): Promise<number> }[] = [];
    const causes: unknown[] = [];
    const engine = await openNodeEngine(2, { onWorker: (worker) => workers.push(worker) });
    const host = listen({
      recover: async (error) => {
        causes.push(error);
        return wasm;
      },
      onPoints: (points) => {
        host.heard.points.push(points);
        if (points.steps?.[0]?.step === 7) for (const worker of workers) void worker.terminate();
      },
    });
    expect(await finished(await open(wasmCarrier(engine), changes, host))).toEqual(whole);
    expect(causes).toEqual([expect.any(ThreadGone)]);
    engine.destroy();
  });

  it('is interrupted, with its snapshot kept, when something else than the device fails', async () => {
    const host = listen();
    const run = await open(cpu, {}, host);
    await run.advance(5);
    const { trainer } = run as unknown as { trainer: { step: unknown } };
    const { step } = trainer;
    trainer.step = () => Promise.reject(new Error('The cable broke.'));
    await run.go();
    expect(run.record()).toMatchObject({ state: 'interrupted', problem: 'The cable broke.' });
    expect(host.heard.kept.at(-1)).toMatchObject({ snapshot: { step: 5 }, last: true });
    trainer.step = step;
    expect(await finished(run)).toEqual(await finished(await open(cpu)));
  });

  it('refuses a text that is too short, another text, and a damaged snapshot', async () => {
    await expect(prepare({ batch: 1024 })).rejects.toThrow(/one batch of 1024 rows of 8 needs 8193: lower the batch/);
    const host = listen();
    const run = await open(cpu, {}, host);
    await run.advance(0);
    const { snapshot } = host.heard.kept.at(-1) ?? {};
    await expect(prepare({}, { ...(snapshot as RunSnapshot), dataHash: 'other' })).rejects.toThrow(
      'The text is not the one this run was trained on',
    );
    const file = writeSnapshot(snapshot as RunSnapshot);
    expect(() => readSnapshot(file.subarray(0, file.length - 9), 'x.safetensors')).toThrow(/^x\.safetensors: /);
    const newer = writeSnapshot({ ...(snapshot as RunSnapshot), schemaVersion: 2 as 1 });
    expect(() => readSnapshot(newer, 'x.safetensors')).toThrow(
      'x.safetensors is of version 2, made by a newer program',
    );
  });
});
