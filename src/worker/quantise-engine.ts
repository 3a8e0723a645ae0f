/** The engine of the Quantise panel: the current model, its matrices, and what a scheme does to both. */
import { weightBytes } from '../lab/pruned-files';
import { quantiseFiles } from '../lab/quantised-files';
import { parameterCount } from '../model/names';
import type { SchemeId } from '../quant/schemes';
import { selections } from '../quant/which-matrices';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import { type OpenedModel, openModel } from './model-source';
import type { Event, ModelSource } from './protocol';
import { QuantiseLosses } from './quantise-losses';
import { matrixReports, readMatrix, refusedSchemes } from './quantise-matrices';
import { QuantiseMeasures, schemeExam } from './quantise-measures';
import type { QuantiseRequest, RangeRow } from './quantise-protocol';
import { QuantisedShapes } from './quantise-shapes';
import { SideBySide } from './side-by-side';

interface Current extends OpenedModel {
  readonly refused: Readonly<Partial<Record<SchemeId, string>>>;
}

export class QuantiseEngine {
  #model: Current | null = null;
  #stopped = false;
  readonly #measures: QuantiseMeasures;
  readonly #losses: QuantiseLosses;
  readonly #shapes: QuantisedShapes;

  constructor(
    backends: Backends,
    carriers: Carriers,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
    /** What schemes are compared on. */
    examSize = schemeExam,
  ) {
    const stopped = () => this.#stopped;
    const sideBySide = new SideBySide(backends, carriers, emit);
    this.#measures = new QuantiseMeasures(sideBySide, modelsUrl, emit, stopped, examSize);
    this.#losses = new QuantiseLosses(sideBySide, modelsUrl, emit, stopped);
    this.#shapes = new QuantisedShapes(backends, carriers, emit, stopped);
  }

  /** Ends the measurement under way. */
  stop(): void {
    this.#stopped = true;
  }

  async answer(request: QuantiseRequest): Promise<void> {
    this.#stopped = false;
    switch (request.type) {
      case 'openQuantise':
        return this.#open(request.model);
      case 'readMatrix': {
        const { config, weights } = this.#loaded();
        const reading = readMatrix(config, weights, request.name, request.scheme, request.row);
        return this.emit({ type: 'matrixRead', reading });
      }
      case 'measureErrors': {
        const errors = await this.#measures.errors(this.#for(request.scheme), request, request.text);
        return this.emit({ type: 'errorsMeasured', errors });
      }
      case 'measureSchemes': {
        const rows = await this.#measures.schemes(this.#for(...request.schemes), request, (row) =>
          this.emit({ type: 'schemeMeasured', row }),
        );
        return this.emit({ type: 'schemesMeasured', rows });
      }
      case 'measureSensitivity': {
        const rows = await this.#losses.sensitivity(this.#for(request.scheme), request, (row) =>
          this.emit({ type: 'layerMeasured', row }),
        );
        return this.emit({ type: 'sensitivityMeasured', rows });
      }
      case 'compareQuantised': {
        const written = await this.#measures.compare(this.#for(request.scheme), request, request);
        return this.emit({ type: 'quantisedWritten', ...written });
      }
      case 'exportQuantised': {
        const { id, files } = this.#for(request.scheme);
        const kinds = selections[request.selection];
        return this.emit({ type: 'quantisedExported', ...quantiseFiles(id, files, request.scheme, { kinds }) });
      }
      case 'compareRanges':
        return this.emit({ type: 'rangesCompared', rows: await this.#ranges(request.models, request.scheme) });
      case 'timeQuantisedShapes': {
        const shapes = await this.#shapes.time(request.scheme, request.limitBytes);
        return this.emit({ type: 'quantisedShapesTimed', shapes });
      }
      case 'stopQuantise':
        return;
      default:
        return request satisfies never;
    }
  }

  async #open(source: ModelSource): Promise<void> {
    const begun = performance.now();
    const model = await this.#read(source);
    const { id, config, weights, files } = model;
    const refused = refusedSchemes(id, weights);
    const report = {
      ...{ id, refused },
      parameters: parameterCount(config),
      bytes: weightBytes(files, id),
      matrices: matrixReports(config, weights),
      experts: config.num_experts,
    };
    this.#model = { ...model, refused };
    const loadMilliseconds = performance.now() - begun;
    this.emit({ type: 'quantiseOpened', model: { ...report, loadMilliseconds } });
  }

  /** One model after the other, so that one at a time is held; the current one stays. */
  async #ranges(ids: readonly string[], scheme: SchemeId): Promise<readonly RangeRow[] | null> {
    const rows: RangeRow[] = [];
    for (const id of ids) {
      const row = await this.#losses.range(await this.#read({ kind: 'shipped', id }), scheme);
      if (!row) return null;
      rows.push(row);
    }
    return rows;
  }

  #read(source: ModelSource): Promise<OpenedModel> {
    return openModel(source, this.modelsUrl, (done, total) =>
      this.emit({ type: 'progress', task: 'download', done, total }),
    );
  }

  /** The current model, for these schemes. Throws the sentence that says why one of them cannot be used. */
  #for(...schemes: readonly SchemeId[]): Current {
    const model = this.#loaded();
    for (const scheme of schemes) {
      const sentence = model.refused[scheme];
      if (sentence !== undefined) throw new Error(sentence);
    }
    return model;
  }

  #loaded(): Current {
    if (!this.#model) throw new Error('No model is open yet: choose one first.');
    return this.#model;
  }
}
