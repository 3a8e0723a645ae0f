/**
 * The training runs of an experiment and their order: first the searches of all arms for a learning rate, then seed by seed
 * over all arms, so that an experiment that is left early has as many runs of one arm as of another.
 */
import type { Recipe } from '../../train/recipe';
import { recipeFields } from '../../train/recipe-schema';
import type { Arm, Experiment, ExperimentRecord, Job, JobResult } from './experiment';
import { withSteps } from './length';

const { evaluateEvery } = recipeFields;

/** What tells which runs there are and which are done. */
type Known = Pick<ExperimentRecord, 'experiment' | 'arms' | 'results'>;

/** All runs in the order in which they are to be run. */
export function jobsOf({ search, seeds }: Experiment, arms: readonly Pick<Arm, 'id'>[]): readonly Job[] {
  const [first] = seeds;
  const searches =
    search.factors.length > 1 && first !== undefined
      ? arms.flatMap((arm) => search.factors.map((factor) => searchJob(arm.id, factor, first)))
      : [];
  return [...searches, ...seeds.flatMap((seed) => arms.map((arm) => runJob(arm.id, seed)))];
}

/** Runs that have no result yet; the first is the next. */
export function jobsLeft({ experiment, arms, results }: Known): readonly Job[] {
  const done = new Set(results.map(({ job }) => job));
  return jobsOf(experiment, arms).filter(({ id }) => !done.has(id));
}

/** The counted runs of an arm, by rising place of their seed. */
export function runsOf(experiment: Experiment, arm: string): readonly Job[] {
  return experiment.seeds.map((seed) => runJob(arm, seed));
}

export interface ChosenFactor {
  readonly factor: number;
  /** The best is the first or last factor that was tried: a better one may lie beyond. */
  readonly edge: 'lowest' | 'highest' | null;
  /** Factors that were tried; 1 is no search. */
  readonly tried: number;
  /** Of these, runs that diverged; when all did, the lowest factor stands. */
  readonly diverged: number;
}

/** What the search of an arm chose, the lowest held-out loss of the runs that did not diverge; null until it is done. */
export function chosenFactor(
  { experiment, results }: Pick<Known, 'experiment' | 'results'>,
  arm: string,
): ChosenFactor | null {
  const { factors } = experiment.search;
  const [lowest, seed] = [factors[0] ?? 1, experiment.seeds[0]];
  if (factors.length <= 1 || seed === undefined) return { factor: lowest, edge: null, tried: 1, diverged: 0 };
  const byJob = new Map(results.map((result) => [result.job, result]));
  const searches = factors.map((factor) => ({ factor, result: byJob.get(searchJob(arm, factor, seed).id) }));
  if (searches.some(({ result }) => result === undefined)) return null;
  const sound = searches.filter(({ result }) => result && lossOf(result) !== null);
  const best = sound.reduce<(typeof sound)[number] | undefined>(
    (better, next) => (better && loss(better.result) <= loss(next.result) ? better : next),
    undefined,
  );
  const factor = best?.factor ?? lowest;
  const edge = factor === lowest ? 'lowest' : factor === factors.at(-1) ? 'highest' : null;
  return { factor, edge, tried: factors.length, diverged: factors.length - sound.length };
}

/** The factor of the learning rate that a run takes. Throws while the search of its arm goes on. */
export function factorOf(record: Known, job: Job): number {
  const factor = job.factor ?? chosenFactor(record, job.arm)?.factor;
  if (factor === undefined) {
    throw new Error(`${job.id}: the search for the learning rate of ${job.arm} is not done, run it first.`);
  }
  return factor;
}

/** What a run trains: the arm with its seed and rate. A search is a whole run in fewer steps, and is scored at its end. */
export function recipeOf({ search }: Experiment, arm: Arm, { purpose, seed }: Job, factor: number): Recipe {
  const recipe = { ...arm.recipe, seed, learningRate: arm.recipe.learningRate * factor };
  if (purpose === 'run') return recipe;
  const short = withSteps(recipe, searchSteps(recipe.steps, search.share));
  return { ...short, evaluateEvery: Math.min(short.steps, evaluateEvery.maximum), probeEvery: 0, sampleEvery: 0 };
}

/** Steps of a search run. */
export function searchSteps(steps: number, share: number): number {
  return Math.max(1, Math.round(steps * share));
}

function searchJob(arm: string, factor: number, seed: number): Job {
  return { id: `${arm}/search/${factor}/${seed}`, arm, purpose: 'search', factor, seed };
}

function runJob(arm: string, seed: number): Job {
  return { id: `${arm}/run/${seed}`, arm, purpose: 'run', factor: null, seed };
}

/** Null for a run that diverged, whatever it had learned before. */
function lossOf({ state, heldOutLoss }: JobResult): number | null {
  return state === 'diverged' ? null : heldOutLoss;
}

function loss(result: JobResult | undefined): number {
  return (result && lossOf(result)) ?? Number.POSITIVE_INFINITY;
}
