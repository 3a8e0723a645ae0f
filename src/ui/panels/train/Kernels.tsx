/** The time of one training step by kernel, timed while the run is held. */
import { ChartCard } from '../../charts/ChartCard';
import { BarPlot } from '../../charts/Plots';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { isPending } from '../../state/engine';
import { isLive, useTraining } from '../../state/training';
import { profileRun } from '../../state/training-commands';
import { hasTwins, kernelTotals, shortKernel, timedOn } from '../generate/kernelTotals';

const shownKernels = 8;

export function Kernels() {
  const profile = useTraining((state) => state.profile);
  const timing = useTraining((state) => isPending(state.pending, 'profileRun'));
  const live = useTraining((state) => isLive(state.shown));
  const recorded = useTraining((state) => state.shown?.state === 'recorded');
  const words = text.train.charts.kernels;
  const totals = kernelTotals(profile ?? []);
  const all = totals.reduce((sum, { microseconds }) => sum + microseconds, 0);
  const top = totals[0];
  return (
    <ChartCard
      title={words.title}
      sentence={
        top ? words.sentence(all, top.kernel, top.microseconds / all, timedOn(totals), hasTwins(totals)) : words.none
      }
      table={{
        columns: words.columns,
        rows: totals.map((row) => [row.kernel, row.dispatches, row.microseconds, row.flops, row.bytes]),
      }}
      empty={timing ? words.timing : recorded ? words.emptyRecorded : words.empty}
      extra={
        <button type="button" className={controls.link} disabled={timing || !live} onClick={profileRun}>
          {timing ? words.timing : words.time}
        </button>
      }
    >
      <BarPlot
        layout="lying"
        unit={words.unit}
        rows={totals.slice(0, shownKernels).map((row) => ({ name: shortKernel(row.kernel), value: row.microseconds }))}
      />
    </ChartCard>
  );
}
