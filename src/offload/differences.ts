/**
 * Small machines on which two ways to look at one schedule part: found by going through random cases in a fixed order, so that
 * a whole class sees the same ones. Times are multiples of 1/20 of β, which is 1.
 */
import { threefry2x32 } from '../graph/random';
import { checkConstraints } from './constraints';
import { activeExperts, type Machine } from './machine';
import { type PolicyId, policies, runPolicy } from './policies';

export interface Difference {
  readonly machine: Machine;
  /** The case's number: search on behind it for the next one. */
  readonly at: number;
  /** The policy that shows it. */
  readonly policy: PolicyId;
}

/** Sums of times differ in their last bits with the order of adding. */
const tolerance = 1e-9;

/** Whether a machine with strict slots shows it. */
const kinds = {
  /** The greedy order keeps both constraints, and yet K strict slots make it wait. */
  rules: {
    policy: 'infmoe',
    shows: (machine: Machine) => {
      const order = policies.infmoe.order(machine);
      return (
        checkConstraints(machine, order).mends.length === 0 &&
        runPolicy(machine, 'infmoe').makespan > runPolicy({ ...machine, rule: 'paper' }, 'infmoe').makespan + tolerance
      );
    },
  },
  /** Some order keeps both constraints, and the greedy one does not. */
  greedy: {
    policy: 'infmoe',
    shows: (machine: Machine) =>
      checkConstraints(machine, policies.infmoe.order(machine)).mends.length > 0 && keepingOrder(machine) !== null,
  },
  /** Johnson's rule, the best there is with slots to spare, is beaten where they are few. */
  johnson: {
    policy: 'johnson',
    shows: (machine: Machine) =>
      runPolicy(machine, 'johnson').makespan > runPolicy(machine, 'optimum').makespan + tolerance,
  },
} as const satisfies Record<string, { policy: PolicyId; shows(machine: Machine): boolean }>;

export type DifferenceKind = keyof typeof kinds;
export const differenceKinds = Object.keys(kinds) as DifferenceKind[];

/** Cases that are looked through before giving up; each kind is found within a few hundred. */
const cases = 4000;

/** The first case behind number `after` (0 to start) that shows it; null when `cases` do not. */
export function findDifference(kind: DifferenceKind, after: number): Difference | null {
  const { policy, shows } = kinds[kind];
  for (let at = after + 1; at <= after + cases; at++) {
    const machine = smallMachine(at);
    if (shows(machine)) return { machine, at, policy };
  }
  return null;
}

/** An order that keeps (i) and (ii) at every place; null when there is none. Of so few experts all orders are tried. */
export function keepingOrder(machine: Machine): readonly number[] | null {
  const extend = (order: readonly number[], left: readonly number[]): readonly number[] | null => {
    if (checkConstraints(machine, order).mends.length > 0) return null;
    if (left.length === 0) return order;
    for (const expert of left) {
      const found = extend(
        [...order, expert],
        left.filter((other) => other !== expert),
      );
      if (found) return found;
    }
    return null;
  };
  return extend([], activeExperts(machine));
}

/** Four or five experts, two or three slots. */
function smallMachine(seed: number): Machine {
  const draw = (counter: number, from: number, to: number) =>
    from + (threefry2x32([seed, 0], [counter, 0])[0] % (to - from + 1));
  const experts = draw(0, 4, 5);
  return {
    computeTimes: Array.from({ length: experts }, (_, expert) => draw(expert + 2, 2, 52) / 20),
    loadTime: 1,
    slots: draw(1, 2, 3),
    rule: 'strict',
  };
}
