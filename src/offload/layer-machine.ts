/** A layer's scheduling problem, from what was measured of the device and the rows that each expert has. */

import type { StoreTier } from './expert-store';
import type { Machine } from './machine';
import { computeTimeOf, type MeasuredMachine } from './measured-machine';
import { readAhead } from './read-ahead';

/** Milliseconds that work takes at least, however coarse the clock is: 0 would say that there is none. */
const leastTime = 1e-4;

/** Every expert with rows is away from the device: residents are added by whoever knows them. */
export function layerMachine(
  measured: MeasuredMachine,
  counts: readonly number[],
  { slots, tier }: { readonly slots: number; readonly tier: StoreTier },
): Machine {
  const { loadTime, overlap } = measured;
  const diskTime = tier === 'files' ? measured.diskTime : null;
  // Where computing stands still while a file is read, that much of the read is the load's.
  const aside = (measured.readOverlap ?? 1) * (diskTime ?? 0);
  return {
    computeTimes: counts.map((rows) => (rows > 0 ? Math.max(leastTime, computeTimeOf(measured, rows)) : 0)),
    loadTime: Math.max(leastTime, loadTime + (diskTime ?? 0) - aside),
    ...{ slots, overlap },
    rule: 'strict',
    ...(diskTime !== null && {
      tiers: { diskTime: Math.max(leastTime, aside), memoryExperts: readAhead, inMemory: [] },
    }),
  };
}
