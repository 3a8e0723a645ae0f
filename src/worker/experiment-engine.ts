/**
 * The engine that carries out experiments: the queue of this browser, on the backend that training would take. Requests are
 * answered at once; the queue goes on in the background and tells about itself.
 */
import { armsOf } from '../lab/experiments/arms';
import { estimateOf, type Pace, refusal } from '../lab/experiments/estimate';
import type { Experiment, ExperimentRecord } from '../lab/experiments/experiment';
import { Workloads } from '../lab/experiments/pace';
import { ExperimentQueue, type RunnerLinks } from '../lab/experiments/queue';
import { newRecord, withMoreSeeds } from '../lab/experiments/record';
import { ExperimentRunner, type JobProgress } from '../lab/experiments/runner';
import { SharedData } from '../lab/experiments/shared-data';
import { memoryStore, openExperimentStore, type UnderWay } from '../lab/experiments/store';
import { timeFreshModel } from '../lab/experiments/time-decoding';
import type { Carriers } from './carriers';
import { fetchedFiles } from './data-files';
import type { ExperimentAction, JobReport } from './experiment-protocol';
import { keepValue, keptValue } from './kept-values';
import { sentence } from './open-device';
import type { Event } from './protocol';

/** Milliseconds between two reports of a run that goes. */
const reportEvery = 250;

/** Points of a curve that is sent while it grows. */
const mostPoints = 256;

/** Under this key the pace of this device is kept, for estimates of what is to come. */
const paceKey = 'experiment pace';

export class ExperimentEngine {
  #queue: Promise<ExperimentQueue> | null = null;
  readonly #data = new SharedData();
  readonly #workloads = new Map<string, Workloads>();
  #reported = 0;

  constructor(
    private readonly carriers: Carriers,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
  ) {}

  async open(): Promise<void> {
    const { records } = await this.#opened();
    this.#list(records);
  }

  async plan(experiment: Experiment): Promise<void> {
    const { size } = await this.#vocabularyOf(experiment);
    const { arms, problems, notes } = armsOf(experiment, size);
    const { searches, runs, tokens, flops, seconds } = estimateOf(
      experiment,
      arms,
      size,
      await keptValue<Pace>(paceKey),
    );
    this.emit({
      type: 'experimentPlan',
      plan: {
        arms,
        problems: problems.map((problem) => problem.sentence),
        offer: problems.find(({ offer }) => offer)?.offer ?? null,
        notes: notes.map((note) => note.sentence),
        tooLarge: refusal({ searches, runs, tokens, flops, seconds }, false),
        runs: searches + runs,
        tokens,
        flops,
        seconds,
      },
    });
  }

  async add(experiment: Experiment, name: string | null, prediction: string | null, force: boolean): Promise<void> {
    const { size, floor } = await this.#vocabularyOf(experiment);
    const created = new Date().toISOString();
    const id = `experiment-${Date.now().toString(36)}-${crypto.randomUUID().slice(0, 6)}`;
    const record = newRecord({ id, name, created, prediction }, experiment, size, floor);
    const estimate = estimateOf(experiment, record.arms, size, await keptValue<Pace>(paceKey));
    const problem = refusal(estimate, force);
    if (problem) throw new Error(problem);
    await (await this.#opened()).add(record);
  }

  async import(record: ExperimentRecord): Promise<void> {
    const queue = await this.#opened();
    const known = queue.records.some(({ id }) => id === record.id);
    const id = known ? `${record.id}-${crypto.randomUUID().slice(0, 6)}` : record.id;
    await queue.add({ ...record, id }, record.state !== 'done');
  }

  async change(id: string, action: ExperimentAction): Promise<void> {
    const queue = await this.#opened();
    switch (action) {
      case 'run':
        await queue.resume(id);
        break;
      case 'pause':
        await queue.pause(id);
        break;
      case 'cancel':
        await queue.cancel(id);
        break;
      case 'earlier':
        await queue.move(id, -1);
        break;
      case 'later':
        await queue.move(id, 1);
        break;
      case 'remove':
        await queue.remove(id);
        break;
      default:
        action satisfies never;
    }
    this.#list(queue.records);
  }

  async cancelAll(): Promise<void> {
    const queue = await this.#opened();
    await queue.cancelAll();
    this.#list(queue.records);
  }

  async rename(id: string, name: string | null): Promise<void> {
    const queue = await this.#opened();
    await queue.rename(id, name);
    this.#list(queue.records);
  }

  async repeat(id: string, seeds: number): Promise<void> {
    const queue = await this.#opened();
    await queue.extend(id, (record) => withMoreSeeds(record, seeds));
    this.#list(queue.records);
  }

  #opened(): Promise<ExperimentQueue> {
    this.#queue ??= this.#openQueue();
    return this.#queue;
  }

  async #openQueue(): Promise<ExperimentQueue> {
    const store = await openExperimentStore().catch((error: unknown) => {
      const cause = `Experiments are not kept in this browser (${sentence(error)}): export what you want to keep.`;
      this.emit({ type: 'notice', notice: { kind: 'notKept', cause } });
      return memoryStore();
    });
    return ExperimentQueue.open(store, (record, underWay, links) => this.#runner(record, underWay, links), {
      onList: (records) => this.#list(records),
      onRecord: (record) => {
        this.emit({ type: 'experiment', record });
        void this.#keepPace(record);
      },
      onProgress: (id, progress) => void this.#report(id, progress),
      onProblem: (id, message) => this.emit({ type: 'experimentProblem', id, message }),
    });
  }

  #runner(record: ExperimentRecord, underWay: UnderWay | null, links: RunnerLinks): ExperimentRunner {
    return new ExperimentRunner(
      record,
      {
        files: fetchedFiles(this.modelsUrl, async (name) => {
          throw new Error(
            `The text ${name} is a file of yours, and experiments read only texts that come with the page.`,
          );
        }),
        carrier: async (prepared) => {
          await this.carriers.open();
          return this.carriers.pick(prepared);
        },
        recover: (error, carrier, prepared) => this.carriers.recover(error, carrier, prepared),
        timeDecoding: (prepared, { backend }) => timeFreshModel(backend, prepared.config),
        now: () => performance.now(),
        ...links,
      },
      underWay,
    );
  }

  #list(records: readonly ExperimentRecord[]): void {
    this.emit({ type: 'experiments', records });
  }

  async #report(id: string, progress: readonly JobProgress[]): Promise<void> {
    const now = performance.now();
    if (now - this.#reported < reportEvery) return;
    this.#reported = now;
    const record = (await this.#opened()).records.find((candidate) => candidate.id === id);
    if (!record) return;
    const shares = new Map(progress.map(({ job, step, steps }) => [job.id, step / steps]));
    const workloads = await this.#workloadsOf(record);
    const secondsLeft = workloads.secondsLeft(record, shares);
    const left = workloads.left(record, shares);
    const secondsWaiting =
      secondsLeft === null || left === 0 ? null : ((await this.#workWaiting()) * secondsLeft) / left;
    this.emit({ type: 'experimentProgress', id, jobs: progress.map(thinned), secondsLeft, secondsWaiting });
  }

  /** Work in FLOPs of the experiments that wait for the one that runs. */
  async #workWaiting(): Promise<number> {
    let work = 0;
    for (const record of (await this.#opened()).records) {
      if (record.state === 'waiting') work += (await this.#workloadsOf(record)).left(record);
    }
    return work;
  }

  /** Remembers how many operations a second this device does, runs and all that goes with them. */
  async #keepPace(record: ExperimentRecord): Promise<void> {
    if (record.results.length === 0 || record.seconds === 0) return;
    const workloads = await this.#workloadsOf(record);
    const left = workloads.secondsLeft(record);
    if (left === null) return;
    const flops = workloads.done(record);
    await keepValue(paceKey, { flopsPerSecond: flops / record.seconds, secondsPerRun: 0 } satisfies Pace);
  }

  async #workloadsOf({ id, experiment }: ExperimentRecord): Promise<Workloads> {
    const known = this.#workloads.get(id);
    if (known) return known;
    const workloads = new Workloads((await this.#vocabularyOf(experiment)).size);
    this.#workloads.set(id, workloads);
    return workloads;
  }

  /** Size of the base's vocabulary and the floor of its data in bits a character. */
  async #vocabularyOf({ base }: Experiment): Promise<{ size: number; floor: number | null }> {
    const { corpus, split, vocabulary, seed, heldOutTokens } = base;
    const files = fetchedFiles(this.modelsUrl, async (name) => {
      throw new Error(`The text ${name} is a file of yours: experiments read only texts that come with the page.`);
    });
    const choice = { corpus, split, vocabulary, seed, heldOutTokens };
    const data = await this.#data.prepare(choice, files, {
      onProgress: (stage, share) => this.emit({ type: 'progress', task: stage, done: share, total: 1 }),
    });
    return { size: data.tokenizer.vocabularySize, floor: data.floor?.bitsPerCharacter.value ?? null };
  }
}

function thinned({ job, step, steps, curves }: JobProgress): JobReport {
  const every = Math.max(1, Math.ceil(curves.steps.length / mostPoints));
  const points = curves.steps.filter((_, index) => index % every === 0 || index === curves.steps.length - 1);
  return { job, step, steps, curves: { steps: points, evaluations: curves.evaluations } };
}
