/**
 * One training run, from prepared data to its last curve point; the worker and the command line both drive it. It knows no
 * worker, no DOM and no storage: what it has to tell goes through `RunHost`.
 *
 * Steps are asked for up to three ahead and read in order. The run rests only between steps, with none under way, and looks
 * at the held-out text, samples and snapshots there. It never loses a step: after a failure of the device it goes back to
 * its last snapshot and repeats what came since, with the same bits; after a step that is not finite it goes back and stops.
 */
import type { BatchStream } from '../data/batches';
import type { KernelTime } from '../graph/kernel-time';
import { type ChangePoint, type Curves, type LiveKey, noCurves } from '../train/curves';
import { namedWeights } from '../train/flat-weights';
import { planTraining } from '../train/plan';
import type { StepResult, Trainer } from '../train/trainer';
import { type AskedStep, askStep, pointOf } from './asked-step';
import { allFinite, divergenceSentence, isSound } from './divergence';
import { checkChange } from './live-change';
import { batchesOf, factsOf, type PreparedRun } from './prepared-run';
import { RunCurves } from './run-curves';
import type { RunBackend, RunHost, RunIdentity } from './run-host';
import type { RunRecord, RunState } from './run-record';
import type { RunSnapshot } from './run-snapshot';
import { openAt } from './run-trainer';
import { dueAt, watch } from './run-watching';
import { StepClock } from './step-clock';

/** Steps asked for before the first of them is read. */
const stepsUnderWay = 3;

/** Devices opened in place of lost ones before a new snapshot; more would only fail again. */
const mostRecoveries = 3;

export class TrainingRun {
  readonly #clock = new StepClock();
  readonly #kernelsHash: string;
  #curves: RunCurves;
  #batches: BatchStream;
  /** Last step that was asked for. */
  #step: number;
  #rows: number;
  #seconds: number;
  #state: RunState = 'paused';
  #problem: string | null = null;
  /** The whole curves of a run that went back after it diverged, until it goes on. */
  #diverged: Curves | null = null;
  #wish: 'pause' | 'cancel' | null = null;
  #going: Promise<void> | null = null;
  #recoveries = 0;
  /** Step after which a snapshot was last taken, or would have been, had all weights been finite. */
  #captured: number | null;

  private constructor(
    private readonly identity: RunIdentity,
    private readonly prepared: PreparedRun,
    private readonly host: RunHost,
    private carrier: RunBackend,
    private trainer: Trainer,
    private snapshot: RunSnapshot | null,
  ) {
    this.#curves = new RunCurves(snapshot?.curves ?? noCurves);
    this.#batches = batchesOf(prepared, snapshot);
    this.#step = snapshot?.step ?? 0;
    this.#seconds = snapshot?.seconds ?? 0;
    this.#rows = this.#valueAt('batch', this.#step + 1);
    this.#kernelsHash = trainer.kernelsHash;
    this.#captured = snapshot?.step ?? null;
    this.#noteCarrier();
  }

  /** A run at rest before its first step, or where its snapshot was taken. Throws a sentence when it does not fit. */
  static async open(
    identity: RunIdentity,
    prepared: PreparedRun,
    carrier: RunBackend,
    host: RunHost,
    snapshot: RunSnapshot | null = null,
  ): Promise<TrainingRun> {
    const trainer = await openAt(prepared, carrier.backend, host, snapshot);
    return new TrainingRun(identity, prepared, host, carrier, trainer, snapshot);
  }

  get state(): RunState {
    return this.#state;
  }

  get stepMilliseconds(): number {
    return this.#clock.stepMilliseconds;
  }

  get stepsLeft(): number {
    return this.prepared.recipe.steps - this.#step;
  }

  get seconds(): number {
    return this.#seconds;
  }

  /** Null before the first, which is taken before the first step. */
  get lastSnapshot(): RunSnapshot | null {
    return this.snapshot;
  }

  record(): RunRecord {
    return {
      schemaVersion: 1,
      ...this.identity,
      state: this.#state,
      recipe: this.prepared.recipe,
      adapter: this.carrier.adapter,
      facts: factsOf(this.prepared, this.trainer.cost, this.#kernelsHash),
      curves: this.#diverged ?? this.#curves.until(),
      seconds: this.#seconds,
      problem: this.#problem,
    };
  }

  /**
   * Goes on until the last step, a pause, or a failure, and resolves when it rests; the record says what failed. A run that
   * diverged or was interrupted goes on from its last snapshot. Throws when it is done.
   */
  go(): Promise<void> {
    return this.#launch(this.prepared.recipe.steps);
  }

  /** One step, or as many as are given; with 0 only looks at what is due where the run stands. */
  advance(steps: number): Promise<void> {
    return this.#launch(Math.min(this.#step + steps, this.prepared.recipe.steps));
  }

  /** Resolves when the steps under way are done and a snapshot is kept. */
  async pause(): Promise<void> {
    if (this.#going === null) return;
    this.#wish ??= 'pause';
    await this.#going;
  }

  /** Rests until what it returns is called, which lets a run go on that was going. */
  async hold(): Promise<() => void> {
    const going = this.#state === 'running';
    await this.pause();
    return () => {
      if (going && this.#state === 'paused') void this.go();
    };
  }

  /** Ends the run, with what was learned kept: it can go on from there. */
  async cancel(): Promise<void> {
    this.#wish = 'cancel';
    if (this.#going !== null) await this.#going;
    else await this.#launch(this.#step);
  }

  /** Changes a value from the next step on. Throws a sentence when it may not be had. */
  change(key: LiveKey, value: number): void {
    checkChange(this.prepared, this.carrier.backend, key, value);
    const from = this.#valueAt(key, Number.POSITIVE_INFINITY);
    if (from === value) return;
    const point: ChangePoint = { step: this.#step, key, from, to: value };
    this.#curves.addChange(point);
    this.host.onPoints({ changes: [point] });
  }

  /** The weights after the last step that was asked for; at rest they are in the snapshot, whatever became of the device. */
  async weights(): Promise<{ step: number; weights: Map<string, Float32Array<ArrayBuffer>> }> {
    const { config, recipe } = this.prepared;
    const kept = this.#going === null && this.snapshot?.step === this.#step ? this.snapshot.state : null;
    const weights = kept
      ? namedWeights(planTraining(config, recipe).layout, kept.parameters)
      : await this.trainer.weights();
    return { step: this.#step, weights };
  }

  /** Only at rest. */
  profile(): Promise<readonly KernelTime[]> {
    if (this.#going !== null) throw new Error('The run is going on: pause it, then time its kernels.');
    return this.trainer.profile();
  }

  destroy(): void {
    this.trainer.destroy();
  }

  #launch(until: number): Promise<void> {
    if (this.#going !== null) return this.#going;
    if (this.#state === 'done') throw new Error('The run is done: start another with more steps.');
    if (this.#state === 'interrupted') this.#goBack();
    const ended = this.#state !== 'paused';
    this.#diverged = null;
    this.#problem = null;
    this.#state = 'running';
    if (this.#wish === null) {
      this.host.onRecord(this.record());
      // What is kept says that it has ended: cut off before the next snapshot, it would not be offered again.
      if (ended) void this.host.keep(this.record(), this.snapshot, true);
    }
    this.#going = this.#carryOn(until).finally(() => {
      this.#going = null;
      this.#wish = null;
    });
    return this.#going;
  }

  async #carryOn(until: number): Promise<void> {
    const begun = this.host.now();
    const before = this.#seconds;
    this.#clock.skip(begun);
    const elapsed = () => before + (this.host.now() - begun) / 1000;
    try {
      for (let resting = false; !resting; ) {
        try {
          resting = await this.#advance(until, elapsed);
          if (resting && this.#state === 'running') await this.#takeSnapshot();
        } catch (error) {
          await this.#recover(error);
          resting = false;
        }
      }
    } catch (error) {
      this.#state = 'interrupted';
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#seconds = elapsed();
    if (this.#state === 'running') {
      const done = this.#step >= this.prepared.recipe.steps && this.#wish !== 'cancel';
      this.#state = done ? 'done' : this.#wish === 'cancel' ? 'cancelled' : 'paused';
    }
    await this.host.keep(this.record(), this.snapshot, true);
    this.host.onRecord(this.record());
  }

  /** Asks for steps and reads them until the run is to rest. */
  async #advance(until: number, elapsed: () => number): Promise<true> {
    const underWay: AskedStep[] = [];
    try {
      for (;;) {
        const attention = this.#needsAttention();
        if (!this.#wish && !attention && this.#step < until && underWay.length < stepsUnderWay) {
          underWay.push(this.#ask());
          continue;
        }
        const pending = underWay.shift();
        if (pending) {
          const result = await pending.result;
          this.#seconds = elapsed();
          if (!isSound(result)) {
            await Promise.allSettled(underWay.splice(0).map((later) => later.result));
            await this.#diverge(pending, result);
            return true;
          }
          this.#note(pending, result);
        } else if (attention && !this.#wish) {
          await this.#attend();
          this.#clock.skip(this.host.now());
        } else if (this.#wish || this.#step >= until) {
          return true;
        }
      }
    } finally {
      await Promise.allSettled(underWay.map((pending) => pending.result));
    }
  }

  #ask(): AskedStep {
    this.#step += 1;
    return askStep({
      prepared: this.prepared,
      trainer: this.trainer,
      stream: this.#batches,
      curves: this.#curves,
      rows: this.#rows,
      step: this.#step,
      now: this.host.now(),
    });
  }

  #note(asked: AskedStep, result: StepResult): void {
    this.#clock.pass(asked.tokens, asked.begun, this.host.now());
    const point = pointOf(asked, result, this.#clock.tokensPerSecond);
    if (this.#curves.addStep(point)) this.host.onPoints({ steps: [point] });
  }

  /** Whether something is to be done after the last step that was asked for, before the next. */
  #needsAttention(): boolean {
    const { recipe } = this.prepared;
    return (
      this.#snapshotDue() ||
      this.#rows !== this.#valueAt('batch', this.#step + 1) ||
      dueAt(recipe, this.#curves, this.#step).length > 0
    );
  }

  #snapshotDue(): boolean {
    // The first is taken before the first step: there must always be one to go back to.
    const { snapshotEvery } = this.prepared.recipe;
    return this.#step % snapshotEvery === 0 && this.#captured !== this.#step;
  }

  async #attend(): Promise<void> {
    const rows = this.#valueAt('batch', this.#step + 1);
    if (rows !== this.#rows) {
      await this.trainer.setBatch(rows);
      this.#rows = rows;
    }
    await watch({
      prepared: this.prepared,
      trainer: this.trainer,
      backend: this.carrier.backend,
      curves: this.#curves,
      rows,
      step: this.#step,
      stopped: () => this.#wish !== null,
      onPoints: (points) => this.host.onPoints(points),
      onProgress: (done, total) => this.host.onProgress('evaluate', done, total),
    });
    if (this.#wish || !this.#snapshotDue()) return;
    await this.#takeSnapshot();
    void this.host.keep(this.record(), this.snapshot, false);
  }

  /** With no step under way. */
  async #takeSnapshot(): Promise<void> {
    if (this.snapshot?.step === this.#step && this.#curves.matches(this.snapshot.curves)) return;
    const state = this.snapshot?.step === this.#step ? this.snapshot.state : await this.trainer.capture();
    this.#captured = this.#step;
    // An update may overflow after a step whose numbers were fine; the next step will tell.
    if (!allFinite(state.parameters)) return;
    this.#recoveries = 0;
    this.snapshot = {
      schemaVersion: 1,
      step: this.#step,
      state,
      position: this.#batches.position,
      curves: this.#curves.until(this.#step),
      seconds: this.#seconds,
      dataHash: this.prepared.data.dataHash,
      tokenizerJson: this.prepared.data.tokenizerJson,
    };
  }

  async #diverge({ step, batches, learningRate }: AskedStep, result: StepResult): Promise<void> {
    // The step is asked for again alone, because the gradients of those behind it have taken the place of its own.
    const again = await this.trainer.step(batches, { step, learningRate: 0, weightDecay: 0 });
    const culprit = again.finite ? null : await this.trainer.culprit();
    this.#diverged = this.#curves.until();
    this.#goBack();
    this.#state = 'diverged';
    this.#problem = divergenceSentence(result, { step, backTo: this.#step, learningRate }, culprit);
  }

  /** To the last snapshot; the curves too, so that what comes next takes the place of what led nowhere. */
  #goBack(): void {
    if (!this.snapshot) throw new Error('There is no snapshot to go back to: start the run again.');
    this.trainer.restore(this.snapshot.state);
    this.#curves = new RunCurves(this.snapshot.curves);
    this.#rewind();
  }

  #rewind(): void {
    this.#step = this.snapshot?.step ?? 0;
    this.#batches = batchesOf(this.prepared, this.snapshot);
    this.#captured = this.snapshot?.step ?? null;
  }

  /** Goes on with another device from the last snapshot; throws `error` when there is none. The curves stay: steps that are passed again give the same points. */
  async #recover(error: unknown): Promise<void> {
    this.#recoveries += 1;
    const carrier = this.#recoveries > mostRecoveries ? null : await this.host.recover(error);
    if (!carrier) throw error;
    this.trainer.destroy();
    this.carrier = carrier;
    this.#rewind();
    this.#rows = this.#valueAt('batch', this.#step + 1);
    this.trainer = await openAt(this.prepared, carrier.backend, this.host, this.snapshot, this.#rows);
    this.#noteCarrier();
    this.host.onRecord(this.record());
  }

  #noteCarrier(): void {
    this.#curves.addCarrier({ step: this.#step, adapter: this.carrier.adapter });
  }

  #valueAt(key: LiveKey, step: number): number {
    return this.#curves.valueAt(this.prepared.recipe, key, step);
  }
}
