/** `lab results`: what the record of an experiment says, for a terminal, a document or a machine. */
import { existsSync, readFileSync } from 'node:fs';
import { readExperimentFile } from '../../lab/experiments/parse';
import { presets } from '../../lab/experiments/presets';
import { reportOf } from '../../lab/experiments/report';
import { reportMarkdown } from '../../lab/experiments/report-markdown';
import { type Command, print, UsageError } from '../command';

export const resultsCommand: Command = {
  summary: 'says what an experiment’s record holds: means, intervals, differences, the paper beside them',
  options: {
    record: { value: '<file>', about: 'as lab sweep writes it and the Architecture panel exports it' },
    json: { value: '', about: 'one JSON line in place of a Markdown table' },
  },
  async run(options) {
    const file = options.text('record');
    if (!existsSync(file)) throw new UsageError(`--record is "${file}": there is no such file.`);
    const record = readExperimentFile(readFileSync(file, 'utf8'), file);
    const paper = presets.find(({ id }) => id === record.experiment.preset)?.paper ?? null;
    const report = reportOf(record, paper);
    print(options.flag('json'), report, () => reportMarkdown(report));
  },
};
