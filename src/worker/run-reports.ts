/**
 * What the page hears of a run: its record when the state changes, and points in between, at most four times a second. A
 * record holds all points, so those that wait are dropped when one is sent.
 */
import type { RunRecord } from '../lab/run-record';
import type { Curves } from '../train/curves';
import type { Event } from './protocol';

const shortestPause = 250;

export interface RunPace {
  readonly seconds: number;
  readonly stepMilliseconds: number;
  readonly stepsLeft: number;
}

export class RunReports {
  #waiting: Partial<Curves> = {};
  #timer: ReturnType<typeof setTimeout> | null = null;
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly id: string,
    private readonly pace: () => RunPace,
    private readonly emit: (event: Event) => void,
  ) {}

  record(record: RunRecord): void {
    this.#clear();
    this.emit({ type: 'run', record });
  }

  points(points: Partial<Curves>): void {
    const kinds = Object.keys(points) as (keyof Curves)[];
    const joined = kinds.map((kind) => [kind, [...(this.#waiting[kind] ?? []), ...(points[kind] ?? [])]]);
    this.#waiting = { ...this.#waiting, ...Object.fromEntries(joined) };
    if (this.#timer !== null) return;
    const pause = this.#sentAt + shortestPause - performance.now();
    if (pause <= 0) this.send();
    else this.#timer = setTimeout(() => this.send(), pause);
  }

  /** What waits, at once, even if it is nothing. */
  send(): void {
    const points = this.#waiting;
    this.#clear();
    this.#sentAt = performance.now();
    this.emit({ type: 'runPoints', id: this.id, points, ...this.pace() });
  }

  #clear(): void {
    this.#waiting = {};
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
