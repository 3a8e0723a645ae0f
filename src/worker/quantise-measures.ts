/**
 * What a scheme does to a model, measured on the worker's backend: on its weights and activations, on held-out documents and
 * questions, and on the text that it writes. Measurements are null when stopped.
 */
import { breather } from '../graph/breather';
import { activationErrors } from '../lab/activation-errors';
import type { ExamControl } from '../lab/evaluation';
import { type ExamSize, examOf } from '../lab/exam';
import { runOnExecutor } from '../lab/inside/run-graph';
import { weightBytes } from '../lab/pruned-files';
import {
  chooseExam,
  differenceOf,
  type ExaminedModel,
  examineModel,
  figuresOf,
  type MeasuredModel,
  timedRounds,
  timeInTurn,
} from '../lab/pruned-model';
import { parameterCount } from '../model/names';
import type { Runtime } from '../model/runtime';
import { layerErrors, type MatrixError, matrixErrors } from '../quant/error';
import { quantiseWeights } from '../quant/quantise-weights';
import { type SchemeId, schemes } from '../quant/schemes';
import { layersOf, type Selection, type SelectionId, selections } from '../quant/which-matrices';
import { fetchedFiles, noFile } from './data-files';
import type { OpenedModel } from './model-source';
import type { Event } from './protocol';
import { storedBytes } from './quantise-bytes';
import type { Activations, LayerErrorRow, MatrixErrorRow, SchemeFigures } from './quantise-protocol';
import type { ModelToOpen, Place, SideBySide } from './side-by-side';
import type { Writing } from './tokenizer-protocol';
import { writeOnce } from './writing';

/** As for pruned models: the interval of all 200 answers is ± 7 percentage points wide. */
export const schemeExam: ExamSize = { documents: 40, probes: 40 };
/** Multiply-adds that errors on activations may take: a second or two. */
const mostProducts = 2e8;
/** Milliseconds without giving way to a wish to stop. */
const longestTurn = 20;

export interface SchemeRequest {
  readonly scheme: SchemeId;
  readonly selection: SelectionId;
}

interface Activated {
  readonly activations: Activations;
}

/** A model that is measured beside others. */
interface Subject extends MeasuredModel {
  /** Null: the model as it is. */
  readonly scheme: SchemeId | null;
}

export interface Errors {
  readonly scheme: SchemeId;
  readonly matrices: readonly MatrixErrorRow[];
  readonly layers: readonly LayerErrorRow[];
}

export class QuantiseMeasures {
  constructor(
    private readonly sideBySide: SideBySide,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
    private readonly stopped: () => boolean,
    private readonly examSize: ExamSize,
  ) {}

  /** Of every matrix, layer by layer; `text` gives the activations. */
  errors(model: OpenedModel, { scheme, selection }: SchemeRequest, text: string): Promise<Errors | null> {
    const { config, weights, tokenizer } = model;
    const rows = Math.max(2, Math.floor(mostProducts / parameterCount(config)));
    const ids = tokenizer.encode(text, { begin: true }).slice(0, rows);
    const groups = groupsOf(model, selection);
    return this.sideBySide.onCpu(weights, async (executor) => {
      const breathe = breather(longestTurn);
      const errors: MatrixError[] = [];
      const onActivations = new Map<string, number>();
      for (const [index, group] of groups.entries()) {
        await breathe();
        if (this.stopped()) return null;
        const quantised = quantiseWeights(config, weights, schemes[scheme], group);
        errors.push(...matrixErrors(config, weights, quantised));
        const own = await activationErrors(config, weights, quantised, ids, runOnExecutor(executor));
        for (const [name, error] of own) onActivations.set(name, error);
        this.#progress(index + 1, groups.length);
      }
      // A table that is only looked up meets no activations.
      const matrices = errors.map(({ name, kind, layer, shape, relative }) => ({
        ...{ name, kind, layer, shape, relative },
        onActivations: onActivations.get(name) ?? null,
      }));
      return { scheme, matrices, layers: layerErrors(errors) };
    });
  }

  /** The model as it is, then under each scheme: all timed in turn, then examined on the same documents and questions. */
  async schemes(
    model: OpenedModel,
    asked: Omit<SchemeRequest, 'scheme'> & Activated & { readonly schemes: readonly SchemeId[] },
    onRow: (row: SchemeFigures) => void,
  ): Promise<readonly SchemeFigures[] | null> {
    const { tokenizer } = model;
    const exam = await examOf(model.id, fetchedFiles(this.modelsUrl, noFile), this.examSize);
    return this.sideBySide.on(model, async (place) => {
      const models: Subject[] = [await subjectOf(place, model, null, weightBytes(model.files, model.id))];
      for (const scheme of asked.schemes) {
        const { weights } = this.#quantised(model, { ...asked, scheme });
        const quantised = { ...model, weights, integerActivations: asked.activations === 'int8' };
        models.push(await subjectOf(place, quantised, scheme, storedBytes(weights)));
      }
      const chosen = chooseExam(exam, [tokenizer], models[0]?.runtime as Runtime);
      const control = this.#control(models.length * (timedRounds + chosen.fitting.length + chosen.asked.length));
      const speeds = await timeInTurn(models, control);
      if (!speeds) return null;
      const rows: SchemeFigures[] = [];
      let before: ExaminedModel | null = null;
      for (const [index, subject] of models.entries()) {
        const examined: ExaminedModel | null = await examineModel(subject, chosen, control);
        if (!examined) return null;
        const row: SchemeFigures = {
          scheme: subject.scheme,
          activations: before ? asked.activations : 'f32',
          figures: figuresOf(examined, speeds[index] as number),
          difference: before && differenceOf(before.outcome, examined.outcome),
          memoryBytes: subject.runtime.memory().weights,
          adapter: place.adapter,
        };
        before ??= examined;
        rows.push(row);
        onRow(row);
      }
      return rows;
    });
  }

  /** The same prompt, seed and settings with the model as it is and quantised; what was written until it was stopped. */
  compare(
    model: OpenedModel,
    asked: SchemeRequest & Activated,
    writing: Omit<Parameters<typeof writeOnce>[1], 'onToken' | 'stopped'>,
  ): Promise<{ readonly before: Writing; readonly after: Writing }> {
    const { tokenizer } = model;
    const { length } = writing;
    const { stopped } = this;
    return this.sideBySide.on(model, async (place) => {
      const write = (runtime: Runtime, done: number) =>
        writeOnce(
          { runtime, tokenizer },
          { ...writing, stopped, onToken: (count) => this.#progress(done + count, 2 * length) },
        );
      const before = await write(await place.open(model), 0);
      const quantised = this.#quantised(model, asked);
      const after = await place.open({ ...quantised, integerActivations: asked.activations === 'int8' });
      return { before, after: await write(after, length) };
    });
  }

  #quantised(model: OpenedModel, { scheme, selection }: SchemeRequest): OpenedModel {
    const kinds = selections[selection];
    return { ...model, weights: quantiseWeights(model.config, model.weights, schemes[scheme], { kinds }) };
  }

  #control(total: number): ExamControl {
    let done = 0;
    return {
      onDone: () => {
        done += 1;
        this.#progress(done, total);
      },
      shouldStop: this.stopped,
    };
  }

  #progress(done: number, total: number): void {
    this.emit({ type: 'progress', task: 'evaluate', done, total });
  }
}

async function subjectOf(
  place: Place,
  model: OpenedModel & ModelToOpen,
  scheme: SchemeId | null,
  bytes: number,
): Promise<Subject> {
  return { runtime: await place.open(model), tokenizer: model.tokenizer, scheme, bytes };
}

/** What is quantised together to have its errors measured: embedding and head, then each layer. */
function groupsOf({ config }: OpenedModel, selection: SelectionId): Selection[] {
  const kinds: Selection['kinds'] = selections[selection];
  const outside = kinds.filter((kind) => kind === 'embedding' || kind === 'head');
  const layers = layersOf(config).map((layer) => ({ kinds, layers: [layer] }));
  return [...(outside.length > 0 ? [{ kinds: outside }] : []), ...layers];
}
