/**
 * Several models on one backend, so that what is measured of them compares: the one that the Generate panel would take for the
 * first of them. What is lost on the way, a device or a thread, is opened again and the work begins anew.
 */
import { ThreadGone } from '../cpu/thread-gone';
import { passed } from '../gpu/gates/gates';
import { costOf } from '../graph/cost';
import type { Executor } from '../graph/executor';
import { TwinExecutor } from '../graph/twin-executor';
import { bytesPerWeightOf, packsHalf, type Weights } from '../graph/weights';
import { type Backend, timeDecoding } from '../lab/backend-choice';
import type { ModelConfig } from '../model/config';
import { GpuRuntime } from '../model/gpu-runtime';
import { tokenGraph } from '../model/graphs';
import { openHostRuntime } from '../model/host-runtime';
import { memoryNeed, memoryProblem } from '../model/memory-fit';
import type { Runtime } from '../model/runtime';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import { sentence } from './open-device';
import type { Event } from './protocol';
import { loadWinners } from './winners';

export interface ModelToOpen {
  /** For sentences. */
  readonly id: string;
  readonly config: ModelConfig;
  readonly weights: Weights;
  /** Products with quantised matrices take their activations in 8 bits. */
  readonly integerActivations?: boolean;
}

/** Where the models of one piece of work run. */
export interface Place {
  /** Of the device, or how the CPU computes. */
  readonly adapter: string;
  /** Closed when the work ends, unless it was before. */
  open(model: ModelToOpen): Promise<Runtime>;
  close(runtime: Runtime): void;
}

export class SideBySide {
  constructor(
    private readonly backends: Backends,
    private readonly carriers: Carriers,
    private readonly emit: (event: Event) => void,
  ) {}

  /** Does `work` on the backend that suits `first`, and closes what it opened. */
  async on<T>(first: ModelToOpen, work: (place: Place) => Promise<T>): Promise<T> {
    await this.carriers.open();
    return this.#again(async () => this.#at(await this.#pick(first), work));
  }

  /** Does `work` on an executor with these weights: graphs of a few rows, for which no adapter need be opened. */
  async onCpu<T>(weights: Weights, work: (executor: Executor) => Promise<T>): Promise<T> {
    await this.carriers.open();
    return this.#again(async () => {
      const engine = await this.backends.cpu.open();
      const executor = engine ? engine.executor(weights) : new TwinExecutor('float32', weights);
      try {
        return await work(executor);
      } finally {
        executor.destroy();
      }
    });
  }

  async #again<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if (!(await this.#reopened(error))) throw error;
      return attempt();
    }
  }

  async #at<T>(backend: Backend, work: (place: Place) => Promise<T>): Promise<T> {
    const opened = new Set<Runtime>();
    const close = (runtime: Runtime) => {
      if (opened.delete(runtime)) runtime.destroy();
    };
    const open = async (model: ModelToOpen) => {
      const runtime = await this.#open(backend, model);
      opened.add(runtime);
      return runtime;
    };
    try {
      return await work({ adapter: this.#nameOf(backend), open, close });
    } finally {
      for (const runtime of [...opened]) close(runtime);
    }
  }

  #pick(model: ModelToOpen): Promise<Backend> {
    const { flops } = costOf(tokenGraph(model.config).graph);
    return this.backends.pick('decode', flops, async (candidate) => {
      this.emit({ type: 'progress', task: 'compare', done: candidate === 'cpu' ? 0 : 1, total: 2 });
      return this.#at(candidate, async ({ open }) => timeDecoding(await open(model)));
    });
  }

  async #open(backend: Backend, { id, config, weights, integerActivations = false }: ModelToOpen): Promise<Runtime> {
    const { gpu } = this.backends.device;
    if (backend === 'cpu' || !gpu) {
      const engine = await this.backends.cpu.open();
      if (!engine && integerActivations) {
        throw new Error(
          'Without WebAssembly SIMD the CPU has no products of integers: choose f32 activations, or another browser.',
        );
      }
      return openHostRuntime(engine, config, weights, { integerActivations });
    }
    const { device, pipelines, gates } = gpu;
    if (integerActivations && !passed(gates, 'packed dot products')) {
      throw new Error(
        `${device.adapter.name} has no packed dot products that pass their check: choose f32 activations, or the CPU in the Device panel.`,
      );
    }
    const half = packsHalf('stored', weights);
    const need = memoryNeed([tokenGraph(config).graph], bytesPerWeightOf(weights, half));
    const problem = memoryProblem(need, device.adapter.limits);
    if (problem) throw new Error(`${id} ${problem}`);
    return GpuRuntime.open(device, pipelines, config, weights, {
      half,
      integerActivations,
      subgroups: passed(gates, 'subgroups'),
      winners: await loadWinners(device.adapter),
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
