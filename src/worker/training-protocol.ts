/**
 * The part of the protocol that trains. A run lives in a worker of its own, so that text can be written with one model
 * while another learns. Requests are answered as listed; a run that was started goes on in the background and tells about
 * itself through `run` and `runPoints` until its state is final. One run at a time a worker.
 */
import type { KernelTime } from '../graph/kernel-time';
import type { RunFacts, RunRecord } from '../lab/run-record';
import type { Curves, LiveKey } from '../train/curves';
import type { Recipe } from '../train/recipe';
import type { StepCost } from '../train/trainer';

export type TrainingRequest =
  /** Derives what a step would cost with a vocabulary of that size, from the graphs alone → `planned`. Takes milliseconds. */
  | { readonly type: 'planRun'; readonly recipe: Recipe; readonly vocabulary: number }
  /** Reads data and vocabulary and derives what the run will cost, without running → `progress`…, `prepared`. */
  | { readonly type: 'prepareRun'; readonly recipe: Recipe; readonly file: File | null }
  /** Starts a run; `file` is the text of a recipe whose corpus is a file → `progress`…, `run`, then `runPoints`…, `run`. */
  | {
      readonly type: 'startRun';
      readonly id: string;
      readonly name: string | null;
      readonly recipe: Recipe;
      readonly file: File | null;
      /** Waits after it is prepared, for single steps. */
      readonly paused: boolean;
    }
  /** Goes on from the last snapshot of a run → as `startRun`. */
  | {
      readonly type: 'resumeRun';
      readonly id: string;
      readonly paused: boolean;
      /** The highest of the schedule from here on, as by `changeRun`; null: as it was. */
      readonly learningRate: number | null;
    }
  /** Stops after the step under way and writes a snapshot → `run` with state `paused`. */
  | { readonly type: 'pauseRun' }
  /** Goes on after a pause → `run` with state `running`. */
  | { readonly type: 'continueRun' }
  /** One step while paused → `runPoints`, `run`. */
  | { readonly type: 'stepRun' }
  /** Ends the run and keeps what was learned → `run` with state `cancelled`. */
  | { readonly type: 'cancelRun' }
  /** Changes a value from the next step on → `runPoints` with the change. */
  | { readonly type: 'changeRun'; readonly key: LiveKey; readonly value: number }
  /** The model as it is now (`id` null), or of a stored run → `trainedModel`. */
  | { readonly type: 'takeModel'; readonly id: string | null }
  /** Times each kernel of one step of the run, one pass a dispatch, while it waits → `stepProfile`. */
  | { readonly type: 'profileRun' };

export type TrainingEvent =
  /** `problem` says why it does not fit this adapter; null when it does. */
  | { readonly type: 'planned'; readonly parameters: number; readonly cost: StepCost; readonly problem: string | null }
  | { readonly type: 'prepared'; readonly facts: RunFacts; readonly milliseconds: number }
  /** The whole record: at the start, when the state changes, and at the end. */
  | { readonly type: 'run'; readonly record: RunRecord }
  /** Points since the last event, at most four times a second; `stepMilliseconds` is a running mean. */
  | {
      readonly type: 'runPoints';
      readonly id: string;
      readonly points: Partial<Curves>;
      readonly seconds: number;
      readonly stepMilliseconds: number;
      readonly stepsLeft: number;
    }
  /** Files of a model folder, to be opened in Generate or saved. */
  | {
      readonly type: 'trainedModel';
      readonly id: string;
      readonly step: number;
      readonly files: readonly { readonly name: string; readonly bytes: ArrayBuffer }[];
    }
  | { readonly type: 'stepProfile'; readonly kernels: readonly KernelTime[] };
