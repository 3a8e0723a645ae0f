/** The engine of the Tokenizer panel: the current vocabulary, what was counted with it, and how it is pruned. */
import { Stopped } from '../data/corpus';
import { inSlices } from '../data/corpus/slices';
import {
  openTokenizerJson,
  openVocabulary,
  presentVocabulary,
  readVocabularyManifest,
  type VocabularyEntry,
} from '../lab/tokenizers/files';
import type { VocabularySession } from '../lab/tokenizers/session';
import { type CountedSource, textsToCount } from '../lab/tokenizers/texts';
import type { Pruning } from '../tokenizer/prune/report';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import { fetchedFiles, fetchFile } from './data-files';
import type { Event } from './protocol';
import { PrunedModels } from './pruned-model';
import type { TextSource, TokenizerReport, TokenizerRequest, TokenizerSource } from './tokenizer-protocol';

interface Current {
  readonly report: Omit<TokenizerReport, 'loadMilliseconds'>;
  readonly session: VocabularySession;
}

export class TokenizerEngine {
  #current: Current | null = null;
  #pruning: Pruning | null = null;
  #stopped = false;
  readonly #models: PrunedModels;

  constructor(
    backends: Backends,
    carriers: Carriers,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
  ) {
    this.#models = new PrunedModels(backends, carriers, modelsUrl, emit);
  }

  /** Ends the count, curve or measurement under way. */
  stop(): void {
    this.#stopped = true;
  }

  async answer(request: TokenizerRequest): Promise<void> {
    this.#stopped = false;
    switch (request.type) {
      case 'openTokenizer':
        return this.#open(request.source);
      case 'countTokens':
        return this.#count(request.text);
      case 'pruneVocabulary':
        return this.#prune(request.pruning);
      case 'measureCoverage':
        return this.#coverage(request.sizes);
      case 'readText':
        return this.emit({ type: 'textRead', reading: this.#session.read(request.text) });
      case 'listPieces':
        return this.emit({ type: 'piecesListed', list: this.#session.list(request.filter) });
      case 'exportTokenizer':
        return this.#export();
      case 'measurePruned': {
        const { id, kept } = this.#prunedModel();
        const comparison = await this.#models.measure(id, kept, () => this.#stopped);
        return this.emit({ type: 'modelMeasured', comparison });
      }
      case 'comparePruned': {
        const { id, kept } = this.#prunedModel();
        const { prompt, settings, length } = request;
        return this.emit({
          type: 'writingCompared',
          ...(await this.#models.compare(id, kept, prompt, settings, length)),
        });
      }
      case 'exportPruned': {
        const { id, kept, note } = this.#prunedModel();
        return this.emit({ type: 'modelExported', ...(await this.#models.export(id, kept, note)) });
      }
      case 'stopTokenizer':
        return;
      default:
        return request satisfies never;
    }
  }

  async #open(source: TokenizerSource): Promise<void> {
    const begun = performance.now();
    const { report, session } = await this.#read(source);
    const tokenizer = { ...report, ...session.facts() };
    this.#current = { report: tokenizer, session };
    this.#pruning = null;
    const loadMilliseconds = performance.now() - begun;
    this.emit({ type: 'tokenizerOpened', tokenizer: { ...tokenizer, loadMilliseconds } });
  }

  async #read(source: TokenizerSource) {
    switch (source.kind) {
      case 'vocabulary': {
        const folder = new URL('../tokenizers/', this.modelsUrl);
        const list = await (await fetchFile(new URL('manifest.json', folder))).json();
        const entry = presentVocabulary(readVocabularyManifest(list, 'tokenizers/manifest.json'), source.id);
        const packed = new Uint8Array(await (await fetchFile(new URL(entry.file, folder))).arrayBuffer());
        const session = await openVocabulary(packed, `tokenizers/${entry.file}`);
        return { report: { source, title: entry.title, origin: originOf(entry) }, session };
      }
      case 'shipped': {
        const json = await this.#files().tokenizer(source.id);
        const session = openTokenizerJson(json, `models/${source.id}/tokenizer.json`);
        return { report: { source, title: source.id, origin: `models/${source.id}/tokenizer.json` }, session };
      }
      case 'file': {
        const { name } = source.file;
        const session = openTokenizerJson(parsed(await source.file.text(), name), name);
        return { report: { source: { kind: 'file', name } as const, title: name, origin: null }, session };
      }
      default:
        return source satisfies never;
    }
  }

  async #count(text: TextSource): Promise<void> {
    const { session } = this.#loaded();
    try {
      const documents = await textsToCount(await countedSource(text), this.#files(), (work) =>
        inSlices(work, { onProgress: this.#progress('read'), shouldStop: () => this.#stopped }),
      );
      const progress = this.#progress('count');
      const facts = await session.count(documents, {
        onProgress: (done, total) => progress({ done, total }),
        shouldStop: () => this.#stopped,
      });
      this.#pruning = null;
      this.emit({ type: 'tokensCounted', count: { name: nameOf(text), ...facts } });
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      this.emit({ type: 'tokensCounted', count: null });
    }
  }

  async #prune(pruning: Pruning): Promise<void> {
    const [report, other] = await this.#session.prune(pruning);
    this.#pruning = pruning;
    this.emit({ type: 'vocabularyPruned', report, other });
  }

  async #coverage(sizes: readonly number[]): Promise<void> {
    const progress = this.#progress('coverage');
    try {
      const points = await this.#session.coverage(sizes, (point) => this.emit({ type: 'coveragePoint', point }), {
        onProgress: (done, total) => progress({ done, total }),
        shouldStop: () => this.#stopped,
      });
      this.emit({ type: 'coverageMeasured', points });
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      this.emit({ type: 'coverageMeasured', points: null });
    }
  }

  #export(): void {
    const { report, session } = this.#loaded();
    const json = JSON.stringify(session.exported());
    this.emit({ type: 'tokenizerExported', name: `${report.title}-${session.pruned.kept.length}.json`, json });
  }

  #prunedModel(): { readonly id: string; readonly kept: Int32Array; readonly note: string } {
    const { report, session } = this.#loaded();
    if (report.source.kind !== 'shipped') {
      throw new Error(
        `${report.title} belongs to no model of this page: choose a model's own tokenizer, then prune it.`,
      );
    }
    const { kept } = session.pruned;
    const { vocabularySize } = session.tokenizer;
    const method = this.#pruning?.method ?? 'frequency';
    return { id: report.source.id, kept, note: `${kept.length} of ${vocabularySize} pieces kept (${method})` };
  }

  get #session(): VocabularySession {
    return this.#loaded().session;
  }

  #loaded(): Current {
    if (!this.#current) throw new Error('No vocabulary is open yet: choose one first.');
    return this.#current;
  }

  #files() {
    return fetchedFiles(this.modelsUrl, async (name) => {
      throw new Error(`${name} was not given.`);
    });
  }

  #progress(task: 'read' | 'count' | 'coverage') {
    return ({ done, total }: { readonly done: number; readonly total: number }) =>
      this.emit({ type: 'progress', task, done, total });
  }
}

async function countedSource(text: TextSource): Promise<CountedSource> {
  if (text.kind !== 'file') return text;
  const { file, encoding } = text;
  return { kind: 'file', name: file.name, bytes: new Uint8Array(await file.arrayBuffer()), encoding };
}

function nameOf(text: TextSource): string {
  if (text.kind === 'storyworld') return 'StoryWorld';
  return text.kind === 'texts' ? text.ids.join(', ') : text.file.name;
}

function originOf({ licence, package: name, version }: VocabularyEntry): string {
  return `${name} ${version}; ${licence}`;
}

function parsed(content: string, name: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new Error(`${name} is no tokenizer.json: it is not JSON. Drop the tokenizer.json of a model.`);
  }
}
