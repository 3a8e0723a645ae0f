/** `lab tokenizer prune`: counts a text with a vocabulary, prunes it, and says what that does to the text. */
import { writeFileSync } from 'node:fs';
import type { PruningReport } from '../../tokenizer/prune/report';
import { type Command, print } from '../command';
import { openTokenizer, pruningOf, pruningOptions, textToCount, vocabularyOptions } from '../tokenizer-files';

export const tokenizerPruneCommand: Command = {
  summary: 'prunes a vocabulary by what a text needs, and says what that costs',
  options: {
    ...vocabularyOptions,
    ...pruningOptions,
    out: { value: '<file>', about: 'where the pruned tokenizer.json is written' },
    json: { value: '', about: 'one JSON line: vocabulary, count, report, the other way at the same size' },
  },
  async run(options) {
    const pruning = pruningOf(options);
    const { name, session } = await openTokenizer(options);
    const text = await textToCount(options);
    const vocabulary = session.facts();
    const { nominal: _, ...count } = await session.count(text.documents);
    const [report, other] = await session.prune(pruning);
    const out = options.optional('out');
    if (out !== undefined) writeFileSync(out, `${JSON.stringify(session.exported())}\n`);
    const result = { tokenizer: name, text: text.name, vocabulary, count, report, other };
    print(options.flag('json'), result, () =>
      [
        `${name}: ${vocabulary.size} pieces, ${vocabulary.pieces.zh} with hanzi, ${vocabulary.alwaysKept} always kept`,
        `${text.name}: ${count.characters.all} characters, ${count.tokens.all} tokens of ${count.distinct} pieces`,
        ...[report, other].map(lines),
      ].join('\n'),
    );
  },
};

function lines({ method, kept, nominal, reEncoded, growth, dead }: PruningReport): string {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const times = (value: number | null) => (value === null ? '–' : value.toFixed(3));
  return [
    `${method}: ${kept} kept, ${dead} of them dead (${percent(dead / kept)})`,
    `  covers ${percent(nominal.all)} of the tokens, ${percent(reEncoded.all)} after re-encoding`,
    `  ${times(growth.all)} times the tokens (English ${times(growth.en)}, Chinese ${times(growth.zh)})`,
  ].join('\n');
}
