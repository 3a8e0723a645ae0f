import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Experiment, ExperimentRecord } from './experiment';
import { anyExperiment, anyResults } from './experiment-arbitrary';
import { exampleArms, exampleExperiment, exampleRecord } from './experiment-example';
import { jobsOf } from './jobs';
import {
  ExperimentFileError,
  parseExperiment,
  parseExperimentRecord,
  readExperimentDesign,
  readExperimentFile,
  writeExperimentFile,
} from './parse';

const searched = exampleExperiment({ search: { factors: [0.5, 1], share: 0.5 } });
const done = exampleRecord(
  searched,
  { 'depth=1': [1, 1.1, null], 'depth=2': [0.9] },
  { prediction: 'depth=2', decodeMilliseconds: { 'depth=1': { median: 0.4, least: 0.3, most: 0.5 } } },
);

/** A copy with the value at a path replaced: `results.0.job`. */
function changed(content: object, path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(content));
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((at, key) => at[key], copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

describe('an experiment', () => {
  it('comes back from its file as it was', () => {
    fc.assert(
      fc.property(anyExperiment, (experiment) => {
        expect(readExperimentDesign(writeExperimentFile(experiment), 'file')).toEqual(experiment);
      }),
    );
  });

  it('is taken from a record too', () => {
    expect(readExperimentDesign(writeExperimentFile(done), 'file')).toEqual(searched);
  });

  it.each<[string, unknown, string]>([
    [
      'schemaVersion',
      2,
      'x.json: The experiment is of version 2, made by a newer page; this page reads version 1. Reload the page to get the newest.',
    ],
    ['schemaVersion', undefined, 'x.json: schemaVersion is missing: it must be one of 1.'],
    ['kind', 'trio', 'x.json: kind is "trio": it must be one of pair, sweep.'],
    ['base.steps', 0, 'x.json: base: steps is 0: choose a whole number from 1 to 1000000.'],
    ['arms.kind', 'list', 'x.json: arms.kind is "list": it must be one of grid, random.'],
    ['arms', null, 'x.json: arms.kind is missing: it must be one of grid, random.'],
    ['arms.axes', [], 'x.json: arms.axes is []: it must be a list of one axis or two.'],
    [
      'arms.axes.0.key',
      'toString',
      'x.json: arms.axes[0].key is "toString": it must be the name of an axis, like depth.',
    ],
    [
      'arms.axes.0.values.1',
      0,
      'x.json: arms.axes[0].values[1] is 0: it must be a value of depth: a whole number from 1 to 1024.',
    ],
    ['hold', { quantity: 'watts' }, 'x.json: hold.quantity is "watts": it must be one of parameters, flops, bytes.'],
    ['length.kind', 'days', 'x.json: length.kind is "days": it must be one of steps, tokensPerParameter.'],
    ['search.factors.0', -1, 'x.json: search.factors[0] is -1: it must be a number above 0.'],
    ['seeds', [0.5], 'x.json: seeds[0] is 0.5: it must be a whole number from 0.'],
  ])('with %s %j is refused', (path, value, sentence) => {
    expect(() => parseExperiment(changed(searched, path, value), 'x.json')).toThrow(new ExperimentFileError(sentence));
  });

  it.each([
    [[1], 'x.json holds no experiment: choose a file with an experiment, with base and arms.'],
    [{ runs: [] }, 'x.json holds no experiment: choose a file with an experiment, with base and arms.'],
  ])('is not %j', (json, sentence) => {
    expect(() => parseExperiment(json, 'x.json')).toThrow(sentence);
    expect(() => readExperimentDesign('{', 'x.json')).toThrow('x.json is not JSON');
  });
});

describe('a record', () => {
  const anyRecord: fc.Arbitrary<ExperimentRecord> = fc
    .constantFrom<Experiment>(
      searched,
      exampleExperiment({ seeds: [4] }),
      exampleExperiment({
        arms: { kind: 'random', ranges: [{ key: 'depth', from: 1, to: 6 }], count: 3, seed: 1 },
        hold: { quantity: 'bytes', free: 'model.hidden_size', target: null },
      }),
    )
    .chain((experiment) => {
      const jobs = jobsOf(experiment, exampleArms(experiment)).map(({ id }) => id);
      return anyResults(exampleRecord(experiment, {}), jobs);
    });

  it('comes back from its file as it was', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(readExperimentFile(writeExperimentFile(record), 'file')).toEqual(record);
      }),
    );
  });

  it('is paused in its file when it ran or waited', () => {
    for (const state of ['running', 'waiting', 'paused', 'done', 'cancelled'] as const) {
      const read = readExperimentFile(writeExperimentFile({ ...done, state }), 'file');
      expect(read.state).toBe(state === 'running' || state === 'waiting' ? 'paused' : state);
    }
  });

  it('drops what is no part of it', () => {
    expect(parseExperimentRecord({ ...done, extra: 1 }, 'file')).toEqual(done);
  });

  it.each<[string, unknown, string]>([
    ['schemaVersion', 7, 'x.json: The experiment is of version 7, made by a newer page'],
    ['id', 5, 'x.json: id is 5: it must be text.'],
    ['created', 'yesterday', 'x.json: created is "yesterday": it must be a date'],
    ['state', 'lost', 'x.json: state is "lost": it must be one of waiting, running, paused, done, cancelled.'],
    ['experiment.seeds', null, 'x.json: experiment.seeds is null: it must be a list.'],
    ['arms.1.recipe.batch', 0, 'x.json: arms[1].recipe: batch is 0: choose a whole number from 1 to 1024.'],
    ['arms.1.parameters', null, 'x.json: arms[1].parameters is null: it must be a whole number from 0.'],
    ['arms.1.values', [], 'x.json: arms[1].values is []: it must be a value of each of depth.'],
    ['arms.1.values', [1], 'x.json: arms[1].id is "depth=2": it must be depth=1, what its values are named.'],
    [
      'results.0.job',
      'depth=9/run/1',
      'x.json: results[0].job is "depth=9/run/1": it must be a run of this experiment',
    ],
    ['results.1.job', 'depth=1/search/0.5/1', 'x.json: results[1].job is "depth=1/search/0.5/1": it must be a run'],
    ['results.0.state', 'ok', 'x.json: results[0].state is "ok": it must be one of done, diverged.'],
    ['results.0.heldOutLoss', 'low', 'x.json: results[0].heldOutLoss is "low": it must be a number.'],
    ['results.0.probes', { correct: 3, n: 2 }, 'x.json: results[0].probes is {"correct":3,"n":2}: it must be probes'],
    ['results.0.points.1.step', 0, 'x.json: results[0].points[1].step is 0: it must be above the step before it.'],
    ['prediction', 'depth=8', 'x.json: prediction is "depth=8": it must be the id of an arm.'],
    [
      'decodeMilliseconds',
      { 'depth=8': { median: 1, least: 1, most: 1 } },
      'x.json: decodeMilliseconds is "depth=8": it must be by the ids of arms.',
    ],
    [
      'decodeMilliseconds',
      { 'depth=1': { median: null } },
      'x.json: decodeMilliseconds.depth=1.median is null: it must be a number.',
    ],
    ['decodeMilliseconds', [], 'x.json: decodeMilliseconds is []: it must be an object'],
  ])('with %s %j is refused', (path, value, sentence) => {
    expect(() => parseExperimentRecord(changed(done, path, value), 'x.json')).toThrow(sentence);
  });

  it('has no arm twice, and is no experiment alone', () => {
    const [first] = done.arms;
    expect(() => parseExperimentRecord({ ...done, arms: [first, first], results: [] }, 'x.json')).toThrow(
      'x.json: arms[1].id is "depth=1": it must be another than those before it.',
    );
    expect(() => readExperimentFile(writeExperimentFile(searched), 'x.json')).toThrow(
      'x.json holds no experiment: choose a file with an experiment with its results.',
    );
  });
});
