/**
 * What the training worker has said: the run on the page with its curves, how fast it goes, and what is still owed an
 * answer. Points come at most four times a second and are appended as they come.
 */
import { create } from 'zustand';
import type { RunFacts, RunRecord } from '../../lab/run-record';
import type { Curves, LiveKey } from '../../train/curves';
import type { Recipe } from '../../train/recipe';
import type { StepCost } from '../../train/trainer';
import { unanswered } from '../../worker/client';
import type { DeviceReport, Event, KernelTime, Notice, Request } from '../../worker/protocol';
import { isPending, type Problem, type Progress } from './engine';
import { rememberPace } from './pace';

interface TrainingState {
  readonly device: DeviceReport | null;
  /** The run that is drawn: the one under way, the last one, or a recorded one. Its curves grow. */
  readonly shown: RunRecord | null;
  readonly stepMilliseconds: number | null;
  readonly stepsLeft: number;
  /** Requests without their last event, oldest first. */
  readonly pending: readonly Request['type'][];
  readonly progress: Progress | null;
  readonly problem: Problem | null;
  readonly notice: Notice | null;
  /** What was counted for a recipe without running it. */
  readonly prepared: { readonly recipe: Recipe; readonly facts: RunFacts } | null;
  /** What a step of a recipe would cost on this device; `problem` says why it does not fit. */
  readonly planned: {
    readonly recipe: Recipe;
    readonly parameters: number;
    readonly cost: StepCost;
    readonly problem: string | null;
  } | null;
  readonly profile: readonly KernelTime[] | null;
  /** The run that the next one is compared with, point by point. */
  readonly reference: RunRecord | null;
}

export const useTraining = create<TrainingState>()(() => ({
  device: null,
  shown: null,
  stepMilliseconds: null,
  stepsLeft: 0,
  pending: [],
  progress: null,
  problem: null,
  notice: null,
  prepared: null,
  planned: null,
  profile: null,
  reference: null,
}));

/** Takes in one event of the worker; `asked` is the recipe of the `prepareRun` or `planRun` that it answers. */
export function trainingEvent(event: Event, asked: Recipe | null): void {
  useTraining.setState((state) => ({ pending: unanswered(state.pending, event), ...changes(event, state, asked) }));
}

function changes(event: Event, state: TrainingState, asked: Recipe | null): Partial<TrainingState> {
  switch (event.type) {
    case 'device':
      return { device: event.device };
    case 'progress':
      return { progress: event };
    case 'prepared':
      return { progress: null, prepared: asked && { recipe: asked, facts: event.facts } };
    case 'planned': {
      const { parameters, cost, problem } = event;
      return { planned: asked && { recipe: asked, parameters, cost, problem } };
    }
    case 'run':
      return runChanges(event.record, state);
    case 'runPoints': {
      const { shown } = state;
      if (shown?.id !== event.id) return {};
      return {
        progress: null,
        shown: { ...shown, seconds: event.seconds, curves: withPoints(shown.curves, event.points) },
        stepMilliseconds: event.stepMilliseconds,
        stepsLeft: event.stepsLeft,
      };
    }
    case 'stepProfile':
      return { profile: event.kernels };
    case 'notice':
      return { notice: event.notice };
    case 'error':
      // A run that was cancelled before it began ends with an error, which is what was asked for.
      if (isPending(state.pending, 'cancelRun')) return { progress: null };
      return { problem: { request: event.request, message: event.message }, progress: null };
    default:
      return {};
  }
}

function runChanges(record: RunRecord, { shown, stepMilliseconds }: TrainingState): Partial<TrainingState> {
  if (stepMilliseconds !== null && shown?.id === record.id) {
    rememberPace({ flops: record.facts.cost.flops, milliseconds: stepMilliseconds, adapter: record.adapter });
  }
  const last = record.curves.steps.at(-1)?.step ?? 0;
  return {
    shown: record,
    progress: null,
    stepsLeft: record.recipe.steps - last,
    ...(shown?.id !== record.id && { profile: null, stepMilliseconds: null }),
  };
}

function withPoints(curves: Curves, points: Partial<Curves>): Curves {
  const joined = <T>(before: readonly T[], more: readonly T[] | undefined) =>
    more && more.length > 0 ? [...before, ...more] : before;
  return {
    steps: joined(curves.steps, points.steps),
    evaluations: joined(curves.evaluations, points.evaluations),
    probes: joined(curves.probes, points.probes),
    samples: joined(curves.samples, points.samples),
    changes: joined(curves.changes, points.changes),
    carriers: joined(curves.carriers, points.carriers),
  };
}

/** Whether a worker holds the run. */
export function isLive(run: RunRecord | null): boolean {
  return run?.state === 'running' || run?.state === 'paused';
}

/** Whether the run can go on from its snapshot. */
export function canGoOn(run: RunRecord | null): boolean {
  return run !== null && (run.state === 'cancelled' || run.state === 'interrupted' || run.state === 'diverged');
}

/** What a live value is now, after the changes of the run. */
export function liveValue({ recipe, curves }: RunRecord, key: LiveKey): number {
  return curves.changes.findLast((change) => change.key === key)?.to ?? recipe[key];
}
