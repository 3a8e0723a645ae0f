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

export interface Problem {
  readonly request: Request['type'];
  /** A sentence to be shown as it is. */
  readonly message: string;
}

interface EngineState {
  readonly device: DeviceReport | null;
  readonly model: ModelReport | null;
  /** Where the loaded model, or the one that is being loaded, comes from. */
  readonly source: ModelSource | null;
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
  source: null,
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
  useEngine.setState((state) => ({ pending: unanswered(state.pending, event), ...changes(event) }));
}

function changes(event: Event): Partial<EngineState> {
  switch (event.type) {
    case 'device':
      return { device: event.device };
    case 'progress':
      return { progress: event };
    case 'model':
      return { model: event.model, progress: null, kernels: null, kernelsProblem: null };
    case 'profile':
      return { kernels: event.kernels, kernelsProblem: null };
    case 'calibration':
      return { calibration: event.rows, progress: null };
    case 'ceilings':
      return { ceilings: event.ceilings };
    case 'notice':
      return { notice: event.notice };
    case 'error':
      return event.request === 'profile'
        ? { kernelsProblem: event.message }
        : { problem: { request: event.request, message: event.message }, progress: null };
    default:
      return {};
  }
}

export function isPending(pending: readonly Request['type'][], ...types: readonly Request['type'][]): boolean {
  return pending.some((type) => types.includes(type));
}
