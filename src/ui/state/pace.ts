/**
 * How fast this browser trained last, to say before a run how long it will take. One measurement is kept: the work of a
 * step and the time it took; another model is taken to run at the same speed.
 */
export interface Pace {
  readonly flops: number;
  readonly milliseconds: number;
  readonly adapter: string;
}

const key = 'training-pace';

/** Storage may be denied: then the time is unknown until a run has been made in this visit. */
let current: Pace | null = read();

export function rememberPace(pace: Pace): void {
  current = pace;
  try {
    localStorage.setItem(key, JSON.stringify(pace));
  } catch {
    // The pace stays known for this visit.
  }
}

/** Milliseconds of a step of this much work; null when nothing was measured. */
export function stepTime(flops: number): number | null {
  return current && current.flops > 0 ? (current.milliseconds * flops) / current.flops : null;
}

function read(): Pace | null {
  try {
    const kept: Partial<Pace> = JSON.parse(localStorage.getItem(key) ?? '{}');
    return Number(kept.flops) > 0 && Number(kept.milliseconds) > 0 ? (kept as Pace) : null;
  } catch {
    return null;
  }
}
