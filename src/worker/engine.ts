/**
 * The engine that runs models: the loaded one and the text being written, on the worker's device or the CPU.
 * It carries requests out; `host.ts` only moves messages.
 */
import { ThreadGone } from '../cpu/thread-gone';
import { calibrate } from '../gpu/calibration';
import { measureCeilings } from '../gpu/ceilings/ceilings';
import { passed } from '../gpu/gates/gates';
import { profileProgram } from '../gpu/profile';
import { breather } from '../graph/breather';
import { costOf } from '../graph/cost';
import { profileOnCpu } from '../graph/kernel-time';
import { bytesPerWeightOf, packsHalf, type Weights } from '../graph/weights';
import { type Backend, timeDecoding } from '../lab/backend-choice';
import { TextSession, type Written } from '../lab/text-session';
import type { ModelConfig } from '../model/config';
import { GpuRuntime } from '../model/gpu-runtime';
import { tokenGraph } from '../model/graphs';
import { HostRuntime, openHostRuntime } from '../model/host-runtime';
import { memoryNeed, memoryProblem } from '../model/memory-fit';
import { activeParameterCount, parameterCount } from '../model/names';
import type { Runtime } from '../model/runtime';
import { StreamDecoder } from '../tokenizer/streamDecoder';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Backends } from './backends';
import { type FetchProgress, openModel } from './model-source';
import { type OpenGpu, sentence } from './open-device';
import type {
  DeviceReport,
  EngineOptions,
  Event,
  GeneratedToken,
  GenerationReport,
  Inspection,
  ModelReport,
  ModelSource,
  PromptToken,
  Sampling,
  Start,
} from './protocol';
import { loadWinners, saveWinners } from './winners';

interface LoadedModel {
  readonly id: string;
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly options: EngineOptions;
  readonly session: TextSession;
  readonly notes: readonly string[];
}

type Emit = (event: Event) => void;

export class Engine {
  #model: LoadedModel | null = null;
  #stopped = false;
  #writing = false;

  constructor(
    private readonly backends: Backends,
    private readonly modelsUrl: string,
    private readonly emit: Emit,
  ) {}

  async load(source: ModelSource, options: EngineOptions): Promise<void> {
    const begun = performance.now();
    const progress: FetchProgress = (done, total) => this.emit({ type: 'progress', task: 'download', done, total });
    const { id, config, weights, tokenizer, notes } = await openModel(source, this.modelsUrl, progress);
    const runtime = await this.#openRuntime(id, config, weights, options);
    this.#model?.session.runtime.destroy();
    this.#model = { id, config, weights, options, notes, session: this.#openSession(runtime, tokenizer) };
    this.emit({ type: 'model', model: this.#modelReport(performance.now() - begun) });
    this.emit({ type: 'device', device: this.deviceReport() });
  }

  async generate(from: Start, settings: Sampling, length: number): Promise<void> {
    const { session } = this.#loaded();
    const { tokenizer } = session;
    this.#stopped = false;
    let dropped = 0;
    if (from.kind === 'prompt') {
      const prompt = session.prepare(from.text, length);
      dropped = prompt.dropped;
      session.begin(prompt);
    } else if (from.kind === 'alternative') {
      session.replace(from.position, from.id);
    } else if (session.ids.length === 0) {
      throw new Error('There is no text to continue: write a prompt and run it first.');
    }
    const decoder = new StreamDecoder(tokenizer);
    this.emit({ type: 'prompt', tokens: readTokens(session.ids, decoder), dropped });
    const begun = performance.now();
    const writing = session.write(length, settings, () => this.#stopped);
    this.#writing = true;
    try {
      for (;;) {
        const next = await writing.next();
        if (next.done) {
          this.emit({ type: 'done', reason: next.value.reason, report: reportOf(next.value, session.runtime) });
          return;
        }
        const { id, position, probability, entropy, top } = next.value;
        const token: GeneratedToken = {
          id,
          text: decoder.push(id),
          position,
          probability,
          entropy,
          alternatives: top.map((entry) => ({ ...entry, text: pieceText(tokenizer, entry.id) })),
        };
        this.emit({ type: 'token', token, elapsed: performance.now() - begun });
      }
    } finally {
      this.#writing = false;
    }
  }

  /** Ends the run under way after the token that is being written. */
  stop(): void {
    this.#stopped = true;
  }

  /** While a text is written, destroys the device at once: the writing finds it gone. False when nothing is written. */
  dropDevice(): boolean {
    if (!this.#writing || !this.#gpu) return false;
    this.#gpu.device.gpu.destroy();
    return true;
  }

  async inspect(position: number): Promise<void> {
    const { session, config } = this.#loaded();
    const { attention, lens } = await session.explain(position);
    const context = config.max_position_embeddings;
    const inspection: Inspection = {
      position,
      attention: attention.map((weights) =>
        Array.from({ length: config.num_attention_heads }, (_, head) =>
          Array.from(weights.subarray(head * context, head * context + position + 1)),
        ),
      ),
      lens: lens.map(({ entropy, top }) => ({
        entropy,
        alternatives: top.map((entry) => ({ ...entry, text: pieceText(session.tokenizer, entry.id) })),
      })),
    };
    this.emit({ type: 'inspection', inspection });
  }

  async profile(): Promise<void> {
    const { session } = this.#loaded();
    const { runtime } = session;
    // The last token of the text is decoded again, so that attention is timed over a cache of real length.
    runtime.rewind(Math.max(0, session.ids.length - 1), session.ids.at(-1) ?? 0);
    if (runtime instanceof HostRuntime) {
      this.emit({ type: 'profile', kernels: await profileOnCpu(runtime.tokenProgram, breather(20)) });
      return;
    }
    if (!this.#gpu || !(runtime instanceof GpuRuntime)) throw new Error('There are no kernels to time.');
    const kernels = await profileProgram(this.#gpu.device, runtime.tokenProgram, runtime.resourcesInUse);
    this.emit({ type: 'profile', kernels });
  }

  async calibrate(): Promise<void> {
    const model = this.#loaded();
    const { runtime } = model.session;
    if (!this.#gpu || !(runtime instanceof GpuRuntime)) {
      throw new Error('The model runs on the CPU: there are no GPU kernels to choose from.');
    }
    const { device } = this.#gpu;
    const { rows, winners } = await calibrate(
      device,
      runtime.tokenProgram.graph,
      runtime.resourcesInUse,
      (done, total) => this.emit({ type: 'progress', task: 'calibrate', done, total }),
    );
    await saveWinners(device.adapter, winners);
    this.emit({ type: 'calibration', rows });
    const faster = await this.#openRuntime(model.id, model.config, model.weights, model.options);
    runtime.destroy();
    model.session.use(faster);
  }

  async compare(): Promise<void> {
    const { id, config, weights, options, session } = this.#loaded();
    const { runtime } = session;
    const backend = await this.backends.measureAgain('decode', flopsOf(config), (candidate) =>
      this.#timeOn(candidate, id, config, weights, options),
    );
    if (backend !== (runtime instanceof HostRuntime ? 'cpu' : 'gpu')) {
      session.use(await this.#openRuntimeOn(backend, id, config, weights, options));
      runtime.destroy();
    }
    this.emit({ type: 'device', device: this.deviceReport() });
    const { memory, cost } = this.#modelReport(0);
    this.emit({ type: 'comparison', model: { memory, cost } });
  }

  async measure(): Promise<void> {
    if (!this.#gpu) throw new Error('There is no GPU to measure: the model runs on the CPU.');
    this.emit({ type: 'ceilings', ceilings: await measureCeilings(this.#gpu.device) });
  }

  /** Destroys the device as a driver reset would; the next use finds it gone and opens another. */
  async loseDevice(): Promise<void> {
    if (!this.#gpu) throw new Error('There is no GPU device to lose: the model runs on the CPU.');
    this.#gpu.device.gpu.destroy();
    const model = this.#model;
    if (model) model.session.use(await this.#recover('it was destroyed on request'));
    else await this.#reopen('it was destroyed on request');
  }

  deviceReport(): DeviceReport {
    const runtime = this.#model?.session.runtime;
    const backend = runtime instanceof HostRuntime || !this.#gpu || this.backends.setting === 'cpu' ? 'cpu' : 'gpu';
    return this.backends.report('decode', backend, sum(Object.values(runtime?.memory() ?? {})));
  }

  get #gpu(): OpenGpu | null {
    return this.backends.device.gpu;
  }

  async #openRuntime(id: string, config: ModelConfig, weights: Weights, options: EngineOptions): Promise<Runtime> {
    const backend = await this.backends.pick('decode', flopsOf(config), (candidate) =>
      this.#timeOn(candidate, id, config, weights, options),
    );
    return this.#openRuntimeOn(backend, id, config, weights, options);
  }

  async #timeOn(
    backend: Backend,
    id: string,
    config: ModelConfig,
    weights: Weights,
    options: EngineOptions,
  ): Promise<number> {
    this.emit({ type: 'progress', task: 'compare', done: backend === 'cpu' ? 0 : 1, total: 2 });
    const runtime = await this.#openRuntimeOn(backend, id, config, weights, options);
    try {
      return await timeDecoding(runtime);
    } finally {
      runtime.destroy();
    }
  }

  async #openRuntimeOn(
    backend: Backend,
    id: string,
    config: ModelConfig,
    weights: Weights,
    options: EngineOptions,
  ): Promise<Runtime> {
    if (backend === 'cpu' || !this.#gpu) return openHostRuntime(await this.backends.cpu.open(), config, weights);
    const { device, pipelines, gates } = this.#gpu;
    const half = packsHalf(options.weights, weights);
    const problem = memoryProblem(
      memoryNeed([tokenGraph(config).graph], bytesPerWeightOf(weights, half)),
      device.adapter.limits,
    );
    if (problem) throw new Error(`${id} ${problem}`);
    return GpuRuntime.open(device, pipelines, config, weights, {
      half,
      subgroups: passed(gates, 'subgroups'),
      winners: await loadWinners(device.adapter),
      ...(options.kernels !== 'auto' && { family: options.kernels }),
      onProgress: (task, done, total) => this.emit({ type: 'progress', task, done, total }),
    });
  }

  #openSession(runtime: Runtime, tokenizer: Tokenizer): TextSession {
    return new TextSession(runtime, tokenizer, async (error) => {
      if (error instanceof ThreadGone) return this.#recoverThreads(error);
      if (!(await this.backends.device.isLost())) return null;
      return this.#recover(sentence(error));
    });
  }

  /** A runtime of the loaded model on a new device, or on the CPU when none opens. */
  async #recover(cause: string): Promise<Runtime> {
    const { id, config, weights, options } = this.#loaded();
    await this.#reopen(cause);
    return this.#openRuntime(id, config, weights, options);
  }

  /** The same on new threads. */
  async #recoverThreads(error: ThreadGone): Promise<Runtime> {
    const { id, config, weights, options } = this.#loaded();
    await this.backends.cpu.reopen();
    this.emit({ type: 'notice', notice: { kind: 'threadGone', cause: error.message } });
    return this.#openRuntimeOn('cpu', id, config, weights, options);
  }

  async #reopen(cause: string): Promise<void> {
    await this.backends.device.reopen(cause);
    this.emit({ type: 'device', device: this.deviceReport() });
  }

  #loaded(): LoadedModel {
    if (!this.#model) throw new Error('No model is loaded yet: choose one first.');
    return this.#model;
  }

  #modelReport(loadMilliseconds: number): ModelReport {
    const { id, config, session, notes } = this.#loaded();
    const { cost } = session.runtime;
    return {
      id,
      config,
      parameters: parameterCount(config),
      activeParameters: activeParameterCount(config),
      memory: session.runtime.memory(),
      cost: {
        flops: cost.flops,
        bytesRead: cost.bytesRead,
        dispatches: cost.dispatches,
        weightBytes: cost.weightBytes,
        stateBytes: cost.stateBytes,
        activationBytes: cost.activationBytes,
      },
      loadMilliseconds,
      notes,
    };
  }
}

/** Of one token. */
function flopsOf(config: ModelConfig): number {
  return costOf(tokenGraph(config).graph).flops;
}

function reportOf(
  { promptTokens, tokens, firstTokenMs, tokensPerSecond }: Written,
  runtime: Runtime,
): GenerationReport {
  const { dispatches, submits } = runtime.tokenCounts;
  return {
    promptTokens,
    tokens,
    firstTokenMs,
    tokensPerSecond,
    dispatchesPerToken: dispatches,
    submitsPerToken: submits,
  };
}

function readTokens(ids: readonly number[], decoder: StreamDecoder): PromptToken[] {
  return ids.map((id) => ({ id, text: decoder.push(id) }));
}

/** Text of one piece for a list of alternatives: a special or byte piece by its name. */
function pieceText(tokenizer: Tokenizer, id: number): string {
  return id < tokenizer.vocabularySize ? tokenizer.piece(id).text : `<unused ${id}>`;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
