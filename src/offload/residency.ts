/** Who holds a slot when, from the lanes of a run, simulated or measured. */
import type { Interval } from './lanes';

/** From `time` on, until the next entry, these experts hold slots (from the start of a load to the end of a compute). */
export interface Residency {
  readonly time: number;
  readonly experts: readonly number[];
}

export function residencyOf(
  resident: ReadonlySet<number>,
  loads: readonly Interval[],
  computes: readonly Interval[],
): Residency[] {
  const events = [
    ...computes.map(({ expert, end }) => ({ time: end, expert, arrives: false })),
    ...loads.map(({ expert, start }) => ({ time: start, expert, arrives: true })),
  ].sort((a, b) => a.time - b.time || Number(a.arrives) - Number(b.arrives));
  const present = new Set(resident);
  const steps: Residency[] = resident.size > 0 ? [{ time: 0, experts: [...present] }] : [];
  for (const { time, expert, arrives } of events) {
    if (arrives) present.add(expert);
    else present.delete(expert);
    if (steps.at(-1)?.time === time) steps.pop();
    steps.push({ time, experts: [...present] });
  }
  return steps;
}
