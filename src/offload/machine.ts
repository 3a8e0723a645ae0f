/**
 * The scheduling problem of one MoE layer as a value: one link that loads experts (β each), one processor that computes
 * them (α each), K slots, and perhaps a disk below the memory. Times are in any one unit; experts count from 0.
 * It says what has to be done, not in which order: that is a policy (policies.ts).
 * Source: CPM-2 (2106.10715), section 6.2, for α, β and K; the strict rule, the disk and the resident experts are ours.
 */

/**
 * When a load may start, t counting loads in their order and K being the slots:
 * - `strict`: a slot is taken from the start of a load to the end of its compute, so load t waits for compute t−K.
 * - `paper`: what constraint (ii) says and no more: load t does not end before compute t−K−1 has. Up to K+2 experts can
 *   then be on the device, counted from the start of a load.
 */
export type SlotRule = 'paper' | 'strict';
export const slotRules = ['paper', 'strict'] as const satisfies readonly SlotRule[];

/** A disk below the memory: what is not in memory is read first, and keeps its place there until its load has ended. */
export interface Tiers {
  /** γ: the time to read one expert from the disk. */
  readonly diskTime: number;
  /** How many experts the memory holds. */
  readonly memoryExperts: number;
  /** Which it holds at the start; without a list, the first ones. */
  readonly inMemory?: readonly number[];
}

export interface Machine {
  /** α of each expert; 0 for one without tokens, which is neither loaded nor computed. */
  readonly computeTimes: readonly number[];
  /** β: the time to load one expert. */
  readonly loadTime: number;
  /** K: how many experts the device holds. */
  readonly slots: number;
  readonly rule: SlotRule;
  /** Experts in slots at the start, most recently used first. */
  readonly resident?: readonly number[];
  readonly tiers?: Tiers;
  /**
   * How little a load and a compute slow each other where both use the same memory or processor: 1, as without it, is not at
   * all; with 0 they take turns. While both run, each goes at the rate 1 / (2 − overlap).
   */
  readonly overlap?: number;
}

/** Experts that have tokens, in index order. */
export function activeExperts({ computeTimes }: Machine): number[] {
  return [...computeTimes.keys()].filter((expert) => computeTime(computeTimes, expert) > 0);
}

export function computeTime(computeTimes: readonly number[], expert: number): number {
  const time = computeTimes[expert];
  if (time === undefined) {
    throw new RangeError(`There is no expert ${expert}: choose from 0 to ${computeTimes.length - 1}.`);
  }
  return time;
}

export const totalOf = (times: readonly number[]): number => times.reduce((sum, time) => sum + time, 0);

/** Reads a machine from JSON or a form. Throws a sentence for whatever is missing, unknown or impossible. */
export function parseMachine(value: unknown): Machine {
  const fields = record(value, 'The machine', [
    'computeTimes',
    'loadTime',
    'slots',
    'rule',
    'resident',
    'tiers',
    'overlap',
  ]);
  const computeTimes = parseComputeTimes(fields.computeTimes);
  const slots = positiveInteger(fields.slots, 'slots');
  const resident = optionalExperts(fields.resident, 'resident', computeTimes.length, slots, 'slots');
  const machine: Machine = {
    computeTimes,
    loadTime: positive(fields.loadTime, 'loadTime'),
    slots,
    rule: parseRule(fields.rule ?? 'strict'),
    ...(resident && { resident }),
    ...(fields.tiers !== undefined && { tiers: parseTiers(fields.tiers, computeTimes.length) }),
    ...(fields.overlap !== undefined && { overlap: share(fields.overlap, 'overlap') }),
  };
  const longest = totalOf(computeTimes) + computeTimes.length * (machine.loadTime + (machine.tiers?.diskTime ?? 0));
  if (!Number.isFinite(longest))
    throw new RangeError('The times add up to more than a number holds: use a larger unit.');
  return machine;
}

export function parseRule(value: unknown): SlotRule {
  const rule = slotRules.find((known) => known === value);
  if (!rule) throw new RangeError(`rule is ${JSON.stringify(value)}: choose ${slotRules.join(' or ')}.`);
  return rule;
}

function parseComputeTimes(value: unknown): readonly number[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new RangeError(`computeTimes is ${shown(value)}: give a list with the compute time of each expert.`);
  }
  return value.map((time, expert) => {
    if (typeof time !== 'number' || !(time >= 0 && time < Infinity)) {
      throw new RangeError(
        `computeTimes[${expert}] is ${shown(time)}: give a time of at least 0 (0: the expert has no tokens).`,
      );
    }
    return time;
  });
}

function parseTiers(value: unknown, experts: number): Tiers {
  const fields = record(value, 'tiers', ['diskTime', 'memoryExperts', 'inMemory']);
  const memoryExperts = positiveInteger(fields.memoryExperts, 'tiers.memoryExperts');
  const inMemory = optionalExperts(fields.inMemory, 'tiers.inMemory', experts, memoryExperts, 'tiers.memoryExperts');
  return { diskTime: positive(fields.diskTime, 'tiers.diskTime'), memoryExperts, ...(inMemory && { inMemory }) };
}

function optionalExperts(
  value: unknown,
  name: string,
  experts: number,
  capacity: number,
  capacityName: string,
): readonly number[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new RangeError(`${name} is ${shown(value)}: give a list of experts.`);
  for (const expert of value) {
    if (!Number.isInteger(expert) || expert < 0 || expert >= experts) {
      throw new RangeError(`${name} names expert ${shown(expert)}: choose whole numbers from 0 to ${experts - 1}.`);
    }
  }
  if (new Set(value).size < value.length) throw new RangeError(`${name} names an expert twice: name each once.`);
  if (value.length > capacity) {
    throw new RangeError(
      `${name} lists ${value.length} experts, ${capacityName} is ${capacity}: list fewer or raise ${capacityName}.`,
    );
  }
  return value as number[];
}

function record(value: unknown, name: string, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError(`${name} is ${shown(value)}: give an object with ${known.join(', ')}.`);
  }
  const unknownKey = Object.keys(value).find((key) => !known.includes(key));
  if (unknownKey !== undefined) {
    throw new RangeError(`${name} has an unknown field ${JSON.stringify(unknownKey)}: it knows ${known.join(', ')}.`);
  }
  return value as Record<string, unknown>;
}

function positive(value: unknown, name: string): number {
  if (typeof value === 'number' && value > 0 && value < Infinity) return value;
  throw new RangeError(`${name} is ${shown(value)}: give a time above 0.`);
}

function share(value: unknown, name: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new RangeError(`${name} is ${shown(value)}: give a number from 0 (they take turns) to 1 (neither slows).`);
}

function positiveInteger(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} is ${shown(value)}: give a whole number of at least 1.`);
}

/** NaN and Infinity as they are; JSON would say null. */
function shown(value: unknown): string {
  return typeof value === 'number' || value === undefined ? `${value ?? 'missing'}` : JSON.stringify(value);
}
