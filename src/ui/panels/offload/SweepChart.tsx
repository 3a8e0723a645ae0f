/** How much each further slot is worth, under every policy, with the bound that none gets beyond. */
import { useMemo } from 'react';
import { tokensPerSecond } from '../../../offload/hardware';
import { activeExperts } from '../../../offload/machine';
import { sweepSlots, sweptOptimum } from '../../../offload/sweep';
import { ChartCard } from '../../charts/ChartCard';
import { SeriesPlot } from '../../charts/SeriesPlot';
import type { Series } from '../../charts/series';
import { offloadText } from '../../i18n/offload-text';
import { policyStyle } from './policy-style';
import { useOffloadForm, useShown } from './useOffloadForm';

const words = offloadText.sweep;

/** Where the best policy is so many times the worst, a linear axis would lay all others on top of each other. */
const manyTimes = 12;

function spread(series: readonly Series[]): number {
  const values = series.flatMap(({ points }) => points.map(({ y }) => y)).filter((y) => y > 0);
  return values.length === 0 ? 1 : Math.max(...values) / Math.min(...values);
}

export function SweepChart() {
  const { hardware, unit, slots } = useOffloadForm();
  const { machine } = useShown();
  const sweep = useMemo(() => (machine ? sweepSlots(machine) : null), [machine]);
  const times = hardware === null;
  const value = (makespan: number) => (hardware ? tokensPerSecond(hardware, makespan) : makespan);
  const series: readonly Series[] = sweep
    ? [...sweep.makespans].map(([id, makespans]) => ({
        name: offloadText.policy.name(id),
        points: makespans.map((makespan, at) => ({ x: sweep.slots[at] ?? 0, y: value(makespan) })),
        style: policyStyle(id),
      }))
    : [];
  const last = sweep?.slots.at(-1) ?? 1;
  const searched = machine !== null && activeExperts(machine).length <= sweptOptimum;
  const notes = [hardware && words.leftOut, machine && !searched && words.noOptimum(sweptOptimum)].filter(Boolean);
  return (
    <ChartCard
      title={words.title}
      sentence={sweep ? [words.sentence(times, 1, last), ...notes].join(' ') : words.empty}
      table={{
        columns: [words.x, ...series.map(({ name }) => name), words.bound],
        rows: sweep
          ? sweep.slots.map((K, at) => [K, ...series.map(({ points }) => points[at]?.y ?? null), value(sweep.bound)])
          : [],
      }}
      empty={words.empty}
      tall
    >
      {sweep && (
        <SeriesPlot
          series={series}
          scale={spread(series) > manyTimes ? 'log' : 'linear'}
          xLabel={words.x}
          unit={times ? unit : words.axis.speed}
          levels={[{ y: value(sweep.bound), label: words.bound, at: 'end' }]}
          marks={slots !== null && slots <= last ? [{ x: slots, label: words.now }] : []}
        />
      )}
    </ChartCard>
  );
}
