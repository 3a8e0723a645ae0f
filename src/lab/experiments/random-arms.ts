/**
 * Configurations drawn at random: whole numbers, as likely on each doubling of the range, no configuration twice. Draw i of a
 * seed is the same on every machine, and a larger count only adds to a smaller one.
 */
import { exp, log } from '../../graph/exact-math';
import { threefry2x32, uniform24 } from '../../graph/random';
import { type AxisValue, axisOf } from './axes';
import type { Arms, RandomRange } from './experiment';

type RandomArms = Extract<Arms, { kind: 'random' }>;

/** Second word of the key, so that no other use of a seed draws the same numbers. */
const stream = 0x0a59_0001;

/** Draws before a range is held to be exhausted, for each configuration that is wanted. */
const drawsEach = 200;

/** At most `count` configurations, in the order of the ranges; `short` says how many are missing, since no more were found. */
export function randomValues({ ranges, count, seed }: RandomArms): {
  readonly values: readonly (readonly AxisValue[])[];
  readonly short: number;
} {
  const found = new Map<string, readonly number[]>();
  for (let draw = 0; draw < count * drawsEach && found.size < count; draw++) {
    const values = ranges.map((range, index) => {
      const [bits] = threefry2x32([seed, stream], [draw, index]);
      return drawn(range, uniform24(bits));
    });
    const key = values.join();
    if (!found.has(key)) found.set(key, values);
  }
  return { values: [...found.values()], short: count - found.size };
}

/** The number at `share` of the way from the smallest to the largest on a log scale. */
function drawn({ key, from, to }: RandomRange, share: number): number {
  const { values } = axisOf(key);
  const multiple = (values.kind === 'integer' && values.multiple) || 1;
  const [first, last] = [Math.ceil(from / multiple), Math.floor(to / multiple)];
  // A range without a multiple in it: the nearest end stands for it, and the arm's own check speaks.
  if (first > last) return from;
  const [low, high] = [log(first), log(last + 1)];
  return multiple * Math.min(last, Math.max(first, Math.floor(exp(low + share * (high - low)))));
}
