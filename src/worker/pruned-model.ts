/** Shipped models before and after their vocabulary is pruned, on the worker's backend: measured, writing side by side, and as files. */
import { type ExamSize, examOf } from '../lab/exam';
import { type PrunedFiles, pruneFiles, weightBytes } from '../lab/pruned-files';
import { compareModels, type MeasuredModel } from '../lab/pruned-model';
import { type ModelFiles, type ModelFolder, readModelFolder } from '../model/folder';
import { Tokenizer } from '../tokenizer/tokenizer';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import { fetchedFiles, noFile } from './data-files';
import { fetchFiles } from './model-source';
import type { Event, Sampling } from './protocol';
import { type Place, SideBySide } from './side-by-side';
import type { ModelComparison, Writing } from './tokenizer-protocol';
import { writeOnce } from './writing';

/** Story nano takes about ten seconds so on two threads; the interval of all 200 answers is ± 7 percentage points wide. */
const examSize: ExamSize = { documents: 40, probes: 40 };

interface OpenedFiles extends ModelFolder<Tokenizer> {
  readonly id: string;
  readonly files: ModelFiles;
}

interface Pair {
  readonly before: MeasuredModel;
  readonly after: MeasuredModel;
  /** Of the device, or how the CPU computes. */
  readonly adapter: string;
}

export class PrunedModels {
  /** The model that was asked for last. */
  #last: OpenedFiles | null = null;
  readonly #sideBySide: SideBySide;

  constructor(
    backends: Backends,
    carriers: Carriers,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
  ) {
    this.#sideBySide = new SideBySide(backends, carriers, emit);
  }

  /** `kept`: ids of the whole vocabulary, ascending. Null when stopped. */
  async measure(id: string, kept: ArrayLike<number>, shouldStop: () => boolean): Promise<ModelComparison | null> {
    const exam = await examOf(id, fetchedFiles(this.modelsUrl, noFile), examSize);
    return this.#withPair(id, kept, async ({ before, after, adapter }) => {
      const comparison = await compareModels(before, after, exam, { onProgress: this.#progress, shouldStop });
      return comparison && { id, adapter, ...comparison };
    });
  }

  /** The same prompt, seed and settings with both; ids are those of the whole vocabulary. */
  async compare(
    id: string,
    kept: ArrayLike<number>,
    prompt: string,
    settings: Sampling,
    length: number,
  ): Promise<{ readonly before: Writing; readonly after: Writing }> {
    const given = { prompt, settings, length };
    return this.#withPair(id, kept, async ({ before, after }) => ({
      before: await writeOnce(before, { ...given, onToken: (done) => this.#progress(done, 2 * length) }),
      after: await writeOnce(after, {
        ...given,
        onToken: (done) => this.#progress(length + done, 2 * length),
        shownId: (own) => kept[own] as number,
      }),
    }));
  }

  /** A folder that the Generate panel and other programs open as any model; `note` says how the pieces were chosen. */
  async export(id: string, kept: ArrayLike<number>, note: string): Promise<PrunedFiles> {
    const { files } = await this.#whole(id);
    return pruneFiles(id, files, kept, note);
  }

  readonly #progress = (done: number, total: number): void =>
    this.emit({ type: 'progress', task: 'evaluate', done, total });

  async #whole(id: string): Promise<OpenedFiles> {
    if (this.#last?.id === id) return this.#last;
    const progress = (done: number, total: number) => this.emit({ type: 'progress', task: 'download', done, total });
    const files = await fetchFiles(id, this.modelsUrl, progress);
    this.#last = { ...readModelFolder(files, Tokenizer.parse, id), id, files };
    return this.#last;
  }

  async #withPair<T>(id: string, kept: ArrayLike<number>, use: (pair: Pair) => Promise<T>): Promise<T> {
    const whole = await this.#whole(id);
    const { files } = pruneFiles(id, whole.files, kept, '');
    const pruned = { ...readModelFolder(files, Tokenizer.parse, `${id}, pruned`), id, files };
    return this.#sideBySide.on(whole, async (place) => {
      const before = await measured(place, whole);
      return use({ before, after: await measured(place, pruned), adapter: place.adapter });
    });
  }
}

async function measured(place: Place, model: OpenedFiles): Promise<MeasuredModel> {
  const { tokenizer, files } = model;
  return { runtime: await place.open(model), tokenizer, bytes: weightBytes(files, 'the model') };
}
