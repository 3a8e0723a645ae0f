/** What is drawn of an experiment: mean curves with their intervals, score against speed, and two axes as a map. */
import { meanInterval } from '../statistics';
import { armId } from './arm-id';
import type { AxisKey, AxisValue } from './axes';
import type { ExperimentRecord } from './experiment';
import { tokensPerStep } from './length';
import { asScore, countedRuns, incomparable, type MetricKey, valuesBySeed } from './metrics';
import { type ArmSummary, armSummaries } from './results';

/** Points of one curve at most. */
const mostPoints = 256;

export interface MeanPoint {
  readonly step: number;
  /** Training tokens until then: arms of other batches have other steps. */
  readonly tokens: number;
  readonly n: number;
  readonly mean: number;
  /** 95 %; null for n = 1. */
  readonly interval: readonly [number, number] | null;
}

/** The mean over the runs that did not diverge, at the steps that all of them have. */
export function meanCurve(
  record: ExperimentRecord,
  arm: string,
  metric: 'heldOutLoss' | 'bitsPerCharacter',
): readonly MeanPoint[] {
  const recipe = record.arms.find(({ id }) => id === arm)?.recipe;
  const done = countedRuns(record, arm).flatMap(({ result }) => (result?.state === 'done' ? [result.points] : []));
  const [first, ...others] = done.map((points) => new Map(points.map((point) => [point.step, point[metric]])));
  if (!recipe || !first) return [];
  const shared = [...first].flatMap(([step, value]): [number, number[]][] => {
    const values = [value, ...others.flatMap((curve) => curve.get(step) ?? [])];
    return values.length === done.length ? [[step, values]] : [];
  });
  return thinned(shared).map(([step, values]) => {
    const { n, mean, interval } = meanInterval(values);
    return { step, tokens: step * tokensPerStep(recipe), n, mean, interval };
  });
}

/** Evenly, with the first and the last. */
function thinned<T>(points: readonly T[]): readonly T[] {
  if (points.length <= mostPoints) return points;
  const stride = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, index) => points[Math.round(index * stride)] as T);
}

export interface SpeedPoint {
  readonly arm: string;
  readonly score: ArmSummary;
  readonly tokensPerSecond: number;
  /** Slowest and fastest: of the samples of a token, or of the runs of a training. */
  readonly spread: readonly [number, number];
  /** No other arm is at least as good and as fast, and better in one of the two; by the means alone. */
  readonly front: boolean;
}

/**
 * Score against speed: of a decoded token, as in PanGu-π Pro's tables, or of training. Arms of which one of the two is not
 * known are left out; so are all where the metric or the speed does not compare them.
 */
export function speedPoints(
  record: ExperimentRecord,
  metric: MetricKey,
  speed: 'decoding' | 'training',
): readonly SpeedPoint[] {
  if (incomparable(record, metric) !== null) return [];
  if (speed === 'training' && incomparable(record, 'tokensPerSecond') !== null) return [];
  const speeds = speed === 'decoding' ? decodingSpeeds(record) : trainingSpeeds(record);
  const points = armSummaries(record, metric).flatMap((score) => {
    const speed = speeds.get(score.arm);
    if (score.mean === null || speed === undefined) return [];
    return [{ arm: score.arm, score, ...speed, quality: asScore(metric, score.mean) }];
  });
  return points.map(({ quality, ...point }) => ({
    ...point,
    front: !points.some(
      (other) =>
        other.quality >= quality &&
        other.tokensPerSecond >= point.tokensPerSecond &&
        (other.quality > quality || other.tokensPerSecond > point.tokensPerSecond),
    ),
  }));
}

type Speed = Pick<SpeedPoint, 'tokensPerSecond' | 'spread'>;

function decodingSpeeds({ decodeMilliseconds }: ExperimentRecord): ReadonlyMap<string, Speed> {
  const measured = Object.entries(decodeMilliseconds).filter(([, { least }]) => least > 0);
  return new Map(
    measured.map(([arm, { median, least, most }]) => [
      arm,
      { tokensPerSecond: 1000 / median, spread: [1000 / most, 1000 / least] },
    ]),
  );
}

function trainingSpeeds(record: ExperimentRecord): ReadonlyMap<string, Speed> {
  return new Map(
    armSummaries(record, 'tokensPerSecond').flatMap(({ arm, mean }): [string, Speed][] => {
      if (mean === null) return [];
      const runs = [...valuesBySeed(record, arm, 'tokensPerSecond').values()];
      return [[arm, { tokensPerSecond: mean, spread: [Math.min(...runs), Math.max(...runs)] }]];
    }),
  );
}

export interface HeatMap {
  readonly rows: { readonly key: AxisKey; readonly values: readonly AxisValue[] };
  readonly columns: { readonly key: AxisKey; readonly values: readonly AxisValue[] };
  /** `cells[row][column]`; null where there is no such arm. */
  readonly cells: readonly (readonly (ArmSummary | null)[])[];
}

/** The arms of two axes as a matrix, the first axis downwards; null for another kind of experiment. */
export function heatMap(record: ExperimentRecord, metric: MetricKey): HeatMap | null {
  const { arms } = record.experiment;
  if (arms.kind !== 'grid') return null;
  const [rows, columns] = arms.axes;
  if (!columns) return null;
  const byId = new Map(armSummaries(record, metric).map((summary) => [summary.arm, summary]));
  const keys = [rows.key, columns.key];
  const cells = rows.values.map((row) => columns.values.map((column) => byId.get(armId(keys, [row, column])) ?? null));
  return { rows, columns, cells };
}
