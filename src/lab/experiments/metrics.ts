/** What runs are compared by: a table of metrics, each read from what a run left behind. */
import type { ExperimentRecord, JobResult } from './experiment';
import { runsOf } from './jobs';

interface Metric {
  readonly better: 'lower' | 'higher';
  /** Counted by token: it says nothing about arms whose tokens are others. */
  readonly byToken: boolean;
  /** Null where the run has none. */
  of(result: JobResult): number | null;
}

export const metrics = {
  bitsPerCharacter: { better: 'lower', byToken: false, of: ({ bitsPerCharacter }) => bitsPerCharacter },
  heldOutLoss: { better: 'lower', byToken: true, of: ({ heldOutLoss }) => heldOutLoss },
  trainingLoss: { better: 'lower', byToken: true, of: ({ trainingLoss }) => trainingLoss },
  probeAccuracy: { better: 'higher', byToken: false, of: ({ probes }) => probes && probes.correct / probes.n },
  tokensPerSecond: { better: 'higher', byToken: false, of: ({ tokensPerSecond }) => tokensPerSecond },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricKey = keyof typeof metrics;

/** Why arms cannot be compared by a metric; null when they can. */
export type Incomparable = 'vocabularies' | 'adapters' | null;

export function incomparable({ arms, experiment, results }: ExperimentRecord, metric: MetricKey): Incomparable {
  if (metrics[metric].byToken && different(arms.map(({ recipe }) => recipe.vocabulary))) return 'vocabularies';
  if (metric !== 'tokensPerSecond') return null;
  const counted = new Set(arms.flatMap(({ id }) => runsOf(experiment, id).map((job) => job.id)));
  return different(results.filter(({ job }) => counted.has(job)).map(({ adapter }) => adapter)) ? 'adapters' : null;
}

/** The value turned so that more is better. */
export function asScore(metric: MetricKey, value: number): number {
  return metrics[metric].better === 'higher' ? value : -value;
}

/** A counted run of an arm by its seed. */
export interface CountedRun {
  readonly seed: number;
  /** Null until it is done. */
  readonly result: JobResult | null;
}

/** In the order of the seeds. */
export function countedRuns({ experiment, results }: ExperimentRecord, arm: string): readonly CountedRun[] {
  const byJob = new Map(results.map((result) => [result.job, result]));
  return runsOf(experiment, arm).map(({ id, seed }) => ({ seed, result: byJob.get(id) ?? null }));
}

/** The values of an arm's runs by seed; a run that diverged has none, whatever it had learned before. */
export function valuesBySeed(record: ExperimentRecord, arm: string, metric: MetricKey): ReadonlyMap<number, number> {
  return new Map(
    countedRuns(record, arm).flatMap(({ seed, result }): [number, number][] => {
      const value = result && result.state === 'done' ? metrics[metric].of(result) : null;
      return value === null ? [] : [[seed, value]];
    }),
  );
}

export function divergedRuns(record: ExperimentRecord, arm: string): number {
  return countedRuns(record, arm).filter(({ result }) => result?.state === 'diverged').length;
}

function different(values: readonly unknown[]): boolean {
  return new Set(values.map((value) => JSON.stringify(value))).size > 1;
}
