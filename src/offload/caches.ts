/**
 * Which experts stay on the device from one layer and token to the next: policies over a trace of requests, with K slots.
 * They count loads, not time. Every request must find its expert in a slot, so none of them can load less often than
 * Belady's optimum, which knows the future ("A study of replacement algorithms", 1966).
 */
import { BeladyOrder, mostUsed, type Recency, RecencyOrder } from './eviction';
import { expertName } from './expert-store';

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
    open: (trace, slots) => ({ order: new RecencyOrder(), pinned: mostUsed(trace.map(expertName), slots - 1) }),
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
    open: (trace) => ({ order: new BeladyOrder(trace.map(expertName)) }),
  },
} as const satisfies Record<string, CachePolicy>;

export type CachePolicyId = keyof typeof cachePolicies;

/** Empty slots under a policy; `trace` is what will be asked for, as far as the policy looks at it. */
export function openCache(id: CachePolicyId, trace: readonly ExpertRequest[], slots: number): ExpertCache {
  return new ExpertCache(slots, cachePolicies[id].open(trace, slots));
}

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
  const cache = openCache(id, trace, slots);
  const hits = stepsOf(trace).flatMap((requests, index, steps) => {
    const found = requests.map((request) => cache.use(request).hit);
    const next = steps[index + 1];
    if (next) cache.loadAhead(layerOf(next));
    return found;
  });
  const hitRate = hits.length === 0 ? 1 : hits.filter(Boolean).length / hits.length;
  return { hits, loads: cache.loads, hitRate, bytesMoved: cache.loads * bytesPerExpert };
}

/** What is in K slots, and what moves. Requests come in the order of computing, layer after layer. */
export class ExpertCache {
  loads = 0;
  private readonly held = new Set<string>();
  private readonly pinned: ReadonlySet<string>;
  /** Of each layer, what its last step asked for. */
  private readonly usedBefore = new Map<number, string[]>();
  private last: ExpertRequest | null = null;

  constructor(
    private readonly count: number,
    private readonly rule: CacheRule,
  ) {
    this.pinned = rule.pinned ?? new Set();
  }

  /** Whether the expert was there, and whom it took the slot of if not; it is there afterwards. */
  use(request: ExpertRequest): { readonly hit: boolean; readonly evicted: string | null } {
    const key = expertName(request);
    const hit = this.held.has(key);
    const evicted = hit ? null : (this.load(key, this.pinned)?.evicted ?? null);
    this.rule.order.used(key);
    this.remember(request, key);
    return { hit, evicted };
  }

  /**
   * What a policy that predicts loads while the request before computes: what layer `next` asked for the last time. Never at
   * the cost of the expert that is being computed, nor of one another.
   */
  loadAhead(next: number): { readonly key: string; readonly evicted: string | null }[] {
    if (!this.rule.predicts || !this.last) return [];
    const keys = this.usedBefore.get(next) ?? [];
    const kept = new Set([expertName(this.last), ...keys]);
    const loaded: { key: string; evicted: string | null }[] = [];
    for (const key of keys) {
      if (this.held.has(key)) continue;
      const made = this.load(key, kept);
      if (!made) break;
      loaded.push({ key, evicted: made.evicted });
    }
    return loaded;
  }

  private remember(request: ExpertRequest, key: string): void {
    const { last } = this;
    const sameStep = last?.layer === request.layer && last.token === request.token;
    if (sameStep) this.usedBefore.get(request.layer)?.push(key);
    else this.usedBefore.set(request.layer, [key]);
    this.last = request;
  }

  private load(key: string, kept: ReadonlySet<string>): { readonly evicted: string | null } | null {
    let evicted: string | null = null;
    if (this.held.size === this.count) {
      evicted = this.rule.order.victim([...this.held].filter((held) => !kept.has(held))) ?? null;
      if (evicted === null) return null;
      this.held.delete(evicted);
    }
    this.held.add(key);
    this.loads++;
    return { evicted };
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
