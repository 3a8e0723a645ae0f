/** Totals of two runtimes one after the other: the first was lost, the second goes on. */
import type { OffloadTotals } from '../../offload/expert-run';

export function sumTotals(before: OffloadTotals, now: OffloadTotals): OffloadTotals {
  const requests = before.requests + now.requests;
  const hits = before.hits + now.hits;
  return {
    ...now,
    ...{ requests, hits },
    hitRate: requests === 0 ? 1 : hits / requests,
    loads: before.loads + now.loads,
    bytesMoved: before.bytesMoved + now.bytesMoved,
    peakResidency: Math.max(before.peakResidency, now.peakResidency),
    loadMs: before.loadMs + now.loadMs,
    computeMs: before.computeMs + now.computeMs,
    waitMs: before.waitMs + now.waitMs,
  };
}
