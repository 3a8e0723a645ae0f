/**
 * One layer with random weights, simulated and run: the device is measured for exactly its experts, and each policy's order is
 * carried out several times beside what the simulation of the measured machine says.
 */
import type { Carrier } from './carrier';
import { constraintVerdict } from './constraint-verdict';
import { type ConstraintCheck, checkConstraints } from './constraints';
import { ExpertExecutor } from './expert-executor';
import { expertKeys } from './expert-shape';
import { type ExpertKey, type ExpertOrigin, type ExpertStore, MemoryStore } from './expert-store';
import { LayerBench, type LayerShape, randomExpert } from './layer-bench';
import { layerMachine } from './layer-machine';
import type { Machine } from './machine';
import { MachineMeter } from './measure';
import type { ComputeTime, MeasuredMachine } from './measured-machine';
import { type PolicyId, policies, policyMachine, runPolicy } from './policies';
import { tokensPerExpert } from './routing';
import { simulate, type Timeline } from './simulate';

/** One layer with random weights, made so that it can be measured on its own. Gated, as in SwiGLU, in 32 bits. */
export interface SyntheticLayer {
  /** E. */
  readonly experts: number;
  /** C and F. */
  readonly width: number;
  readonly ffnWidth: number;
  /** Rows that are shared out among the experts. */
  readonly tokens: number;
  /** As in routing.ts: 0 is even, 1 gives one expert all it can. */
  readonly imbalance: number;
  /** Of the weights. */
  readonly seed: number;
}

export interface LayerComparison {
  readonly policy: PolicyId;
  readonly machine: Machine;
  /** From the measured machine. */
  readonly simulated: Timeline;
  /** Of the repeats the one in the middle by makespan. */
  readonly measured: Timeline;
  /** Of all repeats, in the order they ran. */
  readonly makespans: readonly number[];
  /** (simulated − measured) / measured, of the medians. */
  readonly error: number;
  readonly constraints: ConstraintCheck;
  /** What the constraints say of this machine and order, in a sentence; null when they hold. */
  readonly verdict: string | null;
}

export interface ComparedLayer {
  /** Rows of each expert. */
  readonly counts: readonly number[];
  readonly measured: MeasuredMachine;
  readonly rows: readonly LayerComparison[];
  /** Why a policy was not run (the search beyond its limit), as sentences. */
  readonly refused: Readonly<Partial<Record<PolicyId, string>>>;
}

export interface CompareOptions {
  readonly policies: readonly PolicyId[];
  readonly slots: number;
  /** Runs of each policy; at least 1. */
  readonly repeats: number;
  /** Where the experts lie; memory unless given. */
  readonly openStore?: ((keys: readonly ExpertKey[], origin: ExpertOrigin) => Promise<ExpertStore>) | undefined;
  readonly onRow?: ((row: LayerComparison) => void) | undefined;
  /** Rounds done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Asked between two runs; leaves by throwing. */
  readonly check?: (() => void) | undefined;
}

/** Throws a sentence for a layer that cannot be made. */
export function layerShape(layer: SyntheticLayer): LayerShape {
  const { experts, width, ffnWidth, tokens, imbalance } = layer;
  for (const [name, value, most] of [
    ['experts', experts, 64],
    ['width', width, 8192],
    ['ffnWidth', ffnWidth, 32768],
    ['tokens', tokens, 65536],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 1 || value > most) {
      throw new RangeError(`${name} is ${value}: give a whole number from 1 to ${most}.`);
    }
  }
  if (!(imbalance >= 0 && imbalance <= 1))
    throw new RangeError(`imbalance is ${imbalance}: give a number from 0 to 1.`);
  return { experts, width, ffnWidth, rows: tokens, activation: 'silu', gated: true, branches: 1, half: false };
}

/** Passes of measuring before the first run, so that orders are made from numbers. */
const firstPasses = 2;

/**
 * In rounds: each measures the device once more and runs every policy once, so that a machine that changes its pace changes it
 * for all. Orders are made from the first passes; the simulation of those orders uses the medians of all. The caller closes
 * the carrier.
 */
export async function compareLayer(
  carrier: Carrier,
  layer: SyntheticLayer,
  { policies: ids, slots, repeats, openStore, onRow, onProgress = () => {}, check = () => {} }: CompareOptions,
): Promise<ComparedLayer> {
  const shape = layerShape(layer);
  if (!Number.isSafeInteger(slots) || slots < 1) {
    throw new RangeError(`There are ${slots} slots: give a whole number of at least 1, an expert computes in one.`);
  }
  const counts = tokensPerExpert(layer);
  const keys = expertKeys({ layers: 1, experts: layer.experts });
  const origin: ExpertOrigin = ({ expert }) => randomExpert(shape, layer.seed + expert);
  const store = (await openStore?.(keys, origin)) ?? new MemoryStore(keys, origin);
  const rows = counts.filter((count) => count > 0);
  const files = store.tier === 'files' ? { store, keys } : undefined;
  const meter = await MachineMeter.open(carrier, shape, { rows, layer: counts, files });
  const benches = new Map<number, LayerBench>();
  try {
    for (let pass = 0; pass < firstPasses; pass++) await meter.pass();
    const first = await meter.result();
    const refused: Partial<Record<PolicyId, string>> = {};
    const runners: Runner[] = [];
    const orders = new Map<PolicyId, readonly number[]>();
    for (const policy of ids) {
      try {
        const machine = layerMachine(first, counts, { slots, tier: store.tier });
        orders.set(policy, runPolicy(machine, policy).order);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        refused[policy] = error.message;
        continue;
      }
      const own = policy === 'resident' ? shape.experts : slots;
      const bench = benches.get(own) ?? (await LayerBench.open(carrier, shape, own));
      benches.set(own, bench);
      bench.route(counts);
      runners.push({ policy, bench, slots: own, order: orders.get(policy), timelines: [] });
    }
    // The first round warms up.
    for (let round = 0; round <= repeats; round++) {
      if (round > 0) await meter.pass();
      for (const runner of runners) {
        check();
        const timeline = await runOnce(runner, { machine: first, store, experts: shape.experts, counts });
        if (round > 0) runner.timelines.push(timeline);
      }
      onProgress(round + 1, repeats + 1);
    }
    const measured = await meter.result();
    const compared = runners.map((runner) => {
      const on = { ...measured, computeTimes: timesUnder(runner.policy, measured) };
      return rowOf(runner, layerMachine(on, counts, { slots, tier: store.tier }));
    });
    for (const row of compared) onRow?.(row);
    return { counts, measured, rows: compared, refused };
  } finally {
    meter.destroy();
    for (const bench of benches.values()) bench.destroy();
  }
}

interface Runner {
  readonly policy: PolicyId;
  readonly bench: LayerBench;
  readonly slots: number;
  /** Made before the clock runs: a search takes longer than the layer. */
  readonly order: readonly number[] | undefined;
  readonly timelines: Timeline[];
}

interface Run {
  readonly machine: MeasuredMachine;
  readonly store: ExpertStore;
  readonly experts: number;
  readonly counts: readonly number[];
}

async function runOnce(
  { policy, bench, slots, order }: Runner,
  { machine, store, experts, counts }: Run,
): Promise<Timeline> {
  const { device } = bench;
  const executor = new ExpertExecutor({ policy, slots, machine, store, device, layers: 1, experts });
  await executor.fill();
  const running = executor.run({
    ...{ step: 0, layer: 0, next: 0, counts, order },
    compute: (expert, slot) => bench.compute(expert, slot),
  });
  return (await running.done).timeline;
}

/** Residents are not loaded before; on demand, every load waits until it is heard that the compute before is done. */
function timesUnder(
  policy: PolicyId,
  { computeTimes, restingTimes, latency }: MeasuredMachine,
): readonly ComputeTime[] {
  if (policy === 'resident') return restingTimes;
  if (policies[policy].overlap) return computeTimes;
  return computeTimes.map(({ rows, milliseconds }) => ({ rows, milliseconds: milliseconds + latency }));
}

function rowOf({ policy, timelines }: Runner, machine: Machine): LayerComparison {
  const middle = [...timelines].sort((a, b) => a.makespan - b.makespan)[(timelines.length - 1) >> 1] as Timeline;
  const on = policyMachine(machine, policy);
  const simulated = simulate(on, middle.order, policies[policy].overlap);
  return {
    ...{ policy, simulated },
    machine: on,
    measured: middle,
    makespans: timelines.map(({ makespan }) => makespan),
    error: (simulated.makespan - middle.makespan) / middle.makespan,
    constraints: checkConstraints(on, middle.order),
    verdict: constraintVerdict(on, middle.order),
  };
}
