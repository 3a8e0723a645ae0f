/**
 * Shipped models before and after their vocabulary is pruned, on the worker's backend: measured, writing side by side, and as files.
 * Both run on the same backend at the same time, the one that the Generate panel would take for the whole model.
 */
import { ThreadGone } from '../cpu/thread-gone';
import { passed } from '../gpu/gates/gates';
import { costOf } from '../graph/cost';
import { packsHalf } from '../graph/weights';
import { type Backend, timeDecoding } from '../lab/backend-choice';
import { type ExamSize, examOf } from '../lab/exam';
import { type PrunedFiles, pruneFiles, weightBytes } from '../lab/pruned-files';
import { compareModels, type MeasuredModel } from '../lab/pruned-model';
import { TextSession } from '../lab/text-session';
import { type ModelFiles, type ModelFolder, readModelFolder } from '../model/folder';
import { GpuRuntime } from '../model/gpu-runtime';
import { tokenGraph } from '../model/graphs';
import { openHostRuntime } from '../model/host-runtime';
import type { Runtime } from '../model/runtime';
import { StreamDecoder } from '../tokenizer/streamDecoder';
import { Tokenizer } from '../tokenizer/tokenizer';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import { fetchedFiles } from './data-files';
import { fetchFiles } from './model-source';
import { sentence } from './open-device';
import type { Event, Sampling } from './protocol';
import type { ModelComparison, Writing } from './tokenizer-protocol';
import { loadWinners } from './winners';

/** Story nano takes about ten seconds so on two threads; the interval of all 200 answers is ± 7 percentage points wide. */
const examSize: ExamSize = { documents: 40, probes: 40 };

interface OpenedFiles extends ModelFolder<Tokenizer> {
  readonly files: ModelFiles;
}

interface Opened extends MeasuredModel {
  /** Old id of each new one; null: they are the same. */
  readonly kept: ArrayLike<number> | null;
}

interface Pair {
  readonly before: Opened;
  readonly after: Opened;
  /** Of the device, or how the CPU computes. */
  readonly adapter: string;
}

export class PrunedModels {
  /** The model that was asked for last. */
  #last: { readonly id: string; readonly whole: OpenedFiles } | null = null;

  constructor(
    private readonly backends: Backends,
    private readonly carriers: Carriers,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
  ) {}

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
    return this.#withPair(id, kept, async ({ before, after }) => ({
      before: await write(before, prompt, settings, length, (done) => this.#progress(done, 2 * length)),
      after: await write(after, prompt, settings, length, (done) => this.#progress(length + done, 2 * length)),
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
    if (this.#last?.id === id) return this.#last.whole;
    const progress = (done: number, total: number) => this.emit({ type: 'progress', task: 'download', done, total });
    const files = await fetchFiles(id, this.modelsUrl, progress);
    const whole = { ...readModelFolder(files, Tokenizer.parse, id), files };
    this.#last = { id, whole };
    return whole;
  }

  /** Opens both models for `use` and closes them. What is lost on the way, a device or a thread, is opened again and `use` begins anew. */
  async #withPair<T>(id: string, kept: ArrayLike<number>, use: (pair: Pair) => Promise<T>): Promise<T> {
    await this.carriers.open();
    const whole = await this.#whole(id);
    const { files } = pruneFiles(id, whole.files, kept, '');
    const pruned = { ...readModelFolder(files, Tokenizer.parse, `${id}, pruned`), files };
    const attempt = async (): Promise<T> => {
      const backend = await this.#pick(whole);
      const before = await this.#open(backend, whole, null);
      try {
        const after = await this.#open(backend, pruned, kept);
        try {
          return await use({ before, after, adapter: this.#nameOf(backend) });
        } finally {
          after.runtime.destroy();
        }
      } finally {
        before.runtime.destroy();
      }
    };
    try {
      return await attempt();
    } catch (error) {
      if (!(await this.#reopened(error))) throw error;
      return attempt();
    }
  }

  #pick(whole: OpenedFiles): Promise<Backend> {
    const { flops } = costOf(tokenGraph(whole.config).graph);
    return this.backends.pick('decode', flops, async (candidate) => {
      this.emit({ type: 'progress', task: 'compare', done: candidate === 'cpu' ? 0 : 1, total: 2 });
      const { runtime } = await this.#open(candidate, whole, null);
      try {
        return await timeDecoding(runtime);
      } finally {
        runtime.destroy();
      }
    });
  }

  async #open(backend: Backend, model: OpenedFiles, kept: ArrayLike<number> | null): Promise<Opened> {
    const { tokenizer, files } = model;
    return { runtime: await this.#runtime(backend, model), tokenizer, bytes: weightBytes(files, 'the model'), kept };
  }

  async #runtime(backend: Backend, { config, weights }: OpenedFiles): Promise<Runtime> {
    const { gpu } = this.backends.device;
    if (backend === 'cpu' || !gpu) return openHostRuntime(await this.backends.cpu.open(), config, weights);
    return GpuRuntime.open(gpu.device, gpu.pipelines, config, weights, {
      half: packsHalf('stored', weights),
      subgroups: passed(gpu.gates, 'subgroups'),
      winners: await loadWinners(gpu.device.adapter),
    });
  }

  #nameOf(backend: Backend): string {
    const { device, cpu } = this.backends;
    return backend === 'gpu' && device.gpu ? device.gpu.device.adapter.name : cpu.name;
  }

  /** Whether something was lost and is there again. */
  async #reopened(error: unknown): Promise<boolean> {
    const { device, cpu } = this.backends;
    if (error instanceof ThreadGone) {
      await cpu.reopen();
      this.emit({ type: 'notice', notice: { kind: 'threadGone', cause: error.message } });
      return true;
    }
    if (!(await device.isLost())) return false;
    await device.reopen(sentence(error));
    return true;
  }
}

async function write(
  { runtime, tokenizer, kept }: Opened,
  prompt: string,
  settings: Sampling,
  length: number,
  onToken: (done: number) => void,
): Promise<Writing> {
  const session = new TextSession(runtime, tokenizer);
  const prepared = session.prepare(prompt, length);
  session.begin(prepared);
  const decoder = new StreamDecoder(tokenizer);
  for (const id of prepared.ids) decoder.push(id);
  const tokens: { id: number; text: string }[] = [];
  for await (const { id } of session.write(length, settings)) {
    tokens.push({ id: kept ? (kept[id] as number) : id, text: decoder.push(id) });
    onToken(tokens.length);
  }
  const last = tokens.at(-1);
  if (last) last.text += decoder.flush();
  return { tokens, text: tokens.map(({ text }) => text).join('') };
}

async function noFile(name: string): Promise<never> {
  throw new Error(`No file is read here, but ${name} was asked for.`);
}
