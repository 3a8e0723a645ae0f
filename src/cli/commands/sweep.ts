/**
 * `lab sweep`: carries out an experiment as the Architecture panel does: a preset by its id, an experiment from a file, or the
 * record of one that was left. The record is written after every run, so a large sweep may run overnight; its file can be
 * dropped into the page.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { estimateOf, refusal } from '../../lab/experiments/estimate';
import type { Experiment, ExperimentRecord, JobResult } from '../../lab/experiments/experiment';
import { jobsOf } from '../../lab/experiments/jobs';
import { readExperimentDesign, readExperimentFile, writeExperimentFile } from '../../lab/experiments/parse';
import { presets } from '../../lab/experiments/presets';
import { newRecord } from '../../lab/experiments/record';
import { ExperimentRunner } from '../../lab/experiments/runner';
import { timeFreshModel } from '../../lab/experiments/time-decoding';
import { prepareRun } from '../../lab/prepared-run';
import { backendOptions } from '../backend';
import { type Command, type Options, print, UsageError } from '../command';
import { carrierOf } from '../training-carrier';
import { filesOf } from '../training-files';

export const sweepCommand: Command = {
  summary: 'carries out a sweep or a pair, and goes on with one that was left',
  options: {
    preset: { value: '<id>', about: 'an experiment of the Architecture panel' },
    config: { value: '<file>', about: 'an experiment as JSON, or the record of one' },
    out: { value: '<file>', about: 'where the record is written; what it holds already is gone on from' },
    seeds: { value: '<n>', about: 'how many seeds, in place of the experiment’s' },
    force: { value: '', about: 'begins however long it takes' },
    ...backendOptions,
    kernels: { value: 'auto|naive|thread|group', about: 'which kernel family runs wherever it can', default: 'auto' },
    json: { value: '', about: 'a JSON line at the beginning and for every run' },
  },
  async run(options) {
    const { record, file } = await open(options);
    const json = options.flag('json');
    const all = jobsOf(record.experiment, record.arms).length;
    let told = record.results.length;
    let writing = Promise.resolve();
    print(json, { kind: 'experiment', id: record.id, file, runs: all, done: told }, () =>
      told > 0 ? `${file}: ${told} of ${all} runs are done, going on.` : `${file}: ${all} runs.`,
    );
    const runner = new ExperimentRunner(record, {
      files: filesOf(null),
      carrier: (prepared) => carrierOf(options, prepared),
      // Another device is another process: the record is kept, and the same command goes on from it.
      recover: async () => null,
      timeDecoding: (prepared, { backend }) => timeFreshModel(backend, prepared.config),
      now: () => performance.now(),
      onRecord: ({ results }) => {
        for (const result of results.slice(told)) {
          told += 1;
          print(json, { kind: 'run', done: told, ...result }, () => runLine(result, told, all));
        }
      },
      onProgress: () => {},
      keep: (kept, underWay) => {
        // A run under way begins again in the next process; one write after the other.
        if (!underWay) writing = writing.then(() => write(file, kept));
        return writing;
      },
    });
    process.once('SIGINT', () => void runner.pause());
    await runner.go();
    await write(file, runner.record);
    if (!json) process.stdout.write(`${runner.record.state}, written to ${file}\n`);
  },
};

async function open(options: Options): Promise<{ record: ExperimentRecord; file: string }> {
  const { experiment, name } = asked(options);
  const file = options.optional('out') ?? path.join('.cache', 'experiments', `${name}.json`);
  if (existsSync(file)) {
    const record = readExperimentFile(readFileSync(file, 'utf8'), file);
    if (JSON.stringify(record.experiment) !== JSON.stringify(experiment)) {
      throw new UsageError(`${file} holds another experiment: name another file with --out, or remove it.`);
    }
    return { record, file };
  }
  const { base } = experiment;
  const prepared = await prepareRun({ ...base, batch: 1 }, filesOf(null));
  const vocabulary = prepared.config.vocab_size;
  const created = new Date().toISOString();
  const identity = { id: `experiment-${Date.parse(created).toString(36)}-lab`, name: null, created, prediction: null };
  const floor = prepared.data.floor?.bitsPerCharacter.value ?? null;
  const record = newRecord(identity, experiment, vocabulary, floor);
  const problem = refusal(estimateOf(experiment, record.arms, vocabulary, null), options.flag('force'));
  if (problem) throw new Error(`${problem} (--force)`);
  return { record, file };
}

function asked(options: Options): { experiment: Experiment; name: string } {
  const [preset, config] = [options.optional('preset'), options.optional('config')];
  if ((preset === undefined) === (config === undefined)) {
    throw new UsageError('Give an experiment: either --preset with its id or --config with a file.');
  }
  const known = presets.find(({ id }) => id === preset);
  if (preset !== undefined && !known) {
    throw new UsageError(`--preset is "${preset}": choose ${presets.map(({ id }) => id).join(', ')}.`);
  }
  const experiment = known?.experiment ?? designOf(config as string);
  const seeds = options.optional('seeds') === undefined ? null : options.integer('seeds', 1, 100);
  const chosen = seeds === null ? experiment.seeds : Array.from({ length: seeds }, (_, index) => index + 1);
  // As a file would hold it, so that it can be compared with one.
  const content = writeExperimentFile({ ...experiment, seeds: chosen });
  return {
    experiment: readExperimentDesign(content, 'the experiment'),
    name: preset ?? path.basename(config as string, '.json'),
  };
}

function designOf(file: string): Experiment {
  if (!existsSync(file)) throw new UsageError(`--config is "${file}": there is no such file.`);
  return readExperimentDesign(readFileSync(file, 'utf8'), file);
}

/** Replaced in one step, so that a process that is killed leaves the record before. */
async function write(file: string, record: ExperimentRecord): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.part`, writeExperimentFile(record));
  await rename(`${file}.part`, file);
}

function runLine(
  { job, state, bitsPerCharacter, seconds, tokensPerSecond }: JobResult,
  done: number,
  all: number,
): string {
  const score = state === 'diverged' ? 'diverged' : `${bitsPerCharacter?.toFixed(4)} bits/character`;
  return `${String(done).padStart(4)} of ${all}  ${job.padEnd(40)} ${score}  ${seconds.toFixed(1)} s, ${tokensPerSecond.toFixed(0)} tokens/s`;
}
