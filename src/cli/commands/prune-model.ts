/**
 * `lab prune-model`: takes pieces out of a model's vocabulary, measures the model before and after, and writes the smaller one.
 * Which pieces stay is decided by a text that is counted with the model's own tokenizer, as in `lab tokenizer prune`.
 */
import type { Interval } from '../../lab/evaluation';
import { examOf } from '../../lab/exam';
import { pruneFiles, weightBytes } from '../../lab/pruned-files';
import { type Comparison, compareModels, type MeasuredModel, type ModelFigures } from '../../lab/pruned-model';
import { openTokenizerJson } from '../../lab/tokenizers/files';
import { type ModelFiles, readModelFolder } from '../../model/folder';
import { Tokenizer } from '../../tokenizer/tokenizer';
import type { ChosenBackend } from '../backend';
import { type Command, type Options, print } from '../command';
import { around } from '../interval-text';
import { backendOf, modelOptions, openOn, readModelFiles, writeModelFolder } from '../model';
import { pruningOf, pruningOptions, textToCount, vocabularyOptions } from '../tokenizer-files';
import { filesOf } from '../training-files';

const { tokenizer: _, ...textOptions } = vocabularyOptions;

export const pruneModelCommand: Command = {
  summary: "takes pieces out of a model's vocabulary and measures what that does",
  options: {
    ...modelOptions,
    ...textOptions,
    ...pruningOptions,
    probes: { value: '<n>', about: 'probes of each kind', default: '100' },
    documents: { value: '<n>', about: 'held-out documents', default: '100' },
    out: { value: '<folder>', about: 'where the smaller model is written' },
    json: { value: '', about: 'one JSON object' },
  },
  async run(options) {
    const pruning = pruningOf(options);
    const { name, files } = readModelFiles(options.text('model'));
    const { config, weights } = readModelFolder(files, Tokenizer.parse, name);
    const text = await textToCount(options);
    const session = openTokenizerJson(jsonOf(files, 'tokenizer.json'), `${name}/tokenizer.json`);
    await session.count(text.documents);
    const { kept } = session.study.prune(pruning);
    const note = `The pieces were chosen by the method "${pruning.method}", counted on: ${text.name}.`;
    const pruned = pruneFiles(name, files, kept, note);
    const out = options.optional('out') ?? null;
    if (out !== null) writeModelFolder(out, pruned.files);

    const backend = await backendOf(options, config, weights);
    const before = await openMeasured(options, backend, name, files);
    const after = await openMeasured(options, backend, pruned.name, pruned.files);
    const exam = await examOf(name, filesOf(null), {
      documents: options.integer('documents', 2, 100_000),
      probes: options.integer('probes', 1, 100_000),
    });
    const comparison = (await compareModels(before, after, exam)) as Comparison;
    const { method } = pruning;
    const { adapter } = before;
    const result = { model: name, method, kept: kept.length, text: text.name, adapter, ...comparison, out };
    print(options.flag('json'), result, () => [`${adapter}, ${method}`, ...table(comparison)].join('\n'));
  },
};

async function openMeasured(
  options: Options,
  backend: ChosenBackend,
  name: string,
  files: ModelFiles,
): Promise<MeasuredModel & { readonly adapter: string }> {
  const { config, weights, tokenizer } = readModelFolder(files, Tokenizer.parse, name);
  const { runtime, adapter } = await openOn(backend, options, config, weights);
  return { runtime, adapter, tokenizer, bytes: weightBytes(files, name) };
}

function jsonOf(files: ModelFiles, name: string): unknown {
  return JSON.parse(new TextDecoder().decode(files[name]));
}

type Row = readonly [what: string, value: (figures: ModelFigures) => string, difference: Interval | null];

function table({ before, after, difference, left }: Comparison): string[] {
  const count = (value: number) => Math.round(value).toLocaleString('en');
  const bits = (language: 'all' | 'en' | 'zh'): Row => [
    `bits/character, ${language}`,
    (figures) => around(figures.bitsPerCharacter[language]),
    difference.bitsPerCharacter[language],
  ];
  const kinds = Object.keys(before.probes?.kinds ?? {});
  const rows: readonly Row[] = [
    ['pieces', ({ vocabularySize }) => count(vocabularySize), null],
    ['parameters', ({ parameters }) => count(parameters), null],
    ['of embedding and head', ({ vocabularyParameters }) => count(vocabularyParameters), null],
    ['bytes', ({ bytes }) => count(bytes), null],
    bits('all'),
    bits('en'),
    bits('zh'),
    ['probes', ({ probes }) => around(probes?.all ?? null), difference.probes],
    ...kinds.map((kind): Row => [`  ${kind}`, ({ probes }) => around(probes?.kinds[kind] ?? null), null]),
    ['tokens/s', ({ tokensPerSecond }) => count(tokensPerSecond), null],
    ['characters/s', ({ charactersPerSecond }) => count(charactersPerSecond), null],
  ];
  return [
    ...rows.map(([what, value, change]) =>
      [what.padEnd(22), value(before).padEnd(34), value(after).padEnd(34), change ? around(change) : '']
        .join(' ')
        .trimEnd(),
    ),
    `${left} documents left out: too long for the context`,
  ];
}
