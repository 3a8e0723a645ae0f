/**
 * What a scheme costs in held-out bits a character, layer by layer and model by model, always paired with the model as it is. Documents are
 * read as rows on the CPU, whatever runs models elsewhere: that is the fastest way to a loss there is for models of this size.
 */
import type { Weights } from '../graph/weights';
import { bitsPerCharacter, type DocumentLoss, type ExamControl, type Interval, pairedLosses } from '../lab/evaluation';
import { examOf } from '../lab/exam';
import { fittingDocuments, type HeldOutDocument } from '../lab/held-out-documents';
import { rowLosses } from '../lab/quantise/row-losses';
import { parameterCount } from '../model/names';
import { matrixErrors } from '../quant/error';
import { quantiseWeights } from '../quant/quantise-weights';
import { type SchemeId, schemes } from '../quant/schemes';
import { layersOf, type SelectionId, selections } from '../quant/which-matrices';
import { fetchedFiles, noFile } from './data-files';
import type { OpenedModel } from './model-source';
import type { Event } from './protocol';
import type { LayerSensitivity, RangeRow } from './quantise-protocol';
import type { SideBySide } from './side-by-side';

/** Paired differences need few. */
const wanted = 24;

export class QuantiseLosses {
  constructor(
    private readonly sideBySide: SideBySide,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
    private readonly stopped: () => boolean,
  ) {}

  /** Each layer quantised alone, then all of the selection. Null when stopped. */
  async sensitivity(
    model: OpenedModel,
    { scheme, selection }: { readonly scheme: SchemeId; readonly selection: SelectionId },
    onRow: (row: LayerSensitivity) => void,
  ): Promise<readonly LayerSensitivity[] | null> {
    const kinds = selections[selection];
    const variants = [...layersOf(model.config), null];
    const documents = await this.#documents(model);
    const control = this.#control((variants.length + 1) * documents.length);
    const before = await this.#losses(model, model.weights, documents, control);
    if (!before) return null;
    const rows: LayerSensitivity[] = [];
    for (const layer of variants) {
      const chosen = layer === null ? { kinds } : { kinds, layers: [layer] };
      const weights = quantiseWeights(model.config, model.weights, schemes[scheme], chosen);
      const after = await this.#losses(model, weights, documents, control);
      if (!after) return null;
      const row = { layer, bitsPerCharacter: intervalOf(after), difference: intervalOf(pairedLosses(before, after)) };
      rows.push(row);
      onRow(row);
    }
    return rows;
  }

  /** How far a model's weights reach, and what the scheme costs it: GLM-130B's explanation, tried on its four kinds of matrices. */
  async range(model: OpenedModel, scheme: SchemeId): Promise<RangeRow | null> {
    const { config, weights } = model;
    const quantised = quantiseWeights(config, weights, schemes[scheme], { kinds: selections.glm });
    const errors = matrixErrors(config, weights, quantised);
    const documents = await this.#documents(model);
    const control = this.#control(2 * documents.length);
    const before = await this.#losses(model, weights, documents, control);
    const after = before && (await this.#losses(model, quantised, documents, control));
    return (
      after && {
        model: model.id,
        parameters: parameterCount(config),
        reach: errors.reduce((sum, { reach }) => sum + reach, 0) / errors.length,
        before: intervalOf(before),
        after: intervalOf(after),
        difference: intervalOf(pairedLosses(before, after)),
      }
    );
  }

  #losses(
    { config, tokenizer }: OpenedModel,
    weights: Weights,
    documents: readonly HeldOutDocument[],
    control: ExamControl,
  ): Promise<DocumentLoss[] | null> {
    return this.sideBySide.onCpu(weights, (executor) => rowLosses(config, tokenizer, executor, documents, control));
  }

  async #documents({ id, config, tokenizer }: OpenedModel): Promise<readonly HeldOutDocument[]> {
    const context = config.max_position_embeddings;
    const exam = await examOf(id, fetchedFiles(this.modelsUrl, noFile), { documents: wanted, probes: 0 });
    const { fitting } = fittingDocuments(exam.documents, [tokenizer], context, wanted);
    if (fitting.length >= 2) return fitting;
    throw new Error(
      `${fitting.length} of the held-out documents fit ${id} with its context of ${context} tokens, two are needed: choose a model with a longer one.`,
    );
  }

  #control(total: number): ExamControl {
    let done = 0;
    return {
      onDone: () => {
        done += 1;
        this.emit({ type: 'progress', task: 'evaluate', done, total });
      },
      shouldStop: this.stopped,
    };
  }
}

/** Of at least two documents. */
function intervalOf(losses: readonly DocumentLoss[]): Interval {
  return bitsPerCharacter(losses) as Interval;
}
