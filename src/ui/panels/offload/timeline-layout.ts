/**
 * Where the bars of one or more timelines stand in a drawing: lanes above each other, one scale of time for all. A run has a lane
 * of disk reads only where there are some, and a lane of slots in use, with a line at K.
 */
import type { Interval, Wait } from '../../../offload/lanes';
import type { Timeline } from '../../../offload/simulate';

export type Lane = 'disk' | 'load' | 'compute';

export interface TimelineRun {
  readonly name: string;
  readonly timeline: Timeline;
  /** K; null where every expert has a slot. */
  readonly slots: number | null;
}

export interface Bar extends Interval {
  readonly x: number;
  readonly width: number;
}

export interface WaitBar extends Wait {
  readonly x: number;
  readonly width: number;
}

export interface LaneRow {
  readonly lane: Lane;
  readonly y: number;
  readonly bars: readonly Bar[];
  readonly waits: readonly WaitBar[];
}

export interface RunRows {
  readonly name: string;
  readonly y: number;
  readonly lanes: readonly LaneRow[];
  /** Steps of the slots in use, from left to right: a path's corners, and where K is. */
  readonly meter: {
    readonly y: number;
    readonly steps: readonly { readonly x: number; readonly y: number; readonly count: number }[];
    readonly limit: number | null;
    readonly over: boolean;
  };
  readonly end: number;
  readonly bound: number;
}

export interface Layout {
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly axis: number;
  readonly runs: readonly RunRows[];
  x(time: number): number;
}

export const laneHeight = 24;
export const meterHeight = 30;
const laneGap = 5;
const titleHeight = 20;
const runGap = 12;
const axisHeight = 36;
const left = 66;
const rightRoom = 14;

export function lanesOf({ reads }: Timeline): readonly Lane[] {
  return reads.length > 0 ? ['disk', 'load', 'compute'] : ['load', 'compute'];
}

export function intervalsOf(timeline: Timeline, lane: Lane): readonly Interval[] {
  return { disk: timeline.reads, load: timeline.loads, compute: timeline.computes }[lane];
}

/** Pixels that the drawing of these runs takes: known before it is drawn, so that nothing moves. */
export function timelineHeight(runs: readonly TimelineRun[]): number {
  const run = ({ timeline }: TimelineRun) =>
    titleHeight + lanesOf(timeline).length * (laneHeight + laneGap) + meterHeight + runGap;
  return runs.reduce((sum, one) => sum + run(one), 0) + axisHeight;
}

export function layTimelines(runs: readonly TimelineRun[], width: number): Layout {
  const last = Math.max(...runs.map(({ timeline }) => Math.max(timeline.makespan, timeline.bound)), 0) || 1;
  const right = Math.max(left + 1, width - rightRoom);
  const x = (time: number) => left + (time / last) * (right - left);
  const most = Math.max(1, ...runs.map(({ timeline, slots }) => Math.max(timeline.peakResidency, slots ?? 0)));
  let y = 0;
  const rows = runs.map((run) => {
    const top = y;
    const laid = layRun(run, top, most, x);
    y = laid.meter.y + meterHeight + runGap;
    return laid;
  });
  return { height: y + axisHeight, left, right, axis: y, runs: rows, x };
}

function layRun({ name, timeline, slots }: TimelineRun, top: number, most: number, x: Layout['x']): RunRows {
  const place = <T extends Interval>(interval: T) => {
    const from = x(interval.start);
    return { ...interval, x: from, width: Math.max(1, x(interval.end) - from) };
  };
  const lanes = lanesOf(timeline).map(
    (lane, index): LaneRow => ({
      lane,
      y: top + titleHeight + index * (laneHeight + laneGap),
      bars: intervalsOf(timeline, lane).map(place),
      waits: timeline.waits.filter((wait) => wait.lane === lane).map(place),
    }),
  );
  const y = top + titleHeight + lanes.length * (laneHeight + laneGap);
  const level = (count: number) => y + meterHeight - 2 - (count / most) * (meterHeight - 4);
  return {
    name,
    y: top,
    lanes,
    meter: {
      y,
      steps: timeline.residency.map(({ time, experts }) => ({
        x: x(time),
        y: level(experts.length),
        count: experts.length,
      })),
      limit: slots === null ? null : level(slots),
      over: slots !== null && timeline.peakResidency > slots,
    },
    end: x(timeline.makespan),
    bound: x(timeline.bound),
  };
}

/** Corners of the steps as the path of an area down to the bottom of the meter. */
export function meterPath({ y, steps }: RunRows['meter'], end: number): string {
  const bottom = (y + meterHeight - 2).toFixed(1);
  const [first] = steps;
  if (!first) return '';
  const corners = steps.map((step, index) => {
    const until = steps[index + 1]?.x ?? Math.max(end, step.x);
    return `V${step.y.toFixed(1)}H${until.toFixed(1)}`;
  });
  return `M${first.x.toFixed(1)} ${bottom}${corners.join('')}V${bottom}Z`;
}
