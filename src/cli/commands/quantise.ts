/**
 * `lab quantise`: rounds a model's matrices to 8 or 4 bits, measures the model before and after on the same documents and questions,
 * and writes the smaller one.
 */

import type { Weights } from '../../graph/weights';
import { activationErrors } from '../../lab/activation-errors';
import type { Interval } from '../../lab/evaluation';
import { examOf } from '../../lab/exam';
import { documentIds } from '../../lab/held-out-documents';
import { runOnExecutor } from '../../lab/inside/run-graph';
import { weightBytes } from '../../lab/pruned-files';
import {
  type Comparison,
  chooseExam,
  compareWith,
  type ExaminedModel,
  examineModel,
  type MeasuredModel,
  type ModelFigures,
} from '../../lab/pruned-model';
import { quantiseFiles } from '../../lab/quantised-files';
import { type ModelFiles, readModelFolder } from '../../model/folder';
import { layerErrors, type MatrixError, matrixErrors } from '../../quant/error';
import { isSchemeId, type SchemeId, schemeIds } from '../../quant/schemes';
import { type SelectionId, selections } from '../../quant/which-matrices';
import { Tokenizer } from '../../tokenizer/tokenizer';
import { type ChosenBackend, openCpu } from '../backend';
import { type Command, type Options, print, UsageError } from '../command';
import { around } from '../interval-text';
import { backendOf, modelOptions, openOn, readModelFiles, writeModelFolder } from '../model';
import { filesOf } from '../training-files';

export const quantiseCommand: Command = {
  summary: "rounds a model's matrices to 8 or 4 bits and measures what that does",
  options: {
    ...modelOptions,
    scheme: { value: '<ids>', about: `one or more of ${schemeIds.join(', ')}`, default: 'int4-row' },
    matrices: { value: 'glm|all', about: "GLM-130B's four kinds, or embedding and head too", default: 'glm' },
    activations: { value: 'f32|int8', about: 'what quantised matrices are multiplied with', default: 'f32' },
    probes: { value: '<n>', about: 'probes of each kind', default: '100' },
    documents: { value: '<n>', about: 'held-out documents', default: '100' },
    out: { value: '<folder>', about: 'where the smaller model is written, with a single scheme' },
    json: { value: '', about: 'one JSON line a scheme' },
  },
  async run(options) {
    const chosen = schemesOf(options);
    const matrices = options.choice('matrices', Object.keys(selections) as SelectionId[]);
    const activations = options.choice('activations', ['f32', 'int8']);
    const out = options.optional('out') ?? null;
    if (out !== null && chosen.length > 1) throw new UsageError('--out takes a single scheme: give one to --scheme.');
    const { name, files } = readModelFiles(options.text('model'));
    const { config, weights, tokenizer } = readModelFolder(files, Tokenizer.parse, name);
    const exam = await examOf(name, filesOf(null), {
      documents: options.integer('documents', 2, 100_000),
      probes: options.integer('probes', 1, 100_000),
    });
    const backend = await backendOf(options, config, weights);
    const whole = await openMeasured(options, backend, name, files, false);
    const before = (await examineModel(whole, chooseExam(exam, [tokenizer], whole.runtime))) as ExaminedModel;
    const [text] = before.exam.fitting;
    const ids = text ? documentIds(tokenizer, text) : new Uint32Array();
    const executor = (await openCpu(options)).executor(weights);
    for (const scheme of chosen) {
      const quantised = quantiseFiles(name, files, scheme, { kinds: selections[matrices] });
      if (out !== null) writeModelFolder(out, quantised.files);
      const after = await openMeasured(options, backend, quantised.name, quantised.files, activations === 'int8');
      const comparison = (await compareWith(before, after)) as Comparison;
      const onActivations = await activationErrors(config, weights, after.weights, ids, runOnExecutor(executor));
      const errors = matrixErrors(config, weights, after.weights).map((error) => ({
        ...error,
        onActivations: onActivations.get(error.name) ?? null,
      }));
      const memory = { before: whole.memoryBytes, after: after.memoryBytes };
      after.runtime.destroy();
      const result = {
        ...{ model: name, scheme, matrices, activations, adapter: after.adapter },
        ...comparison,
        ...{ memory, errors, layers: layerErrors(errors), out },
      };
      print(options.flag('json'), result, () =>
        [`${scheme}, ${after.adapter}`, ...table(comparison, memory), ...errorLines(errors)].join('\n'),
      );
    }
  },
};

function schemesOf(options: Options): SchemeId[] {
  return options
    .text('scheme')
    .split(',')
    .map((text) => {
      if (isSchemeId(text)) return text;
      throw new UsageError(`--scheme has "${text}": choose ${schemeIds.join(', ')}.`);
    });
}

interface OpenQuantised extends MeasuredModel {
  readonly weights: Weights;
  readonly adapter: string;
  /** Of the weights where the model runs. */
  readonly memoryBytes: number;
}

async function openMeasured(
  options: Options,
  backend: ChosenBackend,
  name: string,
  files: ModelFiles,
  integerActivations: boolean,
): Promise<OpenQuantised> {
  const { config, weights, tokenizer } = readModelFolder(files, Tokenizer.parse, name);
  const { runtime, adapter } = await openOn(backend, options, config, weights, { integerActivations });
  const memoryBytes = runtime.memory().weights;
  return { runtime, tokenizer, bytes: weightBytes(files, name), weights, adapter, memoryBytes };
}

function table(
  { before, after, difference }: Comparison,
  memory: { readonly before: number; readonly after: number },
): string[] {
  const count = (value: number) => Math.round(value).toLocaleString('en');
  const row = (what: string, value: (figures: ModelFigures) => string, change: Interval | null) =>
    line(what, value(before), value(after), change ? around(change) : '');
  return [
    row('bits/character', ({ bitsPerCharacter }) => around(bitsPerCharacter.all), difference.bitsPerCharacter.all),
    row('probes', ({ probes }) => around(probes?.all ?? null), difference.probes),
    row('bytes of the file', ({ bytes }) => count(bytes), null),
    line('bytes in memory', count(memory.before), count(memory.after), ''),
    row('tokens/s', ({ tokensPerSecond }) => count(tokensPerSecond), null),
  ];
}

function errorLines(errors: readonly (MatrixError & { readonly onActivations: number | null })[]): string[] {
  const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(2)} %`);
  return [
    line('', 'error of weights', 'of outputs on a text', 'reach'),
    ...errors.map(({ name, relative, onActivations, reach }) =>
      line(name.replace(/^model\.|\.weight$/g, ''), percent(relative), percent(onActivations), reach.toFixed(2)),
    ),
  ];
}

function line(what: string, ...cells: readonly string[]): string {
  return [what.padEnd(38), ...cells.map((cell) => cell.padEnd(38))].join(' ').trimEnd();
}
