/** Where the Offload panel runs models and keeps experts: the worker's device or CPU, and the origin-private file system. */
import { ThreadGone } from '../cpu/thread-gone';
import { passed } from '../gpu/gates/gates';
import { costOf } from '../graph/cost';
import { TwinExecutor } from '../graph/twin-executor';
import { packsHalf, type Weights } from '../graph/weights';
import { timeDecoding } from '../lab/backend-choice';
import type { OffloadHost, OffloadModel } from '../lab/offload/offload-session';
import type { ModelConfig } from '../model/config';
import { GpuRuntime } from '../model/gpu-runtime';
import { tokenGraph } from '../model/graphs';
import { openHostRuntime } from '../model/host-runtime';
import type { Runtime } from '../model/runtime';
import type { Carrier } from '../offload/carrier';
import type { ExpertFolder } from '../offload/file-store';
import { GpuCarrier } from '../offload/gpu-carrier';
import { HostCarrier } from '../offload/host-carrier';
import { openOpfsFolder } from '../offload/opfs-folder';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import { sentence } from './open-device';
import type { Backend, BackendSetting, Event } from './protocol';

/** Opens the folder that experts of `name` are kept in; tests put one of Node's here. */
export type OpenFolder = (name: string) => Promise<ExpertFolder>;

type Task = Extract<Event, { type: 'progress' }>['task'];

export class WorkerOffloadHost implements OffloadHost {
  #backend: Backend = 'cpu';

  constructor(
    private readonly backends: Backends,
    private readonly carriers: Carriers,
    private readonly name: string,
    private readonly emit: (event: Event) => void,
    private readonly folder: OpenFolder = openOpfsFolder,
  ) {}

  /** Settles where the next work runs: what was asked for, or what suits the model; without a model the GPU where there is one. */
  async settle(setting: BackendSetting, model: OffloadModel | null): Promise<void> {
    await this.carriers.open();
    if (setting === 'gpu') await this.backends.device.open('gpu');
    const { gpu } = this.backends.device;
    if (setting === 'gpu' && !gpu) {
      throw new Error(`There is no GPU to run this on (${this.backends.device.report().reason}): choose the CPU.`);
    }
    if (setting === 'auto') this.#backend = gpu ? await this.#suiting(model) : 'cpu';
    else this.#backend = setting;
  }

  async openCarrier(weights: Weights, half: boolean): Promise<Carrier> {
    const { device, cpu } = this.backends;
    if (this.#backend === 'gpu' && device.gpu) {
      const { device: opened, pipelines, gates } = device.gpu;
      return new GpuCarrier(opened, pipelines, weights, { half, subgroups: passed(gates, 'subgroups') });
    }
    const engine = await cpu.open();
    return new HostCarrier(engine ? engine.executor(weights) : new TwinExecutor('float32', weights), cpu.name);
  }

  /** With the kernels of the carrier: what calibration chose for the shapes of a whole model may add in another order. */
  async openResident(config: ModelConfig, weights: Weights): Promise<Runtime> {
    const { device, cpu } = this.backends;
    if (this.#backend === 'gpu' && device.gpu) {
      const { device: opened, pipelines, gates } = device.gpu;
      const options = { half: packsHalf('stored', weights), subgroups: passed(gates, 'subgroups') };
      return GpuRuntime.open(opened, pipelines, config, weights, options);
    }
    return openHostRuntime(await cpu.open(), config, weights);
  }

  openFolder(): Promise<ExpertFolder> {
    return this.folder(this.name);
  }

  async reopened(error: unknown): Promise<boolean> {
    const { device, cpu } = this.backends;
    if (error instanceof ThreadGone) {
      await cpu.reopen();
      this.emit({ type: 'notice', notice: { kind: 'threadGone', cause: error.message } });
      return true;
    }
    if (this.#backend !== 'gpu' || !(await device.isLost())) return false;
    await device.reopen(sentence(error));
    if (!device.gpu) this.#backend = 'cpu';
    return true;
  }

  onProgress(task: 'store' | 'machine' | 'resident' | 'trace' | 'layer', done: number, total: number): void {
    this.emit({ type: 'progress', task: task satisfies Task, done, total });
  }

  /** Destroys the device at once, as a driver reset would. False where none is used. */
  dropDevice(): boolean {
    const { gpu } = this.backends.device;
    if (this.#backend !== 'gpu' || !gpu) return false;
    gpu.device.gpu.destroy();
    return true;
  }

  async #suiting(model: OffloadModel | null): Promise<Backend> {
    if (!model) return this.backends.setting === 'cpu' ? 'cpu' : 'gpu';
    const { config, weights } = model;
    return this.backends.pick('decode', costOf(tokenGraph(config).graph).flops, async (candidate) => {
      this.emit({ type: 'progress', task: 'compare', done: candidate === 'cpu' ? 0 : 1, total: 2 });
      this.#backend = candidate;
      const runtime = await this.openResident(config, weights);
      try {
        return await timeDecoding(runtime);
      } finally {
        runtime.destroy();
      }
    });
  }
}
