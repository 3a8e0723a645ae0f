/**
 * Which experts stay on the device from one layer and token to the next: policies over a trace of requests, with K slots.
 * They count loads, not time. Every request must find its expert in a slot, so none of them can load less often than
 * Belady's optimum, which knows the future ("A study of replacement algorithms", 1966).
 */
import { BeladyOrder, mostUsed, type Recency, RecencyOrder } from './eviction';

/** One expert needed by one layer for one token (or one batch); requests stand in the order of computing. */
export interface ExpertRequest {
  readonly token: number;
  readonly layer: number;
  readonly expert: number;
}

export interface CacheRun {
  /** Whether the expert was in a slot when it was asked for, per request. */
  readonly hits: readonly boolean[];
  /** Experts moved, those included that were predicted and never used. */
  readonly loads: number;
  readonly hitRate: number;
  readonly bytesMoved: number;
}

export interface CachePolicy {
  readonly name: string;
  readonly source: string;
  readonly about: string;
  readonly open: (trace: readonly ExpertRequest[], slots: number) => CacheRule;
}

/** What sets a policy apart: whom it evicts, whom it never evicts, and what it loads ahead. */
interface CacheRule {
  readonly order: Recency;
  readonly pinned?: ReadonlySet<string>;
  readonly predicts?: boolean;
}

export const cachePolicies = {
  lru: {
    name: 'Least recently used',
    source: 'textbook',
    about: 'The expert that was not used for longest gives way.',
    open: () => ({ order: new RecencyOrder() }),
  },
  pinned: {
    name: 'Most used pinned',
    source: 'ours',
    about: 'The K − 1 experts that the trace uses most stay once loaded; all others pass through the last slot.',
    open: (trace, slots) => ({ order: new RecencyOrder(), pinned: mostUsed(trace.map(keyOf), slots - 1) }),
  },
  predicted: {
    name: 'Next layer predicted',
    source: 'ours',
    about:
      'While a layer computes, the experts that the token before used in the next layer are loaded; then as above.',
    open: () => ({ order: new RecencyOrder(), predicts: true }),
  },
  belady: {
    name: 'Belady’s optimum',
    source: 'Belady 1966',
    about: 'The expert whose next use is furthest away gives way: no policy loads less often, and none can know this.',
    open: (trace) => ({ order: new BeladyOrder(trace.map(keyOf)) }),
  },
} as const satisfies Record<string, CachePolicy>;

export type CachePolicyId = keyof typeof cachePolicies;

export function runCache(
  id: CachePolicyId,
  trace: readonly ExpertRequest[],
  slots: number,
  bytesPerExpert: number,
): CacheRun {
  if (!Number.isSafeInteger(slots) || slots < 1) {
    throw new RangeError(`slots is ${slots}: give a whole number of at least 1.`);
  }
  if (!(bytesPerExpert >= 0 && bytesPerExpert < Infinity)) {
    throw new RangeError(`bytesPerExpert is ${bytesPerExpert}: give the size of one expert in bytes.`);
  }
  const { order, pinned, predicts }: CacheRule = cachePolicies[id].open(trace, slots);
  const cache = new Slots(slots, order, pinned ?? new Set());
  const usedBefore = new Map<number, string[]>();
  const hits = stepsOf(trace).flatMap((requests, index, steps) => {
    const found = requests.map((request) => cache.use(keyOf(request)));
    usedBefore.set(layerOf(requests), requests.map(keyOf));
    const next = steps[index + 1];
    if (predicts && next) cache.loadAhead(usedBefore.get(layerOf(next)) ?? [], keyOf(requests.at(-1) as ExpertRequest));
    return found;
  });
  const hitRate = hits.length === 0 ? 1 : hits.filter(Boolean).length / hits.length;
  return { hits, loads: cache.loads, hitRate, bytesMoved: cache.loads * bytesPerExpert };
}

class Slots {
  loads = 0;
  private readonly held = new Set<string>();

  constructor(
    private readonly count: number,
    private readonly order: Recency,
    private readonly pinned: ReadonlySet<string>,
  ) {}

  /** Whether the expert was there; it is afterwards. */
  use(key: string): boolean {
    const hit = this.held.has(key);
    if (!hit) this.load(key, this.pinned);
    this.order.used(key);
    return hit;
  }

  /** Never at the cost of the expert that is being computed, nor of one another. */
  loadAhead(keys: readonly string[], computing: string): void {
    const kept = new Set([computing, ...keys]);
    for (const key of keys) {
      if (!this.held.has(key) && !this.load(key, kept)) return;
    }
  }

  private load(key: string, kept: ReadonlySet<string>): boolean {
    if (this.held.size === this.count) {
      const victim = this.order.victim([...this.held].filter((held) => !kept.has(held)));
      if (victim === undefined) return false;
      this.held.delete(victim);
    }
    this.held.add(key);
    this.loads++;
    return true;
  }
}

/** Consecutive requests of one layer for one token or batch. */
function stepsOf(trace: readonly ExpertRequest[]): ExpertRequest[][] {
  const steps: ExpertRequest[][] = [];
  for (const request of trace) {
    const last = steps.at(-1);
    if (last?.[0]?.layer === request.layer && last[0].token === request.token) last.push(request);
    else steps.push([request]);
  }
  return steps;
}

const layerOf = (requests: readonly ExpertRequest[]): number => (requests[0] as ExpertRequest).layer;

const keyOf = ({ layer, expert }: ExpertRequest): string => `${layer}/${expert}`;
