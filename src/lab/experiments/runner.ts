/**
 * Carries out an experiment: one run after the other, or the two runs of a pair in step. It rests only where a run rests;
 * what is learned of each run is kept the moment it ends, and the run under way goes on from its snapshot. A run that
 * diverges is marked and the experiment goes on.
 */

import type { DataFiles } from '../../data/corpus';
import type { Curves } from '../../train/curves';
import { medianSpeed } from '../compare';
import { type PreparedRun, prepareRun } from '../prepared-run';
import type { RunBackend, RunHost } from '../run-host';
import type { RunSnapshot } from '../run-snapshot';
import { TrainingRun } from '../training-run';
import type { Arm, DecodeTime, ExperimentRecord, Job, JobResult } from './experiment';
import { factorOf, jobsLeft, recipeOf } from './jobs';
import { SharedData } from './shared-data';
import type { UnderWay } from './store';

/** A run while it goes. */
export interface JobProgress {
  readonly job: Job;
  readonly step: number;
  readonly steps: number;
  readonly curves: Pick<Curves, 'steps' | 'evaluations'>;
}

export interface ExperimentHost {
  readonly files: DataFiles;
  /** What carries the runs; the same for all of them, so that their speeds compare. */
  carrier(prepared: PreparedRun): Promise<RunBackend>;
  recover(error: unknown, carrier: RunBackend, prepared: PreparedRun): Promise<RunBackend | null>;
  /** A decoded token of a fresh model; null where it is not wanted. */
  timeDecoding(prepared: PreparedRun, carrier: RunBackend): Promise<DecodeTime | null>;
  now(): number;
  onRecord(record: ExperimentRecord): void;
  onProgress(progress: readonly JobProgress[]): void;
  keep(record: ExperimentRecord, underWay: UnderWay | null): Promise<void>;
}

/** Milliseconds: a small run may have a snapshot many times a second, and each is written to storage. */
const leastBetweenKept = 1000;

/** Parts in which two runs in step are advanced. */
const partsInStep = 40;

interface Going {
  readonly job: Job;
  readonly arm: Arm;
  readonly run: TrainingRun;
  readonly factor: number;
  curves: Pick<Curves, 'steps' | 'evaluations'>;
}

export class ExperimentRunner {
  readonly #data = new SharedData();
  #record: ExperimentRecord;
  #keptAt = Number.NEGATIVE_INFINITY;
  #carrier: RunBackend | null = null;
  #wish: 'pause' | 'cancel' | null = null;
  #going: readonly Going[] = [];
  #work: Promise<void> | null = null;

  constructor(
    record: ExperimentRecord,
    private readonly host: ExperimentHost,
    /** Where the last run stood when it was left. */
    private underWay: UnderWay | null = null,
  ) {
    this.#record = record;
  }

  get record(): ExperimentRecord {
    return this.#record;
  }

  /** Goes on until the last run, a pause, or a failure that is no run's own; rejects with that. */
  go(): Promise<void> {
    this.#work ??= this.#carryOut().finally(() => {
      this.#work = null;
      this.#wish = null;
    });
    return this.#work;
  }

  /** Resolves when the run under way rests and is kept. */
  async pause(): Promise<void> {
    await this.#end('pause');
  }

  /** Ends the experiment with what is known. */
  async cancel(): Promise<void> {
    await this.#end('cancel');
    this.#change({ state: 'cancelled' });
    await this.host.keep(this.#record, null);
  }

  async #end(wish: 'pause' | 'cancel'): Promise<void> {
    this.#wish = wish;
    await Promise.all(this.#going.map(({ run }) => run.pause()));
    await this.#work;
  }

  async #carryOut(): Promise<void> {
    this.#change({ state: 'running' });
    try {
      for (let jobs = this.#next(); jobs.length > 0 && !this.#wish; jobs = this.#next()) await this.#runJobs(jobs);
      if (!this.#wish) await this.#timeTheRest();
      if (!this.#wish) this.#change({ state: 'done' });
      else if (this.#wish === 'pause') this.#change({ state: 'paused' });
    } catch (error) {
      this.#change({ state: 'paused' });
      throw error;
    } finally {
      await this.host.keep(this.#record, this.#record.state === 'paused' ? this.underWay : null);
    }
  }

  /** The next run, or in a pair the next of both arms with one purpose and seed. */
  #next(): readonly Job[] {
    const left = jobsLeft(this.#record);
    const [first] = left;
    if (!first) return [];
    if (this.#record.experiment.kind === 'sweep') return [first];
    return left.filter(
      ({ purpose, seed, factor }) => purpose === first.purpose && seed === first.seed && factor === first.factor,
    );
  }

  async #runJobs(jobs: readonly Job[]): Promise<void> {
    const begun = this.host.now();
    const going: Going[] = [];
    this.#going = going;
    try {
      for (const job of jobs) going.push(await this.#open(job));
      await this.#advance(going);
      if (this.#wish) {
        this.underWay = underWayOf(going);
        return;
      }
      this.underWay = null;
      const results = going.map(resultOf);
      const seconds = this.#record.seconds + (this.host.now() - begun) / 1000;
      this.#change({ results: [...this.#record.results, ...results], seconds });
      await this.host.keep(this.#record, null);
    } finally {
      this.#going = [];
      for (const { run } of going) run.destroy();
    }
  }

  async #open(job: Job): Promise<Going> {
    const arm = this.#record.arms.find(({ id }) => id === job.arm);
    if (!arm) throw new Error(`There is no arm ${job.arm} in the experiment.`);
    const { experiment } = this.#record;
    const factor = factorOf(this.#record, job);
    const recipe = recipeOf(experiment, arm, job, factor);
    const snapshot = this.underWay?.job === job.id ? this.underWay.snapshot : null;
    const prepared = await prepareRun(recipe, this.host.files, {}, snapshot, this.#data.prepare);
    this.#carrier ??= await this.host.carrier(prepared);
    await this.#timeDecoding(arm, prepared, this.#carrier);
    const identity = { id: `${this.#record.id}:${job.id}`, name: null, created: this.#record.created };
    const run = await TrainingRun.open(identity, prepared, this.#carrier, this.#hostOf(job, prepared), snapshot);
    return { job, arm, run, factor, curves: run.record().curves };
  }

  #hostOf(job: Job, prepared: PreparedRun): RunHost {
    return {
      now: () => this.host.now(),
      recover: async (error) => {
        const carrier = this.#carrier && (await this.host.recover(error, this.#carrier, prepared));
        this.#carrier = carrier ?? this.#carrier;
        return carrier;
      },
      onProgress: () => {},
      onPoints: () => this.#tell(),
      onRecord: () => {},
      keep: async (_, snapshot) => {
        if (!snapshot || this.#going.length !== 1 || this.host.now() < this.#keptAt + leastBetweenKept) return;
        this.#keptAt = this.host.now();
        await this.host.keep(this.#record, { job: job.id, snapshot });
      },
    };
  }

  /** One alone goes to its end; several are advanced a part at a time, so that their curves grow together. */
  async #advance(going: readonly Going[]): Promise<void> {
    // Asked to rest while the runs were being prepared: none of them has begun.
    if (this.#wish) return;
    const [only] = going;
    if (going.length === 1 && only) {
      await only.run.go();
      failed(only);
      return;
    }
    const part = Math.max(1, Math.ceil(Math.max(...going.map(({ run }) => run.stepsLeft)) / partsInStep));
    while (!this.#wish && going.some(isUnfinished)) {
      for (const each of going) {
        if (this.#wish || !isUnfinished(each)) continue;
        await each.run.advance(part);
        failed(each);
      }
    }
  }

  /** Arms whose every run was done before they could be timed, as in a record from elsewhere. */
  async #timeTheRest(): Promise<void> {
    for (const arm of this.#record.arms) {
      if (this.#wish || this.#record.decodeMilliseconds[arm.id] !== undefined) continue;
      const prepared = await prepareRun(arm.recipe, this.host.files, {}, null, this.#data.prepare);
      this.#carrier ??= await this.host.carrier(prepared);
      await this.#timeDecoding(arm, prepared, this.#carrier);
    }
  }

  async #timeDecoding(arm: Arm, prepared: PreparedRun, carrier: RunBackend): Promise<void> {
    if (this.#record.decodeMilliseconds[arm.id] !== undefined) return;
    const time = await this.host.timeDecoding(prepared, carrier);
    if (time === null) return;
    this.#change({ decodeMilliseconds: { ...this.#record.decodeMilliseconds, [arm.id]: time } });
  }

  #tell(): void {
    for (const each of this.#going) each.curves = each.run.record().curves;
    this.host.onProgress(
      this.#going.map(({ job, run, curves }) => {
        const { steps } = run.record().recipe;
        return { job, step: steps - run.stepsLeft, steps, curves };
      }),
    );
  }

  #change(changes: Partial<ExperimentRecord>): void {
    this.#record = { ...this.#record, ...changes };
    this.host.onRecord(this.#record);
  }
}

function isUnfinished({ run }: Going): boolean {
  return run.state !== 'diverged' && run.stepsLeft > 0;
}

/** Throws the sentence of a run that was interrupted: that is no property of its arm. */
function failed({ run }: Going): void {
  const { state, problem } = run.record();
  if (state === 'interrupted') throw new Error(problem ?? 'A run was interrupted.');
}

/** Of one run alone: two in step begin again together. */
function underWayOf(going: readonly Going[]): UnderWay | null {
  const [only] = going;
  const snapshot: RunSnapshot | null = going.length === 1 && only ? only.run.lastSnapshot : null;
  return only && snapshot ? { job: only.job.id, snapshot } : null;
}

function resultOf({ job, run, factor }: Going): JobResult {
  const { curves, recipe, seconds, adapter, state } = run.record();
  const diverged = state === 'diverged';
  const last = curves.evaluations.at(-1);
  const tail = curves.steps.slice(-Math.max(1, Math.floor(recipe.steps / 20)));
  const asked = curves.probes.filter(({ step }) => step === curves.probes.at(-1)?.step);
  return {
    job: job.id,
    state: diverged ? 'diverged' : 'done',
    factor,
    heldOutLoss: last?.heldOutLoss ?? null,
    bitsPerCharacter: last?.bitsPerCharacter ?? null,
    trainingLoss: diverged ? null : tail.reduce((sum, { loss }) => sum + loss, 0) / tail.length,
    probes:
      asked.length === 0
        ? null
        : {
            correct: asked.reduce((sum, { correct }) => sum + correct, 0),
            n: asked.reduce((sum, { n }) => sum + n, 0),
          },
    points: curves.evaluations.map(({ step, heldOutLoss, bitsPerCharacter }) => ({
      step,
      heldOutLoss,
      bitsPerCharacter,
    })),
    steps: curves.steps.at(-1)?.step ?? 0,
    tokensPerSecond: medianSpeed(curves) ?? 0,
    seconds,
    adapter,
  };
}
