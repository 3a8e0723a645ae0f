/** An experiment carried out on the twin: its order, its rests, what it keeps, and that neither leaves a trace in the numbers. */
import { describe, expect, it } from 'vitest';
import { textFiles, tinyRecipe } from '../run-example';
import type { RunBackend } from '../run-host';
import { type Experiment, type ExperimentRecord, experimentVersion } from './experiment';
import { jobsOf } from './jobs';
import { ExperimentQueue, type OpenRunner } from './queue';
import { newRecord, withMoreSeeds } from './record';
import { type ExperimentHost, ExperimentRunner, type JobProgress } from './runner';
import { memoryStore, type UnderWay } from './store';

const carrier: RunBackend = { backend: { kind: 'cpu' }, adapter: 'CPU twin, float32' };
/** Characters of the example's text. */
const vocabularySize = 30;

const sweep: Experiment = {
  schemaVersion: experimentVersion,
  preset: null,
  kind: 'sweep',
  base: tinyRecipe({ sampleEvery: 0 }),
  arms: { kind: 'grid', axes: [{ key: 'depth', values: [1, 2] }] },
  hold: null,
  length: { kind: 'steps' },
  search: { factors: [0.5, 1], share: 0.5 },
  seeds: [1, 2],
};

const pair: Experiment = {
  ...sweep,
  kind: 'pair',
  arms: { kind: 'grid', axes: [{ key: 'seriesBranches', values: [1, 2] }] },
  search: { factors: [1], share: 0.5 },
};

function recordOf(experiment: Experiment): ExperimentRecord {
  const identity = { id: 'experiment-1', name: null, created: '2026-01-31T12:00:00.000Z', prediction: null };
  return newRecord(identity, experiment, vocabularySize, null);
}

interface Heard {
  readonly records: ExperimentRecord[];
  readonly progress: (readonly JobProgress[])[];
  readonly kept: { readonly record: ExperimentRecord; readonly underWay: UnderWay | null }[];
}

function listen(changes: Partial<ExperimentHost> = {}): ExperimentHost & { readonly heard: Heard } {
  const heard: Heard = { records: [], progress: [], kept: [] };
  let time = 0;
  return {
    heard,
    files: textFiles,
    carrier: async () => carrier,
    recover: async () => null,
    timeDecoding: async () => ({ median: 0.5, least: 0.4, most: 0.7 }),
    now: () => ++time,
    onRecord: (record) => heard.records.push(record),
    onProgress: (progress) => heard.progress.push(progress),
    keep: async (record, underWay) => {
      heard.kept.push({ record, underWay });
    },
    ...changes,
  };
}

/** What must be the same whatever happened on the way. */
function numbersOf({ results }: ExperimentRecord) {
  return results.map(({ seconds: _, tokensPerSecond: __, ...rest }) => rest);
}

async function finished(experiment: Experiment): Promise<ExperimentRecord> {
  const runner = new ExperimentRunner(recordOf(experiment), listen());
  await runner.go();
  return runner.record;
}

describe('a sweep', () => {
  it('searches rates first, then trains seed by seed, and keeps each result as it comes', async () => {
    const host = listen();
    const runner = new ExperimentRunner(recordOf(sweep), host);
    await runner.go();
    const { state, results, arms, experiment, seconds, decodeMilliseconds } = runner.record;
    expect(state).toBe('done');
    expect(seconds).toBeGreaterThan(0);
    expect(results.map(({ job }) => job)).toEqual(jobsOf(experiment, arms).map(({ id }) => id));
    expect(results).toHaveLength(2 * 2 + 2 * 2);
    for (const { heldOutLoss, points, steps, adapter } of results.slice(4)) {
      expect(heldOutLoss).toBeLessThan(3);
      expect(points.length).toBeGreaterThan(3);
      expect(steps).toBe(12);
      expect(adapter).toBe(carrier.adapter);
    }
    // A counted run takes the rate that its arm's search found.
    for (const arm of arms) {
      const searches = results.filter(({ job }) => job.startsWith(`${arm.id}/search`));
      const best = searches.reduce((a, b) => ((b.heldOutLoss ?? 9) < (a.heldOutLoss ?? 9) ? b : a));
      const runs = results.filter(({ job }) => job.startsWith(`${arm.id}/run`));
      expect(runs.map(({ factor }) => factor)).toEqual([best.factor, best.factor]);
      expect(decodeMilliseconds[arm.id]).toEqual({ median: 0.5, least: 0.4, most: 0.7 });
    }
    const kept = host.heard.kept.map(({ record }) => record.results.length);
    expect(Math.max(...kept)).toBe(8);
    expect(new Set(kept)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]));
  });

  it('goes on after a pause, and after being left, with the same numbers', async () => {
    const whole = numbersOf(await finished(sweep));
    const host = listen({
      onProgress: (progress) => {
        host.heard.progress.push(progress);
        // In the middle of the sixth run.
        if (host.heard.kept.at(-1)?.record.results.length === 5 && progress[0]?.step === 5) void runner.pause();
      },
    });
    const runner = new ExperimentRunner(recordOf(sweep), host);
    await runner.go();
    expect(runner.record.state).toBe('paused');
    const last = host.heard.kept.at(-1);
    expect(last?.record.results).toHaveLength(5);
    expect(last?.underWay?.snapshot.step).toBeGreaterThan(0);
    const later = new ExperimentRunner(structuredClone(last?.record) as ExperimentRecord, listen(), last?.underWay);
    await later.go();
    expect(numbersOf(later.record)).toEqual(whole);
  });

  it('marks a run that diverges and goes on', async () => {
    const hot: Experiment = {
      ...sweep,
      base: tinyRecipe({ sampleEvery: 0, optimizer: 'sgd', clip: 0, schedule: 'constant', warmup: 0 }),
      arms: { kind: 'grid', axes: [{ key: 'learningRate', values: [0.01, 100] }] },
      search: { factors: [1], share: 1 },
    };
    const { state, results } = await finished(hot);
    expect(state).toBe('done');
    expect(results.map((result) => result.state)).toEqual(['done', 'diverged', 'done', 'diverged']);
    expect(results[1]?.trainingLoss).toBeNull();
  });

  it('stops, paused, at what is no property of an arm', async () => {
    const runner = new ExperimentRunner(
      recordOf(sweep),
      listen({ carrier: () => Promise.reject(new Error('The cable broke.')) }),
    );
    await expect(runner.go()).rejects.toThrow('The cable broke.');
    expect(runner.record.state).toBe('paused');
  });

  it.each(['pause', 'cancel'] as const)('begins no run when its %s comes while that is prepared', async (wish) => {
    const one: Experiment = { ...sweep, search: { factors: [1], share: 0.5 }, seeds: [1] };
    const host = listen({
      carrier: async () => {
        void runner[wish]();
        return carrier;
      },
    });
    const runner = new ExperimentRunner(recordOf(one), host);
    await runner.go();
    expect(host.heard.progress).toEqual([]);
    expect(runner.record.results).toEqual([]);
    await expect.poll(() => runner.record.state).toBe(wish === 'pause' ? 'paused' : 'cancelled');
  });
});

describe('a pair', () => {
  it('trains its two arms in step, on the same data', async () => {
    const host = listen();
    const runner = new ExperimentRunner(recordOf(pair), host);
    await runner.go();
    expect(runner.record.results.map(({ job }) => job)).toEqual([
      'seriesBranches=1/run/1',
      'seriesBranches=2/run/1',
      'seriesBranches=1/run/2',
      'seriesBranches=2/run/2',
    ]);
    const steps = host.heard.progress.filter((jobs) => jobs.length === 2).map(([a, b]) => [a?.step ?? 0, b?.step ?? 0]);
    expect(Math.max(...steps.map(([a = 0, b = 0]) => Math.abs(a - b)))).toBeLessThanOrEqual(1);
    // Series branches beyond the first start at nothing: both arms begin with the same loss.
    const [one, two] = host.heard.progress.at(-1) ?? [];
    expect(one?.curves.steps[0]?.loss).toBeCloseTo(two?.curves.steps[0]?.loss ?? 0, 5);
  });

  it('may be paused between two steps, and repeats what was not kept', async () => {
    const whole = numbersOf(await finished(pair));
    const host = listen({
      onProgress: (progress) => {
        if (progress[1]?.step === 4) void runner.pause();
      },
    });
    const runner = new ExperimentRunner(recordOf(pair), host);
    await runner.go();
    expect(runner.record.state).toBe('paused');
    const later = new ExperimentRunner(runner.record, listen());
    await later.go();
    expect(numbersOf(later.record)).toEqual(whole);
  });
});

describe('the queue', () => {
  const short: Experiment = { ...pair, seeds: [1] };
  const openRunner: OpenRunner = (record, underWay, links) =>
    new ExperimentRunner(record, { ...listen(), ...links }, underWay);

  async function openQueue(store = memoryStore()) {
    const heard = { lists: 0, problems: [] as string[] };
    let done: () => void = () => {};
    const queue = await ExperimentQueue.open(store, openRunner, {
      onList: () => {
        heard.lists += 1;
      },
      onRecord: () => {
        if (queue.records.every(({ state }) => state !== 'waiting' && state !== 'running')) done();
      },
      onProgress: () => {},
      onProblem: (_, sentence) => heard.problems.push(sentence),
    });
    const idle = () =>
      new Promise<void>((resolve) => {
        done = resolve;
      });
    return { queue, heard, idle };
  }

  const named = (id: string): ExperimentRecord => ({ ...recordOf(short), id });

  it('carries out what waits in its order, and more seeds later', async () => {
    const { queue, idle, heard } = await openQueue();
    const all = idle();
    await queue.add(named('a'));
    await queue.add(named('b'));
    await queue.add(named('c'));
    await queue.move('c', -1);
    await all;
    expect(queue.records.map(({ id, state }) => [id, state])).toEqual([
      ['a', 'done'],
      ['c', 'done'],
      ['b', 'done'],
    ]);
    expect(heard.problems).toEqual([]);
    const again = idle();
    await queue.extend('a', (record) => withMoreSeeds(record, 2));
    await again;
    const [a] = queue.records;
    expect(a?.experiment.seeds).toEqual([1, 2, 3]);
    expect(a?.results).toHaveLength(6);
  });

  it('passes over what is paused, ends what is cancelled, forgets what is removed, and is found again', async () => {
    const store = memoryStore();
    const { queue, idle } = await openQueue(store);
    const all = idle();
    await queue.add(named('a'));
    await queue.add(named('b'));
    await queue.add(named('c'));
    await queue.pause('b');
    await queue.cancel('c');
    await all;
    await queue.rename('a', 'first');
    expect(queue.records.map(({ state }) => state)).toEqual(['done', 'paused', 'cancelled']);
    await queue.remove('c');
    const { queue: later } = await openQueue(store);
    expect(later.records.map(({ id, state, name }) => [id, state, name])).toEqual([
      ['a', 'done', 'first'],
      ['b', 'paused', null],
    ]);
    await expect(later.resume('a')).rejects.toThrow('The experiment is done');
  });

  it('does not begin what is cancelled while its snapshot is read', async () => {
    const store = memoryStore();
    let read: () => void = () => {};
    const { queue } = await openQueue({
      ...store,
      underWay: () =>
        new Promise((resolve) => {
          read = () => resolve(null);
        }),
    });
    await queue.add(named('a'));
    await queue.cancel('a');
    read();
    await queue.rename('a', 'left alone');
    expect(queue.records[0]).toMatchObject({ state: 'cancelled', results: [] });
  });

  it('finds what ran when it was left paused, with its results', async () => {
    const store = memoryStore();
    await store.put({ id: 'a', order: 0, record: { ...named('a'), state: 'running' } });
    const { queue, idle } = await openQueue(store);
    expect(queue.records[0]?.state).toBe('paused');
    const all = idle();
    await queue.resume('a');
    await all;
    expect(queue.records[0]).toMatchObject({ state: 'done', results: { length: 2 } });
  });
});
