/** The four live charts, each beside the cost that is derived from the graph. */

import appStyles from '../../app/App.module.css';
import { ChartCard } from '../../charts/ChartCard';
import { decimate } from '../../charts/decimate';
import { BarPlot, LinePlot } from '../../charts/Plots';
import { speedSeries } from '../../charts/speed';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { profileKernels } from '../../state/commands';
import { boundingCeilings, isPending, useEngine } from '../../state/engine';
import { useWriting } from '../../state/writing';
import { hasTwins, kernelTotals, shortKernel, timedOn } from './kernelTotals';

export function Charts() {
  return (
    <div className={appStyles.charts}>
      <Speed />
      <FirstToken />
      <Kernels />
      <Memory />
    </div>
  );
}

function Speed() {
  const arrivals = useWriting((state) => state.arrivals);
  const model = useEngine((state) => state.model);
  const ceilings = useEngine(boundingCeilings);
  const words = text.generate.charts.speed;
  const series = speedSeries(arrivals);
  const elapsed = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
  const average = arrivals.length > 1 && elapsed > 0 ? (1000 * (arrivals.length - 1)) / elapsed : null;
  const derived = model && [
    words.derived(model.cost.bytesRead, model.cost.flops),
    ceilings && words.bound(ceilings.copyBytesPerSecond / model.cost.bytesRead),
  ];
  return (
    <ChartCard
      title={words.title}
      sentence={words.sentence(average, arrivals.length)}
      derived={derived?.filter(Boolean).join(' ') ?? null}
      table={{ columns: [words.axis, words.unit], rows: series.map(({ x, y }) => [x, y]) }}
      empty={words.empty}
    >
      <LinePlot points={decimate(series)} xLabel={words.axis} unit={words.unit} />
    </ChartCard>
  );
}

const shownRuns = 12;

function FirstToken() {
  const runs = useWriting((state) => state.runs);
  const model = useEngine((state) => state.model);
  const words = text.generate.charts.first;
  const last = runs.at(-1);
  return (
    <ChartCard
      title={words.title}
      sentence={words.sentence(last?.firstTokenMs ?? null, last?.promptTokens ?? 0)}
      derived={model && words.derived(last?.promptTokens ?? 1, (last?.promptTokens ?? 1) * model.cost.flops)}
      table={{
        columns: words.columns,
        rows: runs.map((run) => [run.number, run.model, run.promptTokens, run.firstTokenMs]),
      }}
      empty={words.empty}
    >
      <BarPlot
        layout="standing"
        unit={words.unit}
        rows={runs.slice(-shownRuns).map((run) => ({ name: String(run.number), value: run.firstTokenMs }))}
      />
    </ChartCard>
  );
}

const shownKernels = 8;

function Kernels() {
  const kernels = useEngine((state) => state.kernels);
  const problem = useEngine((state) => state.kernelsProblem);
  const timing = useEngine((state) => isPending(state.pending, 'profile'));
  const loaded = useEngine((state) => state.model !== null);
  const real = useWriting((state) => state.report?.dispatchesPerToken ?? null);
  const words = text.generate.charts.kernels;
  const totals = kernelTotals(kernels ?? []);
  const all = totals.reduce((sum, { microseconds }) => sum + microseconds, 0);
  const top = totals[0];
  const on = timedOn(totals);
  const derived =
    kernels && (on === 'gpu' ? words.derived.gpu(kernels.length, real) : words.derived.cpu(kernels.length));
  return (
    <ChartCard
      title={words.title}
      sentence={top ? words.sentence(all, top.kernel, top.microseconds / all, on, hasTwins(totals)) : words.none}
      derived={derived}
      table={{
        columns: words.columns,
        rows: totals.map((row) => [row.kernel, row.dispatches, row.microseconds, row.flops, row.bytes]),
      }}
      empty={problem ?? (timing ? words.timing : words.empty)}
      extra={
        <button type="button" className={controls.link} disabled={timing || !loaded} onClick={profileKernels}>
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

const mebibyte = 2 ** 20;

function Memory() {
  const model = useEngine((state) => state.model);
  const words = text.generate.charts.memory;
  const { memory, cost } = model ?? {};
  const rows =
    memory && cost
      ? [
          { name: words.weights, value: memory.weights, beside: cost.weightBytes },
          { name: words.kvCache, value: memory.kvCache, beside: cost.stateBytes },
          { name: words.activations, value: memory.activations, beside: cost.activationBytes },
        ]
      : [];
  const total = rows.reduce((sum, row) => sum + row.value, 0);
  return (
    <ChartCard
      title={words.title}
      sentence={memory ? words.sentence(total, memory.weights / total) : words.none}
      derived={cost ? words.derivedText(cost.weightBytes, cost.stateBytes, cost.activationBytes) : null}
      table={{
        columns: ['', words.measured, words.derived],
        rows: rows.map((row) => [row.name, row.value, row.beside]),
      }}
      empty={words.empty}
    >
      <BarPlot
        layout="standing"
        unit={words.unit}
        names={[words.measured, words.derived]}
        rows={rows.map((row) => ({ ...row, value: row.value / mebibyte, beside: row.beside / mebibyte }))}
      />
    </ChartCard>
  );
}
