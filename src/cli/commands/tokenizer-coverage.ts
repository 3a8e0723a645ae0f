/** `lab tokenizer coverage`: both ways of pruning over all sizes; what the Tokenizer panel draws. */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { writtenRecord } from '../../lab/tokenizers/record';
import { curveSizes } from '../../lab/tokenizers/sizes';
import { type Command, print, UsageError } from '../command';
import { openTokenizer, textToCount, vocabularyOptions } from '../tokenizer-files';

export const tokenizerCoverageCommand: Command = {
  summary: 'coverage, growth and dead pieces of a pruned vocabulary against its size',
  options: {
    ...vocabularyOptions,
    points: { value: '<n>', about: 'sizes spread evenly over a log axis, beside the usual ones', default: '14' },
    record: { value: '<file>', about: 'where the result is written as the page shows recorded ones' },
    date: { value: '<day>', about: 'of the record, such as 2026-01-31' },
    json: { value: '', about: 'a JSON line a size' },
  },
  async run(options) {
    const file = options.optional('record');
    if (file !== undefined && !options.optional('date'))
      throw new UsageError('--record needs --date, the day it is made.');
    const { name, session } = await openTokenizer(options);
    const text = await textToCount(options);
    const facts = session.facts();
    const count = await session.count(text.documents);
    const sizes = curveSizes(facts, options.integer('points', 2, 200));
    const points = await session.coverage(sizes, ({ keep, frequency, closed }) =>
      print(options.flag('json'), { keep, frequency, closed }, () =>
        [frequency, closed]
          .map(
            ({ method, nominal, reEncoded, growth, dead }) =>
              `${String(keep).padStart(7)} ${method.padEnd(10)} covers ${(100 * nominal.all).toFixed(2)} %, re-encoded ${(100 * reEncoded.all).toFixed(2)} %, ` +
              `tokens × ${growth.all.toFixed(3)} (en ${growth.en?.toFixed(3) ?? '–'}, zh ${growth.zh?.toFixed(3) ?? '–'}), dead ${((100 * dead) / keep).toFixed(1)} %`,
          )
          .join('\n'),
      ),
    );
    if (file === undefined) return;
    const machine = `${os.cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}`;
    const made = { date: options.text('date'), command: 'node tools/runs/tokenizer.mjs', machine };
    const record = writtenRecord({ made, name, text: text.name, facts, count, points });
    writeFileSync(file, `${JSON.stringify(record)}\n`);
  },
};
