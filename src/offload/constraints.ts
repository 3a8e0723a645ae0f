/**
 * The two constraints of CPM-2 (2106.10715, section 6.2) on an order of experts, and what would mend those it breaks.
 * For every place t = 1 … T:
 *   (i)   Σ_{i<t} α_i ≥ (t−1)·β      the load of expert t is covered by computes before it
 *   (ii)  Σ_{i<t} α_i ≤ (t+K−1)·β    loads do not run further ahead than the device has room for
 * The paper knows neither resident experts nor a disk: both are left aside, and only experts that must be loaded count.
 */
import { computeTime, type Machine } from './machine';

/** Sums of times differ in their last bits with the order of adding. */
const tolerance = 1e-9;

export interface ConstraintCheck {
  /** Places t, from 1 and without residents, where (i) or (ii) does not hold. */
  readonly uncovered: readonly number[];
  readonly overfull: readonly number[];
  /** What makes this very order keep both constraints; empty when it does. `slots` is the K needed along with it. */
  readonly mends: readonly Mend[];
}

export type Mend =
  /** Every α times `factor`: more tokens in the batch, routed in the same proportions. */
  | { readonly kind: 'larger batch'; readonly factor: number; readonly slots: number }
  /** β divided by `factor`. */
  | { readonly kind: 'faster link'; readonly factor: number; readonly slots: number }
  | { readonly kind: 'more slots'; readonly slots: number };

export function covers(computedBefore: number, t: number, loadTime: number): boolean {
  return computedBefore >= (t - 1) * loadTime * (1 - tolerance);
}

export function hasRoom(computedBefore: number, t: number, { loadTime, slots }: Machine): boolean {
  return computedBefore <= (t + slots - 1) * loadTime * (1 + tolerance);
}

export function checkConstraints(machine: Machine, order: readonly number[]): ConstraintCheck {
  const before = computedBefore(machine, order);
  const uncovered = places(before, (sum, t) => !covers(sum, t, machine.loadTime));
  const overfull = places(before, (sum, t) => !hasRoom(sum, t, machine));
  return { uncovered, overfull, mends: mendsOf(machine, before, uncovered.length > 0, overfull.length > 0) };
}

/** Σ_{i<t} α_i for t = 1 … T. */
function computedBefore({ computeTimes, resident }: Machine, order: readonly number[]): number[] {
  let sum = 0;
  return order
    .filter((expert) => !resident?.includes(expert))
    .map((expert) => {
      const before = sum;
      sum += computeTime(computeTimes, expert);
      return before;
    });
}

function places(before: readonly number[], broken: (sum: number, t: number) => boolean): number[] {
  return before.flatMap((sum, index) => (broken(sum, index + 1) ? [index + 1] : []));
}

function mendsOf(machine: Machine, before: readonly number[], uncovered: boolean, overfull: boolean): Mend[] {
  if (!uncovered) return overfull ? [{ kind: 'more slots', slots: slotsNeeded(machine, before, 1) }] : [];
  // Only α/β counts, so both ways to raise it need the same factor.
  const factor = Math.max(...before.slice(1).map((sum, index) => ((index + 1) * machine.loadTime) / sum));
  const slots = slotsNeeded(machine, before, factor);
  return [
    { kind: 'larger batch', factor, slots },
    { kind: 'faster link', factor, slots },
  ];
}

function slotsNeeded({ loadTime, slots }: Machine, before: readonly number[], factor: number): number {
  const needed = before.map((sum, index) => Math.ceil(((sum * factor) / loadTime) * (1 - tolerance)) - index);
  return Math.max(slots, ...needed);
}
