/**
 * The engine that trains: one run at a time, on the worker's device or the CPU. Requests are answered at once or when the
 * run rests; the run itself goes on in the background and tells about itself through events.
 */

import { type DataFiles, Stopped } from '../data/corpus';
import { readPlainText } from '../data/corpus/plain-text';
import { modelFiles, modelOf, type TrainedModel } from '../lab/model-files';
import { factsOf, type PreparedRun, prepareRun } from '../lab/prepared-run';
import type { RunHost, RunIdentity } from '../lab/run-host';
import { RunKeeper } from '../lab/run-keeper';
import { runLocks } from '../lab/run-locks';
import type { RunSnapshot } from '../lab/run-snapshot';
import { RunStore } from '../lab/run-store';
import { TrainingRun } from '../lab/training-run';
import type { ModelConfig } from '../model/config';
import { parameterCount } from '../model/names';
import { type LiveKey, summaryOf } from '../train/curves';
import { planTraining, type TrainingPlan, trainingProblem, wasmProblem } from '../train/plan';
import { configOf, type Recipe, recipeProblems } from '../train/recipe';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import { fetchedFiles } from './data-files';
import { sentence } from './open-device';
import type { Event, Request } from './protocol';
import { RunReports } from './run-reports';

interface Current {
  readonly identity: RunIdentity;
  readonly prepared: PreparedRun;
  readonly run: TrainingRun;
  readonly reports: RunReports;
}

interface Opening {
  readonly identity: RunIdentity;
  readonly recipe: Recipe;
  /** Bytes of the file the recipe names. */
  readonly given: DataFiles['given'];
  readonly snapshot: RunSnapshot | null;
  readonly paused: boolean;
  /** Another than the run had; null: as it was. */
  readonly learningRate: number | null;
}

export class TrainingEngine {
  readonly #locks = runLocks(globalThis.navigator?.locks);
  #store: Promise<RunStore | null> | null = null;
  #current: Current | null = null;
  /** Gives the lock of the current run back. */
  #release: () => void = () => {};
  #preparing = false;
  #stopPreparing = false;

  constructor(
    private readonly backends: Backends,
    private readonly carriers: Carriers,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
  ) {}

  /** Called when a request arrives, before its turn: a wish to cancel ends a preparation under way. */
  announce({ type }: Request): void {
    if (type === 'cancelRun' && this.#preparing) this.#stopPreparing = true;
  }

  /** What a step costs follows from config and recipe; the data decides only the vocabulary, whose size is given. */
  async plan(recipe: Recipe, vocabulary: number): Promise<void> {
    await this.carriers.open();
    const config = configOf(recipe, { size: vocabulary, begin: null, end: null });
    const plan = planTraining(config, recipe);
    const problem = this.#problemOf(plan, config, recipe);
    this.emit({ type: 'planned', parameters: parameterCount(config), cost: plan.cost, problem });
  }

  async prepare(recipe: Recipe, file: File | null): Promise<void> {
    const begun = performance.now();
    await this.carriers.open();
    const prepared = await this.#prepare(recipe, givenFile(file), null);
    const plan = planTraining(prepared.config, recipe);
    const problem = this.#problemOf(plan, prepared.config, recipe);
    if (problem) throw new Error(problem);
    this.emit({
      type: 'prepared',
      facts: factsOf(prepared, plan.cost, ''),
      milliseconds: performance.now() - begun,
    });
  }

  async start(request: Extract<Request, { type: 'startRun' }>): Promise<void> {
    const { id, name, recipe, file, paused } = request;
    const identity = { id, name, created: new Date().toISOString() };
    await this.#begin({ identity, recipe, given: givenFile(file), snapshot: null, paused, learningRate: null });
  }

  async resume({ id, paused, learningRate }: Extract<Request, { type: 'resumeRun' }>): Promise<void> {
    this.#refuseWhileLive();
    const { run, identity } = this.#current ?? {};
    const held = run && identity?.id === id && !(await this.#wentOnElsewhere(run)) ? run : null;
    if (held && !(this.carriers.outdated && (await this.#isKept(held)))) {
      // Without storage, or before the last write, what this worker holds is all there is.
      if (held.state === 'done') throw new Error('The run is done: start another with more steps.');
      await this.#locked(id, () => launch(held, paused, learningRate));
      return;
    }
    const store = await this.#openStore();
    const record = await store?.find(id);
    if (!store || !record) throw new Error('That run is not kept in this browser: start it again from its recipe.');
    const given = async (name: string) => {
      const text = record.recipe.corpus.kind === 'file' ? await store.text(record.recipe.corpus.hash) : null;
      if (text === null)
        throw new Error(`The text ${name} is not kept in this browser: start the run again with the file.`);
      return new TextEncoder().encode(text);
    };
    const snapshot = await store.snapshot(id);
    await this.#begin({ identity: record, recipe: record.recipe, given, snapshot, paused, learningRate });
  }

  async pause(): Promise<void> {
    const { run, reports } = this.#held();
    if (run.state === 'running') await run.pause();
    else reports.record(run.record());
  }

  goOn(): void {
    const { run, reports } = this.#held();
    if (run.state === 'paused') void run.go();
    else if (run.state === 'running') reports.record(run.record());
    else throw new Error(`The run is ${run.state}: resume it from its last snapshot, or start another.`);
  }

  async step(): Promise<void> {
    const { run } = this.#held();
    if (run.state !== 'paused') throw new Error(`The run is ${run.state}: pause it to take single steps.`);
    await run.advance(1);
  }

  async cancel(): Promise<void> {
    const { run, reports } = this.#held();
    if (run.state === 'running' || run.state === 'paused') await run.cancel();
    else reports.record(run.record());
  }

  change(key: LiveKey, value: number): void {
    const { run, reports } = this.#held();
    if (run.state === 'done') throw new Error('The run is done: nothing in it can be changed any more.');
    run.change(key, value);
    reports.send();
  }

  async takeModel(id: string | null): Promise<void> {
    const current = id === null || this.#current?.identity.id === id ? this.#held() : null;
    const { step, model } = current ? await liveModel(current) : await this.#storedModel(id ?? '');
    const files = modelFiles(model).map(({ name, bytes }) => ({ name, bytes: bytes.buffer }));
    this.emit({ type: 'trainedModel', id: current?.identity.id ?? id ?? '', step, files });
  }

  /** Interrupts a run that is going for as long as it takes. */
  async profile(): Promise<void> {
    const { run } = this.#held();
    const resume = await run.hold();
    try {
      this.emit({ type: 'stepProfile', kernels: await run.profile() });
    } finally {
      resume();
    }
  }

  /** Destroys the device under a run that is going: the run finds it gone. False when none goes. */
  dropDevice(): boolean {
    const { gpu } = this.backends.device;
    if (this.#current?.run.state !== 'running' || !gpu) return false;
    gpu.device.gpu.destroy();
    return true;
  }

  async #begin({
    identity: { id, name, created },
    recipe,
    given,
    snapshot,
    paused,
    learningRate,
  }: Opening): Promise<void> {
    this.#refuseWhileLive();
    const [problem] = recipeProblems(recipe);
    if (problem) throw new Error(problem.sentence);
    await this.#locked(id, async () => {
      await this.carriers.open();
      const prepared = await this.#prepare(recipe, given, snapshot);
      const tooLarge = this.#problemOf(planTraining(prepared.config, recipe), prepared.config, recipe);
      if (tooLarge) throw new Error(tooLarge);
      this.#current?.run.destroy();
      this.#current = null;
      const identity = { id, name, created };
      const { run, reports, keeper } = await this.#open(identity, prepared, snapshot);
      this.#current = { identity, prepared, run, reports };
      void this.#keepText(keeper, run, recipe, given);
      await launch(run, paused, learningRate);
    });
  }

  /** Takes the lock of a run and begins; gives it back when that fails, and else when the run has ended. */
  async #locked(id: string, begin: () => Promise<void>): Promise<void> {
    await this.#takeLock(id);
    try {
      await begin();
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** Whether the run can be opened again from storage where it stands, on another backend. */
  async #isKept(run: TrainingRun): Promise<boolean> {
    const { id, curves } = run.record();
    const snapshot = await (await this.#openStore())?.snapshot(id).catch(() => null);
    return snapshot?.step === summaryOf(curves).step;
  }

  /** Whether another tab has trained further what this worker still holds: that must not be written over. */
  async #wentOnElsewhere(run: TrainingRun): Promise<boolean> {
    const here = run.record();
    const stored = await (await this.#openStore())?.find(here.id).catch(() => null);
    return stored ? summaryOf(stored.curves).step > summaryOf(here.curves).step : false;
  }

  async #takeLock(id: string): Promise<void> {
    const release = await this.#locks.take(id);
    if (!release)
      throw new Error('Another tab is training this run: watch it there, or pause and close it there first.');
    this.#release = release;
    if ([...(await this.#locks.taken())].every((other) => other === id)) return;
    const cause = 'Another tab is training too: both runs share the device, and each is slower.';
    this.emit({ type: 'notice', notice: { kind: 'sharedDevice', cause } });
  }

  async #open(identity: RunIdentity, prepared: PreparedRun, snapshot: RunSnapshot | null) {
    const store = await this.#openStore();
    const keeper = new RunKeeper(store, (cause) => this.#notKept(cause));
    const reports = new RunReports(
      identity.id,
      () => ({ seconds: run.seconds, stepMilliseconds: run.stepMilliseconds, stepsLeft: run.stepsLeft }),
      this.emit,
    );
    let carrier = await this.carriers.pick(prepared);
    const host: RunHost = {
      now: () => performance.now(),
      recover: async (error) => {
        const next = await this.carriers.recover(error, carrier, prepared);
        carrier = next ?? carrier;
        return next;
      },
      onProgress: (task, done, total) => this.emit({ type: 'progress', task, done, total }),
      onPoints: (points) => reports.points(points),
      onRecord: (record) => {
        reports.record(record);
        if (record.state !== 'running' && record.state !== 'paused') this.#release();
      },
      keep: (record, kept, last) => keeper.keep(record, kept, last),
    };
    const run = await TrainingRun.open(identity, prepared, carrier, host, snapshot);
    return { run, reports, keeper };
  }

  /** Kept beside the record, so that the run can go on after a reload. */
  async #keepText(keeper: RunKeeper, run: TrainingRun, { corpus }: Recipe, given: DataFiles['given']): Promise<void> {
    await keeper.keep(run.record(), run.lastSnapshot, true);
    if (corpus.kind === 'file')
      await keeper.keepText(corpus.hash, readPlainText(await given(corpus.name), corpus.name));
  }

  async #prepare(recipe: Recipe, given: DataFiles['given'], snapshot: RunSnapshot | null): Promise<PreparedRun> {
    this.#preparing = true;
    this.#stopPreparing = false;
    try {
      return await prepareRun(
        recipe,
        fetchedFiles(this.modelsUrl, given),
        {
          onProgress: (stage, share) => this.emit({ type: 'progress', task: stage, done: share, total: 1 }),
          shouldStop: () => this.#stopPreparing,
        },
        snapshot,
      );
    } catch (error) {
      if (error instanceof Stopped) throw new Error('The run was cancelled while its text was prepared.');
      throw error;
    } finally {
      this.#preparing = false;
    }
  }

  /** Why a plan does not fit what must carry it, as a sentence. */
  #problemOf(plan: TrainingPlan, config: ModelConfig, recipe: Recipe): string | null {
    const { device, setting, cpu } = this.backends;
    const limits = device.gpu?.device.adapter.limits;
    // Where either may take the run, the limits of one do not refuse it.
    if (limits && setting === 'auto') return null;
    const onGpu = limits && setting === 'gpu';
    if (!onGpu && cpu.report.kind === 'typescript') return null;
    const problem = onGpu ? trainingProblem(plan, recipe, limits) : wasmProblem(plan, config, recipe);
    return problem && `The run ${problem}`;
  }

  /** Null, after a notice, where the browser denies storage. */
  #openStore(): Promise<RunStore | null> {
    this.#store ??= RunStore.open().catch((error: unknown) => {
      this.#notKept(sentence(error));
      return null;
    });
    return this.#store;
  }

  #notKept(cause: string): void {
    this.emit({ type: 'notice', notice: { kind: 'notKept', cause } });
  }

  async #storedModel(id: string): Promise<{ step: number; model: TrainedModel }> {
    const store = await this.#openStore();
    const record = await store?.find(id);
    const snapshot = await store?.snapshot(id);
    if (!record || !snapshot) throw new Error('The weights of that run are not kept in this browser: train it again.');
    return { step: snapshot.step, model: modelOf(record.recipe, snapshot) };
  }

  #refuseWhileLive(): void {
    const state = this.#current?.run.state;
    if (state === 'running' || state === 'paused') {
      throw new Error(`A run is ${state}: cancel it first, or let it end.`);
    }
  }

  #held(): Current {
    if (!this.#current) throw new Error('There is no run: start one first.');
    return this.#current;
  }
}

/** Lets a run go, or has it look at its model where it stands and wait there for what comes next. */
async function launch(run: TrainingRun, paused: boolean, learningRate: number | null): Promise<void> {
  if (learningRate !== null) run.change('learningRate', learningRate);
  if (paused) await run.advance(0);
  else void run.go();
}

async function liveModel({ run, prepared }: Current): Promise<{ step: number; model: TrainedModel }> {
  const { step, weights } = await run.weights();
  const { recipe, config, data } = prepared;
  return { step, model: { recipe, config, tokenizerJson: data.tokenizerJson, weights } };
}

function givenFile(file: File | null): DataFiles['given'] {
  return async (name) => {
    if (!file) throw new Error(`The text ${name} was not given: drop the file again.`);
    return new Uint8Array(await file.arrayBuffer());
  };
}
