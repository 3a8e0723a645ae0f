/**
 * What the worker has said about the device and the model, and what it still owes an answer to.
 * The text being written is in writing.ts.
 */
import { create } from 'zustand';
import { unanswered } from '../../worker/client';
import type {
  CalibrationRow,
  Ceilings,
  DeviceReport,
  Event,
  KernelTime,
  ModelReport,
  ModelSource,
  Notice,
  Request,
} from '../../worker/protocol';

export type Progress = Extract<Event, { type: 'progress' }>;

/** With the time its task began. */
export type TimedProgress = Progress & { readonly begun: number };

/** The progress that follows another: a task that goes on began when it began. */
export function timed(event: Progress, before: TimedProgress | null): TimedProgress {
  return { ...event, begun: before?.task === event.task ? before.begun : performance.now() };
}

export interface Problem {
  readonly request: Request['type'];
  /** A sentence to be shown as it is. */
  readonly message: string;
}

interface EngineState {
  readonly device: DeviceReport | null;
  readonly model: ModelReport | null;
  /** Where the loaded model comes from. */
  readonly loaded: ModelSource | null;
  /** Models that were asked for and are not loaded yet, oldest first. */
  readonly loads: readonly ModelSource[];
  /** Requests without their last event, oldest first. */
  readonly pending: readonly Request['type'][];
  readonly progress: Progress | null;
  readonly problem: Problem | null;
  readonly notice: Notice | null;
  readonly kernels: readonly KernelTime[] | null;
  /** Why the kernels could not be timed. */
  readonly kernelsProblem: string | null;
  readonly calibration: readonly CalibrationRow[] | null;
  readonly ceilings: Ceilings | null;
}

export const useEngine = create<EngineState>()(() => ({
  device: null,
  model: null,
  loaded: null,
  loads: [],
  pending: [],
  progress: null,
  problem: null,
  notice: null,
  kernels: null,
  kernelsProblem: null,
  calibration: null,
  ceilings: null,
}));

/** Takes in one event of the worker. */
export function engineEvent(event: Event): void {
  useEngine.setState((state) => ({ pending: unanswered(state.pending, event), ...changes(event, state) }));
}

function changes(event: Event, { loads, model }: EngineState): Partial<EngineState> {
  switch (event.type) {
    case 'device':
      return { device: event.device };
    case 'progress':
      return { progress: event };
    case 'model':
      return {
        model: event.model,
        loaded: loads[0] ?? null,
        loads: loads.slice(1),
        progress: null,
        kernels: null,
        kernelsProblem: null,
      };
    case 'profile':
      return { kernels: event.kernels, kernelsProblem: null };
    case 'calibration':
      return { calibration: event.rows, progress: null };
    case 'comparison':
      return { model: model && { ...model, ...event.model }, progress: null, kernels: null, kernelsProblem: null };
    case 'ceilings':
      return { ceilings: event.ceilings };
    case 'notice':
      return { notice: event.notice };
    case 'error':
      if (event.request === 'profile') return { kernelsProblem: event.message };
      return {
        problem: { request: event.request, message: event.message },
        progress: null,
        // The model that could not be loaded is given up; the one before it is still there.
        ...(event.request === 'load' && { loads: loads.slice(1) }),
      };
    default:
      return {};
  }
}

/** What the adapter reaches, where it runs the model and so bounds its speed. */
export function boundingCeilings({ device, ceilings }: EngineState): Ceilings | null {
  return device?.backend === 'gpu' ? ceilings : null;
}

/** The model that was asked for last: what the picker shows. */
export function chosenSource({ loaded, loads }: EngineState): ModelSource | null {
  return loads.at(-1) ?? loaded;
}

export function isPending(pending: readonly Request['type'][], ...types: readonly Request['type'][]): boolean {
  return pending.some((type) => types.includes(type));
}
