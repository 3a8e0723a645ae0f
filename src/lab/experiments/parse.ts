/**
 * Experiments and their records as JSON. What is read comes from anywhere, so every value is checked, and that its parts
 * belong together: a result must be that of a run which the experiment has. A newer version is refused.
 */
import { RecipeError } from '../../train/recipe';
import { ShapeError } from '../json-shape';
import { armId } from './arm-id';
import { keysOf } from './design-problems';
import { type Experiment, type ExperimentRecord, experimentVersion } from './experiment';
import { experimentShape, recordShape } from './experiment-shape';
import { jobsOf } from './jobs';

/** A file that holds no experiment, or one that cannot be read. Its message is a sentence that starts with the source. */
export class ExperimentFileError extends Error {
  override readonly name = 'ExperimentFileError';
}

/** An experiment or a record as the text of a file. */
export function writeExperimentFile(content: Experiment | ExperimentRecord): string {
  return `${JSON.stringify(content, null, 1)}\n`;
}

/**
 * Reads the text of a file with a record; `source` names it in errors. What ran when it was written is paused in it, for a
 * file cannot go on by itself. Throws ExperimentFileError.
 */
export function readExperimentFile(content: string, source: string): ExperimentRecord {
  const read = parseExperimentRecord(jsonOf(content, source), source);
  return read.state === 'running' || read.state === 'waiting' ? { ...read, state: 'paused' } : read;
}

/** Reads the text of a file with an experiment alone, or takes it from a record. Throws ExperimentFileError. */
export function readExperimentDesign(content: string, source: string): Experiment {
  const json = jsonOf(content, source);
  return isObject(json) && 'experiment' in json
    ? parseExperimentRecord(json, source).experiment
    : parseExperiment(json, source);
}

/** Throws ExperimentFileError. Whether the experiment can be run is for `armsOf` to say. */
export function parseExperiment(json: unknown, source: string): Experiment {
  return reading(source, json, 'an experiment, with base and arms', 'base', () => experimentShape(json, ''));
}

/** Throws ExperimentFileError. */
export function parseExperimentRecord(json: unknown, source: string): ExperimentRecord {
  return reading(source, json, 'an experiment with its results', 'experiment', () => {
    const read = recordShape(json, '');
    checkTogether(read);
    return read;
  });
}

function jsonOf(content: string, source: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new ExperimentFileError(`${source} is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** Reads what has the key `mark`, with the source before whatever is wrong with it. */
function reading<T>(source: string, json: unknown, wanted: string, mark: string, read: () => T): T {
  if (!isObject(json) || !(mark in json)) {
    throw new ExperimentFileError(`${source} holds no experiment: choose a file with ${wanted}.`);
  }
  const { schemaVersion: version } = json;
  if (typeof version === 'number' && version > experimentVersion) {
    throw new ExperimentFileError(
      `${source}: The experiment is of version ${version}, made by a newer page; this page reads version ${experimentVersion}. Reload the page to get the newest.`,
    );
  }
  try {
    return read();
  } catch (error) {
    if (error instanceof ShapeError || error instanceof RecipeError) {
      throw new ExperimentFileError(`${source}: ${error.message}`);
    }
    throw error;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws ShapeError when an arm is not one of the axes, or a result, a prediction or a time is of no arm. */
function checkTogether({ experiment, arms, results, prediction, decodeMilliseconds }: ExperimentRecord): void {
  const keys = keysOf(experiment.arms);
  const ids = new Set<string>();
  arms.forEach(({ id, values }, index) => {
    const place = `arms[${index}]`;
    if (values.length !== keys.length)
      throw new ShapeError(`${place}.values`, values, `a value of each of ${keys.join(', ')}`);
    const wanted = armId(keys, values);
    if (id !== wanted) throw new ShapeError(`${place}.id`, id, `${wanted}, what its values are named`);
    if (ids.has(id)) throw new ShapeError(`${place}.id`, id, 'another than those before it');
    ids.add(id);
  });
  const jobs = new Set(jobsOf(experiment, arms).map(({ id }) => id));
  results.forEach(({ job }, index) => {
    const place = `results[${index}].job`;
    if (!jobs.delete(job)) throw new ShapeError(place, job, 'a run of this experiment that has no result before it');
  });
  if (prediction !== null && !ids.has(prediction)) throw new ShapeError('prediction', prediction, 'the id of an arm');
  const timed = Object.keys(decodeMilliseconds).find((id) => !ids.has(id));
  if (timed !== undefined) throw new ShapeError('decodeMilliseconds', timed, 'by the ids of arms');
}
