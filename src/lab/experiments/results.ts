/**
 * What came out of an experiment: every arm with its interval, differences by paired seeds, the order of the arms, and what
 * the score goes with. A difference counts only where its 95 % interval leaves 0 out; runs that diverged are counted, and no
 * claim is made about an arm of which some did.
 */
import {
  type MeanInterval,
  meanInterval,
  pairedDifference,
  type RankCorrelation,
  rankCorrelation,
} from '../statistics';
import { readAxis } from './axes';
import { keysOf } from './design-problems';
import type { ExperimentRecord } from './experiment';
import { type ChosenFactor, chosenFactor } from './jobs';
import {
  asScore,
  countedRuns,
  divergedRuns,
  type Incomparable,
  incomparable,
  type MetricKey,
  valuesBySeed,
} from './metrics';

export interface ArmSummary {
  readonly arm: string;
  /** Runs that the numbers are of: done and not diverged. */
  readonly n: number;
  /** Null for n = 0. */
  readonly mean: number | null;
  /** Null for n < 2. */
  readonly deviation: number | null;
  readonly interval: readonly [number, number] | null;
  readonly diverged: number;
  /** Counted runs without a result. */
  readonly left: number;
  /** What the search of the arm chose; null until it is done. */
  readonly chosen: ChosenFactor | null;
}

/** In the order of the arms. */
export function armSummaries(record: ExperimentRecord, metric: MetricKey): readonly ArmSummary[] {
  return record.arms.map(({ id }) => ({
    arm: id,
    ...numbers([...valuesBySeed(record, id, metric).values()]),
    diverged: divergedRuns(record, id),
    left: countedRuns(record, id).filter(({ result }) => result === null).length,
    chosen: chosenFactor(record, id),
  }));
}

/** The arm that others are compared with: the one with the base recipe's values, else the first. */
export function baselineOf({ arms, experiment }: ExperimentRecord): string | null {
  const keys = keysOf(experiment.arms);
  const own = arms.find(({ values }) =>
    keys.every((key, index) => readAxis(key, experiment.base, 1) === values[index]),
  );
  return (own ?? arms[0])?.id ?? null;
}

export interface ArmDifference {
  readonly arm: string;
  readonly baseline: string;
  /** Seeds that both finished. */
  readonly n: number;
  /** Arm minus baseline, in the metric's unit; null for n = 0 or what cannot be compared. */
  readonly mean: number | null;
  readonly deviation: number | null;
  readonly interval: readonly [number, number] | null;
  /** `open`: not distinguishable, for the `reason`. */
  readonly relation: 'better' | 'worse' | 'open';
  readonly reason: OpenReason | null;
}

/** The interval holds 0; one seed has no interval; runs diverged or are left; or the metric does not compare the arms. */
export type OpenReason = 'interval' | 'oneSeed' | 'diverged' | 'unfinished' | Exclude<Incomparable, null>;

/** Every arm but the baseline against it. */
export function differencesTo(record: ExperimentRecord, metric: MetricKey, baseline: string): readonly ArmDifference[] {
  return record.arms.flatMap(({ id }) => (id === baseline ? [] : [differenceOf(record, metric, id, baseline)]));
}

/** Over the seeds that both arms finished; `level` of the interval that decides. */
export function differenceOf(
  record: ExperimentRecord,
  metric: MetricKey,
  arm: string,
  baseline: string,
  level = 0.95,
): ArmDifference {
  const why = incomparable(record, metric);
  if (why !== null) return { arm, baseline, ...numbers([]), relation: 'open', reason: why };
  const [own, other] = [valuesBySeed(record, arm, metric), valuesBySeed(record, baseline, metric)];
  const seeds = [...own.keys()].filter((seed) => other.has(seed));
  const of = (values: ReadonlyMap<number, number>) => seeds.map((seed) => values.get(seed) as number);
  const found = seeds.length > 0 ? pairedDifference(of(own), of(other), level) : null;
  const diverged = divergedRuns(record, arm) + divergedRuns(record, baseline) > 0;
  return { arm, baseline, ...(found ?? numbers([])), ...decide(found, metric, diverged) };
}

function decide(
  found: MeanInterval | null,
  metric: MetricKey,
  diverged: boolean,
): Pick<ArmDifference, 'relation' | 'reason'> {
  const open = (reason: OpenReason) => ({ relation: 'open', reason }) as const;
  if (diverged) return open('diverged');
  if (!found) return open('unfinished');
  if (!found.interval) return open('oneSeed');
  const [low, high] = found.interval;
  if (low <= 0 && high >= 0) return open('interval');
  return { relation: asScore(metric, found.mean) > 0 ? 'better' : 'worse', reason: null };
}

export interface RankedArm extends ArmSummary {
  /** From 1, the best; null where the arm has no mean or the metric does not compare the arms. */
  readonly place: number | null;
  /** Not distinguishable from the first; true of the first. */
  readonly withFirst: boolean;
}

/**
 * The arms from the best mean on. Arms of which runs diverged come behind all others, since their mean is only of those that
 * did not.
 */
export function ranking(record: ExperimentRecord, metric: MetricKey): readonly RankedArm[] {
  const comparable = incomparable(record, metric) === null;
  const summaries = armSummaries(record, metric);
  if (!comparable) return summaries.map((summary) => ({ ...summary, place: null, withFirst: false }));
  const group = ({ mean, diverged }: ArmSummary) => (mean === null ? 2 : diverged > 0 ? 1 : 0);
  const score = ({ mean }: ArmSummary) => (mean === null ? 0 : asScore(metric, mean));
  const ordered = summaries.toSorted((a, b) => group(a) - group(b) || score(b) - score(a));
  const [first] = ordered;
  return ordered.map((summary, index) => ({
    ...summary,
    place: summary.mean === null ? null : index + 1,
    withFirst:
      summary.mean !== null &&
      (summary === first || differenceOf(record, metric, summary.arm, first?.arm ?? '').relation === 'open'),
  }));
}

/** Sizes whose correlation with the score PanGu-π Pro reports (Figure 4). */
export const correlatedAxes = ['depth', 'width', 'expansion'] as const;
export type CorrelatedAxis = (typeof correlatedAxes)[number];

export interface Correlation {
  readonly axis: CorrelatedAxis;
  /** With the score turned so that more is better; null for fewer than three arms with a mean. */
  readonly found: RankCorrelation | null;
  /** Arms without a mean. */
  readonly leftOut: number;
}

/** Spearman's correlation of each size with the score over the arms' means, sizes as they were solved. */
export function correlations(record: ExperimentRecord, metric: MetricKey): readonly Correlation[] {
  const means = new Map(armSummaries(record, metric).map(({ arm, mean }) => [arm, mean]));
  const scored = record.arms.flatMap(({ id, recipe }) => {
    const mean = means.get(id) ?? null;
    return mean === null ? [] : [{ recipe, score: asScore(metric, mean) }];
  });
  const enough = scored.length >= 3 && incomparable(record, metric) === null;
  return correlatedAxes.map((axis) => ({
    axis,
    found: enough
      ? rankCorrelation(
          scored.map(({ recipe }) => Number(readAxis(axis, recipe, 1))),
          scored.map(({ score }) => score),
        )
      : null,
    leftOut: record.arms.length - scored.length,
  }));
}

function numbers(values: readonly number[]): Pick<ArmSummary, 'n' | 'mean' | 'deviation' | 'interval'> {
  return values.length > 0 ? meanInterval(values) : { n: 0, mean: null, deviation: null, interval: null };
}
