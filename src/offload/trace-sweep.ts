/**
 * Tokens a second against K under each policy, from the measured machine and the experts that a real text asked for: what the
 * caches and orders would have done with another K. Of decoded tokens only: each layer asks for one expert, so an order has
 * nothing to arrange, and loads overlap with computes only where they are predicted.
 */
import { isCachePolicy, type OffloadPolicyId } from './any-policy';
import { type ExpertRequest, openCache } from './caches';
import { expertName } from './expert-store';
import { computeTimeOf, type MeasuredMachine, restingTimeOf } from './measured-machine';

export interface SweepPoint {
  readonly policy: OffloadPolicyId;
  readonly slots: number;
  /** Simulated from the measured machine over the recorded requests. */
  readonly tokensPerSecond: number;
  readonly bytesPerToken: number;
  readonly hitRate: number;
}

export interface TraceTimes {
  readonly machine: MeasuredMachine;
  /** Milliseconds of a token that are not spent on experts. */
  readonly otherMs: number;
  /** Experts come from files: γ comes before β. */
  readonly files: boolean;
}

/** `trace` holds decoded tokens alone. Throws where it is empty. */
export function sweepTrace(
  trace: readonly ExpertRequest[],
  times: TraceTimes,
  policies: readonly OffloadPolicyId[],
  slots: readonly number[],
): SweepPoint[] {
  const tokens = new Set(trace.map(({ token }) => token)).size;
  if (tokens === 0) throw new RangeError('No token was decoded yet: write a text first.');
  const everyone = new Set(trace.map(expertName)).size;
  return policies.flatMap((policy) =>
    slots.flatMap((K): SweepPoint[] => {
      if (policy === 'resident' && K < everyone) return [];
      const { milliseconds, loads, hits } = runTrace(trace, times, policy, K, tokens);
      return [
        {
          ...{ policy, slots: K },
          tokensPerSecond: (1000 * tokens) / milliseconds,
          bytesPerToken: (loads * times.machine.bytesPerExpert) / tokens,
          hitRate: hits / trace.length,
        },
      ];
    }),
  );
}

/** Tokens a second when every expert lies on the device. */
export function residentRate(trace: readonly ExpertRequest[], { machine, otherMs }: TraceTimes): number {
  const tokens = new Set(trace.map(({ token }) => token)).size;
  return 1000 / (otherMs + (trace.length / tokens) * leastCompute(machine));
}

/** Not below what a bound may claim: a measured time of a resting expert can come out above that of a fresh one. */
function leastCompute(machine: MeasuredMachine): number {
  return Math.min(restingTimeOf(machine, 1), computeTimeOf(machine, 1));
}

function runTrace(
  trace: readonly ExpertRequest[],
  { machine, otherMs, files }: TraceTimes,
  policy: OffloadPolicyId,
  slots: number,
  tokens: number,
): { readonly milliseconds: number; readonly loads: number; readonly hits: number } {
  const compute = computeTimeOf(machine, 1);
  // What lies there costs no more than to fetch it again, whatever two noisy measurements say.
  const resting = Math.min(restingTimeOf(machine, 1), compute + machine.loadTime);
  const read = files ? (machine.diskTime ?? 0) : 0;
  const perLayer = (otherMs * tokens) / trace.length;
  if (!isCachePolicy(policy)) {
    const loads = policy === 'resident' ? 0 : trace.length;
    const each = policy === 'resident' ? resting : compute;
    const milliseconds = trace.length * (perLayer + each) + loads * (read + machine.loadTime);
    return { milliseconds, loads, hits: trace.length - loads };
  }
  const cache = openCache(policy, trace, slots);
  let milliseconds = 0;
  let hits = 0;
  /** Of each predicted expert that is still on its way: work left on the load lane up to its end. */
  let ahead = new Map<string, number>();
  let queued = 0;
  /** Loaded ahead, and not computed since. */
  const fresh = new Set<string>();
  const pass = (time: number, computing: boolean): void => {
    // A load slows what computes beside it, as the simulation has it: both at the rate 1 / (2 − o) while both run.
    const rate = 1 / (2 - machine.overlap);
    const both = computing ? Math.min(time, queued) : 0;
    milliseconds += time + both * (1 / rate - 1);
    const moved = computing ? both + Math.max(0, time - both) : time;
    queued = Math.max(0, queued - moved);
    ahead = new Map([...ahead].map(([key, left]) => [key, left - moved] as const).filter(([, left]) => left > 0));
  };
  for (const [index, request] of trace.entries()) {
    pass(perLayer, true);
    const { hit } = cache.use(request);
    if (hit) {
      hits += 1;
      pass(Math.max(0, ahead.get(expertName(request)) ?? 0), false);
    } else {
      pass(queued, false);
      milliseconds += read + machine.loadTime;
    }
    const next = trace[index + 1];
    for (const { key } of next ? cache.loadAhead(next.layer) : []) {
      queued += read + machine.loadTime;
      ahead.set(key, queued);
      fresh.add(key);
    }
    pass(hit && !fresh.delete(expertName(request)) ? resting : compute, true);
  }
  return { milliseconds, loads: cache.loads, hits };
}
