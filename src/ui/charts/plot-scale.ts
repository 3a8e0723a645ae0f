/** From values to places along an axis, linear or logarithmic, and the values that are written beside it. */
import { powerTicks, roundTicks } from './round-ticks';

export interface Scale {
  readonly ticks: readonly number[];
  readonly first: number;
  readonly last: number;
  /** Share of the way along the axis, 0 at `first` and 1 at `last`. */
  share(value: number): number;
}

/** An axis exactly from `first` to `last`, for steps. */
export function stepScale(first: number, last: number, kind: 'linear' | 'log'): Scale {
  const from = kind === 'log' ? Math.max(1, first) : first;
  return { ticks: kind === 'log' ? powerTicks(from, last) : roundTicks(from, last), ...shares(from, last, kind) };
}

/** An axis that holds every value and starts and ends at a round number; without values it goes from 0 to 1. */
export function valueScale(values: readonly number[], kind: 'linear' | 'log', fromZero: boolean): Scale {
  const [least, most] = range(values);
  return kind === 'log' ? logScale(least, most) : linearScale(fromZero ? Math.min(0, least) : least, most);
}

function linearScale(least: number, most: number): Scale {
  const span = most - least || Math.abs(most) || 1;
  const step = niceStep(span / 4);
  const first = Math.floor(least / step + 1e-9) * step;
  const count = Math.max(1, Math.ceil((most - first) / step - 1e-9));
  // Multiplied, not added up, so that 0.3 stays 0.3; rounded, because 3 × 0.1 is not.
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((first + index * step).toPrecision(12)));
  return { ticks, ...shares(first, first + count * step, 'linear') };
}

/** Whole decades where there are several, else 1, 2 and 5 of each. */
function logScale(least: number, most: number): Scale {
  const floor = least > 0 ? least : most > 0 ? most / 1000 : 1e-3;
  const low = Math.floor(Math.log10(floor) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(most, floor)) - 1e-9));
  const every = Math.ceil((high - low) / 5);
  const decades = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  const ticks =
    high - low > 2
      ? decades.filter((decade) => (decade - low) % every === 0).map((decade) => 10 ** decade)
      : decades
          .flatMap((decade) => [1, 2, 5].map((factor) => factor * 10 ** decade))
          .filter((tick) => tick <= 10 ** high);
  return { ticks, ...shares(10 ** low, 10 ** high, 'log') };
}

function shares(first: number, last: number, kind: 'linear' | 'log'): Omit<Scale, 'ticks'> {
  const place = kind === 'log' ? Math.log10 : (value: number) => value;
  const start = place(first);
  const span = place(last) - start || 1;
  return { first, last, share: (value) => (place(value) - start) / span };
}

function range(values: readonly number[]): readonly [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least <= most ? [least, most] : [0, 1];
}

/** 1, 2 or 5 times a power of ten, not below `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
}
