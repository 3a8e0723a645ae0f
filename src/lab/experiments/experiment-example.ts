/** Small experiments for tests, and records whose runs came out as told. */
import { exampleRecipe } from '../run-example';
import { armsOf } from './arms';
import { type Arm, type Experiment, type ExperimentRecord, experimentVersion, type JobResult } from './experiment';
import { jobsOf } from './jobs';

/** The characters of the texts that the examples would train on. */
export const exampleVocabulary = 70;

/** Three depths at the parameters of the base, by width; three seeds, no search. */
export function exampleExperiment(changes: Partial<Experiment> = {}): Experiment {
  return {
    schemaVersion: experimentVersion,
    preset: null,
    kind: 'sweep',
    base: exampleRecipe({ steps: 100, warmup: 10 }),
    arms: { kind: 'grid', axes: [{ key: 'depth', values: [1, 2, 4] }] },
    hold: null,
    length: { kind: 'steps' },
    search: { factors: [1], share: 0.25 },
    seeds: [1, 2, 3],
    ...changes,
  };
}

/** The arms of an experiment that has no problem. */
export function exampleArms(experiment: Experiment): readonly Arm[] {
  const { arms, problems } = armsOf(experiment, exampleVocabulary);
  if (problems.length > 0) throw new Error(problems.map(({ sentence }) => sentence).join('\n'));
  return arms;
}

/** A run whose held-out loss fell to `bits`; null: it diverged. */
export function exampleResult(job: string, bits: number | null, changes: Partial<JobResult> = {}): JobResult {
  const score = { heldOutLoss: bits === null ? null : 2 * bits, bitsPerCharacter: bits };
  const points = [4, 2, 1].map((above, index) => ({
    step: index * 50,
    heldOutLoss: 2 * ((bits ?? 5) * above),
    bitsPerCharacter: (bits ?? 5) * above,
  }));
  return {
    job,
    state: bits === null ? 'diverged' : 'done',
    factor: 1,
    ...score,
    trainingLoss: bits === null ? null : 2 * bits - 0.1,
    probes: { correct: bits === null ? 0 : Math.max(0, Math.round(40 - 10 * bits)), n: 40 },
    points,
    steps: 100,
    tokensPerSecond: 1000,
    seconds: 2,
    adapter: 'SwiftShader',
    ...changes,
  };
}

/** `scores` are bits a character by arm, in the order of the seeds; null diverged, fewer are still to be run. */
export function exampleRecord(
  experiment: Experiment,
  scores: Readonly<Record<string, readonly (number | null)[]>>,
  changes: Partial<ExperimentRecord> = {},
): ExperimentRecord {
  const arms = exampleArms(experiment);
  const results = jobsOf(experiment, arms).flatMap((job) => {
    const score = scores[job.arm]?.[experiment.seeds.indexOf(job.seed)];
    if (score === undefined) return [];
    return [exampleResult(job.id, score, job.factor === null ? {} : { factor: job.factor })];
  });
  return {
    schemaVersion: experimentVersion,
    id: 'experiment-1',
    name: null,
    created: '2026-01-31T12:00:00.000Z',
    state: 'done',
    experiment,
    arms,
    results,
    seconds: 18,
    prediction: null,
    floor: null,
    decodeMilliseconds: {},
    ...changes,
  };
}
