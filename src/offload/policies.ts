/**
 * In which order the experts of one layer are loaded and computed, and whether the two overlap: policies as values. What
 * to keep on the device from one layer or token to the next is another question: caches.ts.
 */
import { covers, hasRoom } from './constraints';
import { activeExperts, computeTime, type Machine, parseMachine } from './machine';
import { shortestOrder } from './search';
import { simulate, type Timeline } from './simulate';

export interface Policy {
  readonly name: string;
  readonly source: string;
  readonly about: string;
  /** `false`: the next load starts only after a compute has ended. */
  readonly overlap: boolean;
  /** Every expert has a place of its own; K does not apply. */
  readonly allResident?: true;
  readonly order: (machine: Machine) => readonly number[];
}

export const policies = {
  resident: {
    name: 'All resident',
    source: 'ours',
    about: 'Nothing is loaded: the time that a device with room for every expert would take.',
    overlap: true,
    allResident: true,
    order: activeExperts,
  },
  'on-demand': {
    name: 'On demand',
    source: 'ours',
    about: 'Each expert is loaded when its turn comes and computed when it has arrived; nothing overlaps.',
    overlap: false,
    order: activeExperts,
  },
  ring: {
    name: 'Index-order prefetch',
    source: 'public InfMoE',
    about: 'Experts that have tokens, in index order; the next is copied into a ring of K slots while one is computed.',
    overlap: true,
    order: activeExperts,
  },
  infmoe: {
    name: 'InfMoE’s greedy order',
    source: 'CPM-2 paper, reconstruction',
    about:
      'The smallest remaining compute time that keeps both constraints of the paper, and the largest if none does.',
    overlap: true,
    order: greedyOrder,
  },
  johnson: {
    name: 'Johnson’s rule',
    source: 'Johnson 1954',
    about: 'The largest compute time first, which no order beats as long as slots are to spare.',
    overlap: true,
    order: johnsonOrder,
  },
  optimum: {
    name: 'Optimum',
    source: 'ours',
    about: 'The shortest of all orders under the slot rule, found by branch and bound for up to ten experts.',
    overlap: true,
    order: (machine) => shortestOrder(machine, [johnsonOrder(machine), greedyOrder(machine), activeExperts(machine)]),
  },
} as const satisfies Record<string, Policy>;

export type PolicyId = keyof typeof policies;
export const policyIds = Object.keys(policies) as PolicyId[];

export function parsePolicy(id: unknown): PolicyId {
  const known = policyIds.find((candidate) => candidate === id);
  if (!known) throw new RangeError(`There is no policy ${JSON.stringify(id)}: choose ${policyIds.join(', ')}.`);
  return known;
}

/** Throws a sentence for an impossible machine, and for more experts than a search takes. */
export function runPolicy(machine: Machine, id: PolicyId): Timeline {
  const policy: Policy = policies[id];
  const on = policyMachine(parseMachine(machine), id);
  return simulate(on, policy.order(on), policy.overlap);
}

/** The machine that a policy runs on: with every expert in a slot of its own for `resident`, as given for all others. */
export function policyMachine(machine: Machine, id: PolicyId): Machine {
  const policy: Policy = policies[id];
  if (!policy.allResident) return machine;
  const { tiers: _, ...device } = machine;
  const everyone = [...machine.computeTimes.keys()];
  return { ...device, slots: everyone.length, resident: everyone };
}

function greedyOrder(machine: Machine): number[] {
  return residentFirst(machine, greedy);
}

function johnsonOrder(machine: Machine): number[] {
  return residentFirst(machine, largestFirst);
}

/** Residents cost no load and cover the first ones, so they go first, in the largest-first order of Johnson's rule. */
function residentFirst(machine: Machine, order: (machine: Machine, experts: readonly number[]) => number[]): number[] {
  const active = activeExperts(machine);
  const isResident = (expert: number) => machine.resident?.includes(expert) ?? false;
  const residents = largestFirst(machine, active.filter(isResident));
  return [
    ...residents,
    ...order(
      machine,
      active.filter((expert) => !isResident(expert)),
    ),
  ];
}

function largestFirst({ computeTimes }: Machine, experts: readonly number[]): number[] {
  return [...experts].sort((a, b) => computeTime(computeTimes, b) - computeTime(computeTimes, a) || a - b);
}

/** The choice for place t decides the constraints of place t+1; whatever is last meets none. O(T²). */
function greedy(machine: Machine, experts: readonly number[]): number[] {
  const remaining = largestFirst(machine, experts).reverse();
  const order: number[] = [];
  let computed = 0;
  while (remaining.length > 0) {
    const next = order.length + 2;
    const kept = remaining.findIndex((expert) => {
      const sum = computed + computeTime(machine.computeTimes, expert);
      return remaining.length === 1 || (covers(sum, next, machine.loadTime) && hasRoom(sum, next, machine));
    });
    const [expert] = remaining.splice(kept < 0 ? remaining.length - 1 : kept, 1) as [number];
    order.push(expert);
    computed += computeTime(machine.computeTimes, expert);
  }
  return order;
}
