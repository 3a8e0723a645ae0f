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
import { chooseExam, compareWith, examineModel, figuresAlone, timedRounds } from '../lab/pruned-model';
import { parameterCount } from '../model/names';
import { layerErrors, type MatrixError, matrixErrors } from '../quant/error';
import { quantiseWeights } from '../quant/quantise-weights';
import { type SchemeId, schemes } from '../quant/schemes';
import { layersOf, type Selection, type SelectionId, selections } from '../quant/which-matrices';
import { fetchedFiles, noFile } from './data-files';
import type { OpenedModel } from './model-source';
import type { Event } from './protocol';
import { storedBytes } from './quantise-bytes';
import type { Activations, LayerErrorRow, MatrixErrorRow, SchemeFigures } from './quantise-protocol';
import type { Place, SideBySide } from './side-by-side';
import type { Writing } from './tokenizer-protocol';
import { writeOnce } from './writing';

/** As for pruned models: the interval of all 200 answers is ± 7 percentage points wide. */
const schemeExam: ExamSize = { documents: 40, probes: 40 };
/** Multiply-adds that errors on activations may take: a second or two. */
const mostProducts = 2e8;
/** Milliseconds without giving way to a wish to stop. */
const longestTurn = 20;

export interface SchemeRequest {
  readonly scheme: SchemeId;
  readonly selection: SelectionId;
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

  /** The model as it is, then under each scheme, on the same documents and questions; each is timed in turn with the model as it is. */
  async schemes(
    model: OpenedModel,
    asked: {
      readonly schemes: readonly SchemeId[];
      readonly selection: SelectionId;
      readonly activations: Activations;
    },
    onRow: (row: SchemeFigures) => void,
  ): Promise<readonly SchemeFigures[] | null> {
    const { tokenizer } = model;
    const exam = await examOf(model.id, fetchedFiles(this.modelsUrl, noFile), schemeExam);
    return this.sideBySide.on(model, async (place) => {
      const base = { runtime: await place.open(model), tokenizer, bytes: weightBytes(model.files, model.id) };
      const chosen = chooseExam(exam, [tokenizer], base.runtime);
      const each = chosen.fitting.length + chosen.asked.length;
      const control = this.#control((asked.schemes.length + 1) * each + asked.schemes.length * 2 * timedRounds);
      const examined = await examineModel(base, chosen, control);
      if (!examined) return null;
      const { adapter } = place;
      const first: SchemeFigures = {
        ...{ scheme: null, activations: 'f32', difference: null, adapter },
        figures: await figuresAlone(examined),
        memoryBytes: base.runtime.memory().weights,
      };
      const rows = [first];
      onRow(first);
      for (const scheme of asked.schemes) {
        const quantised = this.#quantised(model, { scheme, selection: asked.selection });
        const runtime = await place.open({ ...quantised, integerActivations: asked.activations === 'int8' });
        const bytes = storedBytes(quantised.weights);
        const comparison = await compareWith(examined, { runtime, tokenizer, bytes }, control);
        if (!comparison) return null;
        const { after: figures, difference } = comparison;
        const memoryBytes = runtime.memory().weights;
        place.close(runtime);
        const row: SchemeFigures = {
          ...{ scheme, activations: asked.activations, figures, difference, memoryBytes, adapter },
        };
        rows.push(row);
        onRow(row);
      }
      return rows;
    });
  }

  /** The same prompt, seed and settings with the model as it is and quantised; what was written until it was stopped. */
  compare(
    model: OpenedModel,
    asked: SchemeRequest & { readonly activations: Activations },
    writing: Omit<Parameters<typeof writeOnce>[1], 'onToken' | 'stopped'>,
  ): Promise<{ readonly before: Writing; readonly after: Writing }> {
    const { tokenizer } = model;
    const { length } = writing;
    const { stopped } = this;
    return this.sideBySide.on(model, async (place) => {
      const write = (runtime: Awaited<ReturnType<Place['open']>>, done: number) =>
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

/** What is quantised together to have its errors measured: embedding and head, then each layer. */
function groupsOf({ config }: OpenedModel, selection: SelectionId): Selection[] {
  const kinds: Selection['kinds'] = selections[selection];
  const outside = kinds.filter((kind) => kind === 'embedding' || kind === 'head');
  const layers = layersOf(config).map((layer) => ({ kinds, layers: [layer] }));
  return [...(outside.length > 0 ? [{ kinds: outside }] : []), ...layers];
}
