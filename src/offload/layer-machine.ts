/** A layer's scheduling problem, from what was measured of the device and the rows that each expert has. */

import type { StoreTier } from './expert-store';
import type { Machine } from './machine';
import { computeTimeOf, type MeasuredMachine } from './measured-machine';
import { readAhead } from './read-ahead';

/** Every expert with rows is away from the device: residents are added by whoever knows them. */
export function layerMachine(
  measured: MeasuredMachine,
  counts: readonly number[],
  { slots, tier }: { readonly slots: number; readonly tier: StoreTier },
): Machine {
  const { loadTime, diskTime, overlap } = measured;
  return {
    computeTimes: counts.map((rows) => computeTimeOf(measured, rows)),
    ...{ loadTime, slots, overlap },
    rule: 'strict',
    ...(tier === 'files' && diskTime !== null && { tiers: { diskTime, memoryExperts: readAhead, inMemory: [] } }),
  };
}
