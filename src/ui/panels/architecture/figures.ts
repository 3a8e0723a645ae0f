/** The arms of an experiment with what came of them, for the charts; and a pair's difference along the run. */
import type { Arm, ExperimentRecord, JobResult } from '../../../lab/experiments/experiment';
import { countedRuns, incomparable, type MetricKey, metrics, valuesBySeed } from '../../../lab/experiments/metrics';
import { type ArmSummary, armSummaries, ranking } from '../../../lab/experiments/results';
import { type MeanInterval, pairedDifference } from '../../../lab/statistics';
import { architectureText } from '../../i18n/architecture-text';
import { armName } from './names';

export interface ArmFigures {
  readonly arm: Arm;
  readonly name: string;
  /** In the order of the arms: what gives it its line. */
  readonly place: number;
  readonly summary: ArmSummary;
  /** One a seed. */
  readonly values: readonly number[];
  /** Runs that ended and did not diverge. */
  readonly runs: readonly { readonly seed: number; readonly result: JobResult }[];
}

/** One whose score is known. */
export type Scored = ArmFigures & { readonly summary: ArmSummary & { readonly mean: number } };

/** In the order of the arms. */
export function armFigures(record: ExperimentRecord, metric: MetricKey): readonly ArmFigures[] {
  const summaries = armSummaries(record, metric);
  return record.arms.flatMap((arm, place) => {
    const summary = summaries[place];
    if (!summary) return [];
    const runs = countedRuns(record, arm.id).flatMap(({ seed, result }) =>
      result?.state === 'done' ? [{ seed, result }] : [],
    );
    const values = [...valuesBySeed(record, arm.id, metric).values()];
    return [{ arm, name: armName(arm, record.experiment), place, summary, values, runs }];
  });
}

/** Those with a score, the best first. */
export function best(record: ExperimentRecord, metric: MetricKey, figures: readonly ArmFigures[]): readonly Scored[] {
  const byArm = new Map(figures.map((entry) => [entry.arm.id, entry]));
  return ranking(record, metric).flatMap(({ arm }) => {
    const entry = byArm.get(arm);
    return entry && isScored(entry) ? [entry] : [];
  });
}

export function isScored(entry: ArmFigures): entry is Scored {
  return entry.summary.mean !== null;
}

/** The metrics that compare the arms of an experiment, and that its runs have. */
export function metricsOf(record: ExperimentRecord): readonly MetricKey[] {
  return metricKeys.filter((key) => {
    if (incomparable(record, key) !== null) return false;
    return key !== 'probeAccuracy' || record.results.some(({ probes }) => probes !== null);
  });
}

const metricKeys = Object.keys(metrics) as readonly MetricKey[];

/** `bits per character`, and of a share what it is a share of. */
export function unitOf(metric: MetricKey): string {
  return architectureText.results.units[metric] || architectureText.results.metrics[metric];
}

/**
 * The floor of the data where it can be drawn without pressing what is compared together: not farther below the values than
 * they are apart from each other. Null where it is not known, or far.
 */
export function floorNear(floor: number | null, values: readonly number[]): number | null {
  if (floor === null || values.length === 0) return null;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least - floor <= 1.5 * (most - least) ? floor : null;
}

/** Held-out loss as it is drawn along a run. */
export type CurveMetric = 'bitsPerCharacter' | 'heldOutLoss';

export function curveMetric(metric: MetricKey): CurveMetric {
  return metric === 'heldOutLoss' || metric === 'trainingLoss' ? 'heldOutLoss' : 'bitsPerCharacter';
}

export interface DifferencePoint extends MeanInterval {
  readonly step: number;
}

/** a − b at each step that both were scored at after the first, seed by seed. */
export function differenceCurve(a: ArmFigures, b: ArmFigures, metric: CurveMetric): readonly DifferencePoint[] {
  const pairs = new Map<number, { readonly a: number[]; readonly b: number[] }>();
  for (const { seed, result } of a.runs) {
    const other = b.runs.find((run) => run.seed === seed)?.result;
    for (const point of result.points) {
      const twin = other?.points.find(({ step }) => step === point.step);
      if (!twin || point.step === 0) continue;
      const known = pairs.get(point.step) ?? { a: [], b: [] };
      known.a.push(point[metric]);
      known.b.push(twin[metric]);
      pairs.set(point.step, known);
    }
  }
  return [...pairs]
    .map(([step, values]) => ({ step, ...pairedDifference(values.a, values.b) }))
    .sort((x, y) => x.step - y.step);
}
