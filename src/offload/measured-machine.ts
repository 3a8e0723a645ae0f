/** What was measured of a device for experts of one shape: the numbers that a simulation of it needs. Times are in milliseconds. */

/** α: an expert with so many rows. */
export interface ComputeTime {
  readonly rows: number;
  readonly milliseconds: number;
}

export interface MeasuredMachine {
  readonly backend: 'gpu' | 'cpu';
  readonly adapter: string;
  readonly bytesPerExpert: number;
  /**
   * α by rows, ascending: of an expert that was loaded just before, so that a processor that also copies still has it in its
   * caches; among computes that were begun one behind the other, where a device computes while experts are loaded.
   */
  readonly computeTimes: readonly ComputeTime[];
  /** The same of an expert that lay in its slot while others were computed. */
  readonly restingTimes: readonly ComputeTime[];
  /** From when a compute is done to when the executor hears of it: paid wherever the next step waits for that. */
  readonly latency: number;
  /** α by the device's own timestamps, without the way there and back; null where it has none. */
  readonly timestamps: readonly ComputeTime[] | null;
  /** β: one expert from memory into a slot; one that was read from a file is checked on the way. */
  readonly loadTime: number;
  /** γ: one expert from its file into memory; null where no files are used. */
  readonly diskTime: number | null;
  /** 1: a load and a compute do not slow each other; 0: they take turns. */
  readonly overlap: number;
  /** The same of a read from a file and a compute; null where no files are used. */
  readonly readOverlap: number | null;
}

/** α for any number of rows: linear between what was measured, proportional beyond the largest; 0 without rows. */
export function computeTimeOf({ computeTimes }: Pick<MeasuredMachine, 'computeTimes'>, rows: number): number {
  return timeOf(computeTimes, rows);
}

/** The same of an expert that was not loaded for these rows. */
export function restingTimeOf({ restingTimes }: Pick<MeasuredMachine, 'restingTimes'>, rows: number): number {
  return timeOf(restingTimes, rows);
}

function timeOf(computeTimes: readonly ComputeTime[], rows: number): number {
  if (rows <= 0) return 0;
  const above = computeTimes.find((time) => time.rows >= rows);
  const below = computeTimes.findLast((time) => time.rows <= rows);
  if (!above && !below) throw new RangeError('No compute time was measured: measure the machine first.');
  if (!above || !below) {
    const edge = (above ?? below) as ComputeTime;
    // Fewer rows than were ever timed cost as much as the fewest that were: the floor is the dispatch, not the rows.
    return above ? edge.milliseconds : (edge.milliseconds * rows) / edge.rows;
  }
  if (above.rows === below.rows) return above.milliseconds;
  const share = (rows - below.rows) / (above.rows - below.rows);
  return below.milliseconds + share * (above.milliseconds - below.milliseconds);
}
