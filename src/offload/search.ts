/**
 * The shortest order by branch and bound, under either slot rule. Two things cut branches: a lower bound of what is left,
 * and dominance: of two orders of the same experts, one that is nowhere later leaves nothing better to the other.
 * Memory grows like 2^T, so more than ten experts are refused. Where loads and computes slow each other an earlier start may
 * cost more than it gains, so nothing is dominated: every order is tried, for up to seven experts.
 */
import { type Lanes, lastEnd, openLanes, place, takeBack } from './lanes';
import { activeExperts, computeTime, type Machine, totalOf } from './machine';
import { lowerBound, simulate } from './simulate';

export const searchLimit = 10;
export const sharedSearchLimit = 7;

/** `guesses` are orders to beat; the better they are, the less is searched. Throws a sentence beyond `searchLimit`. */
export function shortestOrder(machine: Machine, guesses: readonly (readonly number[])[]): number[] {
  const active = activeExperts(machine);
  const shared = (machine.overlap ?? 1) < 1;
  const limit = shared ? sharedSearchLimit : searchLimit;
  if (active.length > limit) {
    const where = shared ? ' where loads and computes slow each other' : '';
    throw new RangeError(
      `The optimum is searched for up to ${limit} experts${where}, here ${active.length} have tokens: choose another policy, or a smaller layer.`,
    );
  }
  if (shared) return shortestOfAll(machine, active, guesses);
  // Largest first finds good orders early.
  const candidates = active.sort((a, b) => computeTime(machine.computeTimes, b) - computeTime(machine.computeTimes, a));
  const search = new Search(machine, candidates);
  for (const order of guesses) search.offer(order, simulate(machine, order).makespan);
  for (const first of candidates) search.branch(openLanes(machine, active, first, true), first, candidates);
  return [...search.best];
}

/** Every order, one swap after the other (Heap's algorithm). */
function shortestOfAll(machine: Machine, active: readonly number[], guesses: readonly (readonly number[])[]): number[] {
  const bound = lowerBound(machine);
  let best: readonly number[] = active;
  let makespan = Infinity;
  const offer = (order: readonly number[]): void => {
    const found = simulate(machine, order).makespan;
    if (found >= makespan) return;
    best = [...order];
    makespan = found;
  };
  for (const guess of guesses) offer(guess);
  const order = [...active];
  const permute = (count: number): void => {
    if (makespan <= bound) return;
    if (count <= 1) offer(order);
    for (let index = 0; count > 1 && index < count; index++) {
      permute(count - 1);
      const other = count % 2 === 0 ? index : 0;
      [order[other], order[count - 1]] = [order[count - 1] as number, order[other] as number];
    }
  };
  permute(order.length);
  return [...best];
}

class Search {
  best: readonly number[] = [];
  private makespan = Infinity;
  private readonly bound: number;
  private readonly seen = new Map<string, number[][]>();

  constructor(
    private readonly machine: Machine,
    private readonly candidates: readonly number[],
  ) {
    this.bound = lowerBound(machine);
  }

  offer(order: readonly number[], makespan: number): void {
    if (makespan >= this.makespan) return;
    this.best = [...order];
    this.makespan = makespan;
  }

  branch(lanes: Lanes, expert: number, left: readonly number[]): void {
    if (this.makespan <= this.bound) return;
    place(lanes, expert);
    const rest = left.filter((candidate) => candidate !== expert);
    if (rest.length === 0) {
      const order = lanes.computes.map((interval) => interval.expert);
      this.offer(order, lastEnd(lanes.computes));
    } else if (this.leastPossible(lanes, rest) < this.makespan && !this.isDominated(lanes, rest)) {
      for (const next of rest) this.branch(lanes, next, rest);
    }
    takeBack(lanes);
  }

  private leastPossible(lanes: Lanes, rest: readonly number[]): number {
    const times = rest.map((expert) => computeTime(this.machine.computeTimes, expert));
    const loaded = times.filter((_, index) => !lanes.resident.has(rest[index] as number));
    const byLoads = loaded.length === 0 ? 0 : loaded.length * this.machine.loadTime + Math.min(...loaded);
    return Math.max(lastEnd(lanes.computes) + totalOf(times), lastEnd(lanes.loads) + byLoads);
  }

  /** Every later start is a maximum over these ends, so an order that is nowhere earlier cannot end earlier. */
  private isDominated({ computes, loads, reads, resident, inMemory }: Lanes, rest: readonly number[]): boolean {
    const places = this.machine.tiers ? Math.min(this.machine.tiers.memoryExperts, this.candidates.length) : 1;
    const ends = [
      ...computes.slice(-this.machine.slots - 2).map(({ end }) => end),
      ...loads.slice(-places).map(({ end }) => end),
      lastEnd(reads),
    ];
    const key = `${[...rest].sort().join()} ${[...resident].join()} ${[...inMemory].join()}`;
    const known = this.seen.get(key) ?? [];
    if (known.some((other) => other.every((end, index) => end <= (ends[index] as number)))) return true;
    this.seen.set(key, [
      ...known.filter((other) => !other.every((end, index) => end >= (ends[index] as number))),
      ends,
    ]);
    return false;
  }
}
