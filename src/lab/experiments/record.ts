/** The record of an experiment before its first run, and how it grows by seeds. */
import { armsOf } from './arms';
import { type Experiment, type ExperimentRecord, experimentVersion } from './experiment';

export interface RecordIdentity {
  readonly id: string;
  readonly name: string | null;
  /** ISO 8601. */
  readonly created: string;
  readonly prediction: string | null;
}

/** Throws the first problem's sentence when the experiment cannot be run. */
export function newRecord(
  identity: RecordIdentity,
  experiment: Experiment,
  vocabularySize: number,
  floor: number | null,
): ExperimentRecord {
  const { arms, problems } = armsOf(experiment, vocabularySize);
  const [problem] = problems;
  if (problem) throw new Error(problem.sentence);
  return {
    schemaVersion: experimentVersion,
    ...identity,
    state: 'waiting',
    experiment,
    arms,
    results: [],
    seconds: 0,
    floor,
    decodeMilliseconds: {},
  };
}

/** The record with so many more seeds, each one above the highest so far; what is known stays. */
export function withMoreSeeds(record: ExperimentRecord, more: number): ExperimentRecord {
  const { experiment } = record;
  const highest = Math.max(...experiment.seeds);
  const seeds = [...experiment.seeds, ...Array.from({ length: more }, (_, index) => highest + 1 + index)];
  return { ...record, state: 'waiting', experiment: { ...experiment, seeds } };
}
