/**
 * Timelines above each other, drawn as SVG: disk, load and compute lane, and the slots in use. What is pointed at in one shows in
 * all. The slider under it does the same by keyboard and touch, and says in words what the bars show.
 */
import { useId } from 'react';
import type { Interval } from '../../../offload/lanes';
import { PlotFrame } from '../../charts/PlotFrame';
import { roundTicks } from '../../charts/round-ticks';
import controls from '../../controls/controls.module.css';
import { significant } from '../../format/numbers';
import type { TimeUnit } from '../../i18n/offload';
import { offloadText } from '../../i18n/offload-text';
import styles from './offload.module.css';
import { pointAtExpert, usePointed } from './pointed';
import {
  type Bar,
  intervalsOf,
  type LaneRow,
  type Layout,
  laneHeight,
  lanesOf,
  layTimelines,
  meterPath,
  type RunRows,
  type TimelineRun,
  type WaitBar,
} from './timeline-layout';

const words = offloadText.timeline;

/** Pixels that the name of an expert, and of a wait, need in a bar. */
const roomForNumber = 15;
const roomForReason = 42;

export function Timeline({ runs, unit }: { readonly runs: readonly TimelineRun[]; readonly unit: TimeUnit }) {
  const id = useId().replaceAll(':', '');
  return (
    <PlotFrame after={null}>
      {({ width }) => <Drawing layout={layTimelines(runs, width)} width={width} unit={unit} runs={runs} id={id} />}
    </PlotFrame>
  );
}

function Drawing({
  layout,
  width,
  unit,
  runs,
  id,
}: {
  readonly layout: Layout;
  readonly width: number;
  readonly unit: TimeUnit;
  readonly runs: readonly TimelineRun[];
  readonly id: string;
}) {
  const last = Math.max(0, ...runs.map(({ timeline }) => Math.max(timeline.makespan, timeline.bound)));
  const ticks = timeTicks(last, Math.max(2, Math.floor((layout.right - layout.left) / 90)));
  const label = { fontSize: 11.5, fill: 'var(--ink-2)' } as const;
  return (
    <svg
      width={width}
      height={layout.height}
      aria-hidden="true"
      data-timeline
      onPointerLeave={() => pointAtExpert(null)}
    >
      <defs>
        <pattern id={`${id}-wait`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6" stroke="var(--ink-2)" strokeWidth="1.6" strokeOpacity="0.55" />
        </pattern>
      </defs>
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={layout.x(tick)} x2={layout.x(tick)} y1={0} y2={layout.axis} stroke="var(--line)" />
          <text {...label} x={layout.x(tick)} y={layout.axis + 14} textAnchor="middle">
            {significant(tick)}
          </text>
        </g>
      ))}
      <text {...label} x={(layout.left + layout.right) / 2} y={layout.axis + 30} textAnchor="middle">
        {words.axis(unit)}
      </text>
      {layout.runs.map((row, index) => (
        <Run
          key={row.name}
          row={row}
          left={layout.left}
          pattern={`url(#${id}-wait)`}
          unit={unit}
          slots={runs[index]?.slots ?? null}
          makespan={runs[index]?.timeline.makespan ?? 0}
        />
      ))}
    </svg>
  );
}

function Run({
  row,
  left,
  pattern,
  unit,
  slots,
  makespan,
}: {
  readonly row: RunRows;
  readonly left: number;
  readonly pattern: string;
  readonly unit: TimeUnit;
  readonly slots: number | null;
  readonly makespan: number;
}) {
  const label = { fontSize: 11.5, fill: 'var(--ink-2)' } as const;
  const { meter } = row;
  const bottom = meter.y + 30;
  return (
    <g data-run={row.name}>
      <text x={0} y={row.y + 14} fontSize={12.5} fontWeight={650} fill="var(--ink)">
        {`${row.name} · ${offloadText.time(unit, makespan)}`}
      </text>
      {row.lanes.map((lane) => (
        <LaneBars key={lane.lane} lane={lane} pattern={pattern} />
      ))}
      <text {...label} x={left - 8} y={meter.y + 19} textAnchor="end">
        {words.lanes.slots}
      </text>
      <path d={meterPath(meter, row.end)} fill={meter.over ? 'var(--run-2)' : 'var(--run-3)'} fillOpacity="0.3" />
      {meter.limit !== null && slots !== null && (
        <g>
          <line x1={left} x2={row.end} y1={meter.limit} y2={meter.limit} stroke="var(--ink)" strokeDasharray="4 3" />
          <text
            {...label}
            x={row.end - 3}
            y={meter.limit + (meter.limit < meter.y + 14 ? 12 : -3)}
            textAnchor="end"
            stroke="var(--surface)"
            strokeWidth={4}
            paintOrder="stroke"
          >
            {words.meter(slots)}
          </text>
        </g>
      )}
      <line x1={row.bound} x2={row.bound} y1={row.y + 18} y2={bottom} stroke="var(--accent)" strokeDasharray="2 3" />
      <text
        x={row.bound - 4}
        y={row.y + 14}
        fontSize={11.5}
        fill="var(--accent)"
        textAnchor="end"
        visibility={row.bound - left < 200 ? 'hidden' : 'visible'}
      >
        {words.bound}
      </text>
    </g>
  );
}

const laneColours = { disk: 'var(--run-3)', load: 'var(--run-1)', compute: 'var(--run-2)' } as const;

function LaneBars({ lane: { lane, y, bars, waits }, pattern }: { readonly lane: LaneRow; readonly pattern: string }) {
  return (
    <g data-lane={lane}>
      <text x={58} y={y + 16} fontSize={11.5} fill="var(--ink-2)" textAnchor="end">
        {words.lanes[lane]}
      </text>
      {waits.map((wait) => (
        <WaitMark key={`${wait.expert} ${wait.start}`} wait={wait} y={y} pattern={pattern} />
      ))}
      {bars.map((bar) => (
        <ExpertBar key={`${bar.expert} ${bar.start}`} bar={bar} y={y} colour={laneColours[lane]} />
      ))}
    </g>
  );
}

function WaitMark({ wait, y, pattern }: { readonly wait: WaitBar; readonly y: number; readonly pattern: string }) {
  const inside = wait.width > roomForReason;
  return (
    <g data-wait={wait.reason} onPointerEnter={() => pointAtExpert(wait.expert)}>
      <rect
        x={wait.x}
        y={y + 0.5}
        width={wait.width}
        height={laneHeight - 1}
        fill={pattern}
        stroke="var(--ink-2)"
        strokeOpacity="0.5"
        strokeDasharray="2 2"
      />
      {inside && (
        <>
          <rect
            x={wait.x + wait.width / 2 - 21}
            y={y + 5}
            width={42}
            height={14}
            rx={3}
            fill="var(--surface)"
            fillOpacity="0.9"
          />
          <text x={wait.x + wait.width / 2} y={y + 16} fontSize={11} fill="var(--ink-2)" textAnchor="middle">
            {words.short[wait.reason]}
          </text>
        </>
      )}
    </g>
  );
}

/** Each bar listens for itself whether it is the one, so that pointing draws two bars anew and not hundreds. */
function ExpertBar({ bar, y, colour }: { readonly bar: Bar; readonly y: number; readonly colour: string }) {
  const state = usePointed(({ expert }) => (expert === null ? 'none' : expert === bar.expert ? 'this' : 'other'));
  return (
    <g data-expert={bar.expert + 1} data-pointed={state === 'this'} onPointerEnter={() => pointAtExpert(bar.expert)}>
      <rect
        x={bar.x}
        y={y}
        width={bar.width}
        height={laneHeight}
        rx={bar.width > 6 ? 3 : 0}
        fill={colour}
        fillOpacity={state === 'this' ? 0.62 : state === 'other' ? 0.14 : 0.3}
        stroke={state === 'this' ? 'var(--ink)' : colour}
        strokeWidth={state === 'this' ? 2 : 1}
      />
      {bar.width > roomForNumber && (
        <text
          x={bar.x + bar.width / 2}
          y={y + 16.5}
          fontSize={12}
          fontWeight={state === 'this' ? 700 : 400}
          fill="var(--ink)"
          textAnchor="middle"
        >
          {bar.expert + 1}
        </text>
      )}
    </g>
  );
}

/** What the bars of the expert that is pointed at say, in words, and the slider that goes through the experts. */
export function ExpertSlider({ runs, unit }: { readonly runs: readonly TimelineRun[]; readonly unit: TimeUnit }) {
  const id = useId();
  const order = runs[0]?.timeline.order ?? [];
  const pointed = usePointed(({ expert }) => expert);
  const place = pointed === null ? 0 : order.indexOf(pointed) + 1;
  const told = place === 0 || pointed === null ? words.nobody : storyOf(runs, pointed, unit);
  return (
    <div className={styles.pointer}>
      <label htmlFor={id}>{words.step}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={order.length}
        value={place}
        aria-valuetext={told}
        onChange={({ target }) => pointAtExpert(order[target.valueAsNumber - 1] ?? null)}
      />
      <p className={controls.quiet} data-story>
        {told}
      </p>
    </div>
  );
}

export function storyOf(runs: readonly TimelineRun[], expert: number, unit: TimeUnit): string {
  const parts = runs.map(({ name, timeline }) => {
    const did = lanesOf(timeline).flatMap((lane) => {
      const own = intervalsOf(timeline, lane).find((interval) => interval.expert === expert);
      if (own) return [words.did(lane, unit, own.start, own.end)];
      return lane === 'load' ? [words.here] : [];
    });
    const waits = timeline.waits
      .filter((wait) => wait.expert === expert && wait.end > wait.start)
      .map((wait) => words.waited(words.reasons[wait.reason], unit, wait.end - wait.start));
    return `${runs.length > 1 ? `${name}: ` : ''}${[...did, ...waits].join(', ')}.`;
  });
  return `${words.expert(expert)}. ${parts.join(' ')}`;
}

/** Every bar and every wait as a row of a table. */
export function timelineTable(runs: readonly TimelineRun[]) {
  const rows = runs.flatMap(({ name, timeline }) =>
    lanesOf(timeline).flatMap((lane) => {
      const row = ({ expert, start, end }: Interval, what: string) => [
        name,
        words.lanes[lane],
        expert + 1,
        start,
        end,
        what,
      ];
      return [
        ...intervalsOf(timeline, lane).map((interval) => row(interval, words.working)),
        ...timeline.waits.filter((wait) => wait.lane === lane).map((wait) => row(wait, words.reasons[wait.reason])),
      ].sort((a, b) => Number(a[3]) - Number(b[3]));
    }),
  );
  return { columns: words.columns, rows };
}

/** Round times along the axis, also below 1. */
export function timeTicks(last: number, wanted: number): readonly number[] {
  if (!(last > 0)) return [0];
  // Whole steps of a unit that makes the span at least 100, so that round-ticks' least step of 1 never shows.
  let unit = 1;
  while (last / unit < 100) unit /= 10;
  return roundTicks(0, last / unit, wanted).map((tick) => Number((tick * unit).toPrecision(12)));
}
