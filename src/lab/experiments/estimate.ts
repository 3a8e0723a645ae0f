/** What an experiment takes before it is begun: runs, tokens, FLOPs, and seconds where the pace of the device is known. */
import type { Arm, Experiment } from './experiment';
import { jobsOf, recipeOf } from './jobs';
import { trainingTokens } from './length';
import { workOfRun } from './quantities';
import { durationText } from './words';

export interface Pace {
  readonly flopsPerSecond: number;
  /** What a run costs beside its work: data, compilation, probes. */
  readonly secondsPerRun: number;
}

export interface Estimate {
  /** Runs that search a learning rate, and runs that count. */
  readonly searches: number;
  readonly runs: number;
  readonly tokens: number;
  /** Of training and of the looks at the held-out text. */
  readonly flops: number;
  /** Null without a pace. */
  readonly seconds: number | null;
}

/** Beyond these an experiment is begun only when it is asked for all the same. */
const mostRuns = 500;
const mostSeconds = 86_400;

export function estimateOf(
  experiment: Experiment,
  arms: readonly Arm[],
  vocabularySize: number,
  pace: Pace | null,
): Estimate {
  const byId = new Map(arms.map((arm) => [arm.id, arm]));
  const jobs = jobsOf(experiment, arms);
  const costs = jobs.flatMap((job) => {
    const arm = byId.get(job.arm);
    if (!arm) return [];
    const recipe = recipeOf(experiment, arm, job, 1);
    return [{ tokens: trainingTokens(recipe), flops: workOfRun(recipe, arm, vocabularySize) }];
  });
  const flops = costs.reduce((sum, cost) => sum + cost.flops, 0);
  const runs = jobs.filter(({ purpose }) => purpose === 'run').length;
  return {
    searches: jobs.length - runs,
    runs,
    tokens: costs.reduce((sum, cost) => sum + cost.tokens, 0),
    flops,
    seconds: pace && flops / pace.flopsPerSecond + jobs.length * pace.secondsPerRun,
  };
}

/** Null when the experiment may be begun, else a sentence with how long it would take. */
export function refusal({ searches, runs, seconds }: Estimate, force: boolean): string | null {
  const all = searches + runs;
  if (force || (all <= mostRuns && (seconds ?? 0) <= mostSeconds)) return null;
  const searching = searches > 0 ? ` (${searches} of them search learning rates)` : '';
  const time = seconds === null ? 'on a device whose pace is not known yet' : `about ${durationText(seconds)} here`;
  return `This is ${all} runs${searching}, ${time}: take fewer values, fewer seeds or shorter runs, or start it all the same.`;
}
