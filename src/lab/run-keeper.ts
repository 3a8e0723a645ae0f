/**
 * Keeps a run while it goes: writes at its own pace, so that storage takes at most about a tenth of the time, and tells of
 * failures once. Without storage the run goes on all the same.
 */
import type { RunRecord } from './run-record';
import type { RunSnapshot } from './run-snapshot';

/** Where runs are kept: the store of the browser, or a folder. */
export interface RunPlace {
  put(record: RunRecord, snapshot?: RunSnapshot): Promise<void>;
  /** Text of a file, under its hash. */
  putText(hash: string, text: string): Promise<void>;
}

/** Milliseconds between two writes at least, and as a multiple of what the last took. */
const shortestPause = 2000;
const pauseShare = 10;

export class RunKeeper {
  #writing: Promise<void> = Promise.resolve();
  #busy = false;
  #nextAt = 0;
  #told = false;

  constructor(
    private readonly place: RunPlace | null,
    /** Told once, with a sentence, when something could not be kept. */
    private readonly onProblem: (sentence: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Resolves when it is kept, could not be, or its turn was passed over; never rejects. A `last` one is never passed over. */
  async keep(record: RunRecord, snapshot: RunSnapshot | null, last: boolean): Promise<void> {
    if (!last && (this.#busy || this.now() < this.#nextAt)) return;
    this.#busy = true;
    this.#writing = this.#writing.then(() => this.#write(record, snapshot));
    await this.#writing;
  }

  /** The text that a recipe names by `hash`; after the record, so that no purge in between takes it for unused. */
  async keepText(hash: string, text: string): Promise<void> {
    this.#writing = this.#writing.then(() => this.#guard(() => this.place?.putText(hash, text)));
    await this.#writing;
  }

  async #write(record: RunRecord, snapshot: RunSnapshot | null): Promise<void> {
    this.#busy = true;
    const begun = this.now();
    await this.#guard(() => this.place?.put(record, snapshot ?? undefined));
    this.#nextAt = this.now() + Math.max(shortestPause, pauseShare * (this.now() - begun));
    this.#busy = false;
  }

  async #guard(work: () => Promise<void> | undefined): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#told) this.onProblem(error instanceof Error ? error.message : String(error));
      this.#told = true;
    }
  }
}
