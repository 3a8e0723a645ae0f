/**
 * What the worker of experiments has said: the queue with every record, how far the runs under way are, what an experiment
 * would come to; and what a look inside a model and the timing of large shapes found.
 */
import { create } from 'zustand';
import type { Experiment, ExperimentRecord } from '../../lab/experiments/experiment';
import { unanswered } from '../../worker/client';
import type { ExperimentEvent, ExperimentPlan, JobReport } from '../../worker/experiment-protocol';
import type { DeviceReport, Event, ModelSource, Request } from '../../worker/protocol';
import { isPending, type Problem, type Progress } from './engine';

export type InsideEvent = Extract<ExperimentEvent, { type: 'inside' }>;
export type ShapeRow = Extract<ExperimentEvent, { type: 'shapes' }>['shapes'][number];

/** Runs under way of one experiment. */
interface UnderWay {
  readonly jobs: readonly JobReport[];
  readonly secondsLeft: number | null;
  readonly secondsWaiting: number | null;
}

/** What was looked at, and with which parts. */
export interface InsideQuestion {
  readonly model: ModelSource;
  readonly text: string;
  readonly without: InsideEvent['without'];
}

interface ExperimentsState {
  readonly device: DeviceReport | null;
  /** In the order of the queue; null until the worker has read them. */
  readonly records: readonly ExperimentRecord[] | null;
  readonly underWay: Readonly<Record<string, UnderWay>>;
  /** Id of the experiment that is shown; null: the recorded result of the preset, or the newest. */
  readonly selected: string | null;
  readonly planned: { readonly experiment: Experiment; readonly plan: ExperimentPlan } | null;
  /** Why no plan could be made of what was asked last. */
  readonly planProblem: string | null;
  /** Requests without their last event, oldest first. */
  readonly pending: readonly Request['type'][];
  readonly progress: Progress | null;
  readonly problem: Problem | null;
  readonly notice: string | null;
  /** What was removed last, to be had back. */
  readonly removed: ExperimentRecord | null;
  /** Of one model and text, with the parts as trained and without some. */
  readonly inside: { readonly question: InsideQuestion; readonly looks: readonly InsideEvent[] } | null;
  readonly shapes: { readonly rows: readonly ShapeRow[]; readonly runner: string } | null;
}

export const useExperiments = create<ExperimentsState>()(() => ({
  device: null,
  records: null,
  underWay: {},
  selected: null,
  planned: null,
  planProblem: null,
  pending: [],
  progress: null,
  problem: null,
  notice: null,
  removed: null,
  inside: null,
  shapes: null,
}));

/** Takes in one event; `asked` is the experiment whose plan it answers, `runner` what measured it. */
export function experimentsEvent(event: Event, asked: Experiment | null, runner: string): void {
  useExperiments.setState((state) => ({
    pending: unanswered(state.pending, event),
    ...changes(event, state, asked, runner),
  }));
}

function changes(
  event: Event,
  state: ExperimentsState,
  asked: Experiment | null,
  runner: string,
): Partial<ExperimentsState> {
  switch (event.type) {
    case 'device':
      return { device: event.device };
    case 'progress':
      return { progress: event };
    case 'experiments':
      return { records: event.records, underWay: stillRunning(state.underWay, event.records) };
    case 'experiment': {
      const records = (state.records ?? []).map((known) => (known.id === event.record.id ? event.record : known));
      return { records, underWay: stillRunning(state.underWay, records) };
    }
    case 'experimentProgress':
      return {
        progress: null,
        underWay: {
          ...state.underWay,
          [event.id]: { jobs: event.jobs, secondsLeft: event.secondsLeft, secondsWaiting: event.secondsWaiting },
        },
      };
    case 'experimentProblem':
      return { problem: { request: 'addExperiment', message: event.message } };
    case 'experimentPlan':
      return { progress: null, planned: asked && { experiment: asked, plan: event.plan }, planProblem: null };
    case 'inside': {
      const { inside } = state;
      return { progress: null, inside: inside && { ...inside, looks: [...inside.looks, event] } };
    }
    case 'notice':
      return event.notice.kind === 'cpuChosen' ? {} : { notice: event.notice.cause };
    case 'shapes':
      return { progress: null, shapes: { rows: event.shapes, runner } };
    case 'error':
      if (event.request === 'planExperiment') return { progress: null, planned: null, planProblem: event.message };
      return { problem: { request: event.request, message: event.message }, progress: null };
    default:
      return {};
  }
}

/** What rests has nothing under way. */
function stillRunning(underWay: ExperimentsState['underWay'], records: readonly ExperimentRecord[]) {
  const running = new Set(records.filter(({ state }) => state === 'running').map(({ id }) => id));
  const kept = Object.entries(underWay).filter(([id]) => running.has(id));
  return kept.length === Object.keys(underWay).length ? underWay : Object.fromEntries(kept);
}

export function isAsked(...types: readonly Request['type'][]): boolean {
  return isPending(useExperiments.getState().pending, ...types);
}
