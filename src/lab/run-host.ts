/** What a training run needs from where it lives, and what it tells there: a worker of the page, the command line, a test. */
import type { Curves } from '../train/curves';
import type { TrainerBackend } from '../train/trainer';
import type { RunRecord } from './run-record';
import type { RunSnapshot } from './run-snapshot';

/** What carries a run, and what to call it. */
export interface RunBackend {
  readonly backend: TrainerBackend;
  readonly adapter: string;
}

export interface RunHost {
  /** After a failure: another device to go on with; null when it was not the device that failed. */
  recover(error: unknown): Promise<RunBackend | null>;
  /** Milliseconds of any clock that only rises. */
  now(): number;
  onProgress(task: 'upload' | 'compile' | 'evaluate', done: number, total: number): void;
  /** Points of steps that were not passed before. */
  onPoints(points: Partial<Curves>): void;
  /** The state has changed, or the run went back to a snapshot on another device. */
  onRecord(record: RunRecord): void;
  /** Keeps a run; `last` when it comes to rest. The run does not wait unless it rests, and a failure is the host's matter. */
  keep(record: RunRecord, snapshot: RunSnapshot | null, last: boolean): Promise<void>;
}

export type RunIdentity = Pick<RunRecord, 'id' | 'name' | 'created'>;
