/**
 * Long work in short slices: runs a generator until 20 ms have passed, lets the event loop turn (messages, a wish to stop),
 * and goes on. So a worker can tokenise 20 MB and still be stopped at once.
 */

const sliceMilliseconds = 20;

/** What was asked to stop, stopped: no failure. */
export class Stopped extends Error {
  override readonly name = 'Stopped';

  constructor() {
    super('The preparation of the text was stopped.');
  }
}

export interface SliceControl<P> {
  readonly onProgress?: (progress: P) => void;
  /** Asked after each slice. */
  readonly shouldStop?: () => boolean;
}

/** Returns what the generator returns; its last progress of each slice is reported. Throws Stopped. */
export async function inSlices<P, R>(work: Generator<P, R, void>, control: SliceControl<P> = {}): Promise<R> {
  for (;;) {
    const until = performance.now() + sliceMilliseconds;
    let step = work.next();
    while (!step.done && performance.now() < until) step = work.next();
    if (step.done) return step.value;
    control.onProgress?.(step.value);
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (control.shouldStop?.()) throw new Stopped();
  }
}
