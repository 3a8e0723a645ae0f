/**
 * Which backend a worker's engines use: what was asked for, or what was measured on this device and kept (see
 * lab/backend-choice.ts).
 */
import {
  type Backend,
  type BackendChoice,
  type BackendSetting,
  choiceKey,
  fasterOf,
  type Work,
} from '../lab/backend-choice';
import { keepValue, keptValue } from './kept-values';
import { EngineCpu } from './open-cpu';
import type { EngineDevice } from './open-device';
import type { DeviceReport, Event } from './protocol';

/** Times the work on one backend, in milliseconds a token or step. */
export type TimeOn = (backend: Backend) => Promise<number>;

export class Backends {
  readonly cpu = new EngineCpu();
  #setting: BackendSetting = 'auto';
  readonly #choices = new Map<Work, BackendChoice>();

  constructor(
    readonly device: EngineDevice,
    private readonly emit: (event: Event) => void,
  ) {}

  /** Opens what the setting needs. */
  async open(setting: BackendSetting, threads: number | null): Promise<void> {
    this.#setting = setting;
    await this.cpu.want(threads);
    await this.device.open(setting);
  }

  get setting(): BackendSetting {
    return this.#setting;
  }

  /** What was measured last for a kind of work; null while nothing was. */
  choiceFor(work: Work): BackendChoice | null {
    return this.#choices.get(work) ?? null;
  }

  /** The backend for work of `flops` a token or step; `timeOn` is called for both when nothing is known of it. */
  async pick(work: Work, flops: number, timeOn: TimeOn): Promise<Backend> {
    this.#choices.delete(work);
    const gpu = this.device.gpu?.device.adapter.name;
    if (gpu === undefined) return 'cpu';
    const kept = await keptValue<BackendChoice>(choiceKey(work, gpu, this.cpu.name, flops));
    if (kept) this.#choices.set(work, kept);
    if (this.#setting !== 'auto') return this.#setting;
    // The TypeScript twin is never faster than an adapter.
    if (this.cpu.report.kind === 'typescript') return 'gpu';
    if (kept) return fasterOf(kept);
    const cpuMilliseconds = await timeOn('cpu').catch(() => null);
    // What the CPU cannot do is left to the GPU; the next time asks again.
    if (cpuMilliseconds === null) return 'gpu';
    const choice = await this.#keep({ work, gpu, cpuMilliseconds, gpuMilliseconds: await timeOn('gpu') }, flops);
    this.#sayWhenReplaced(choice);
    return fasterOf(choice);
  }

  /** Measures both on this work whatever is known of it, and answers as `pick` will from now on. Throws where there is no GPU. */
  async measureAgain(work: Work, flops: number, timeOn: TimeOn): Promise<Backend> {
    // Where the CPU was asked for, no adapter is open yet.
    await this.device.open('gpu');
    const gpu = this.device.gpu?.device.adapter.name;
    if (gpu === undefined) throw new Error(`There is no GPU to time: ${this.device.report().reason}`);
    const cpuMilliseconds = await timeOn('cpu');
    const choice = await this.#keep({ work, gpu, cpuMilliseconds, gpuMilliseconds: await timeOn('gpu') }, flops);
    return this.#setting === 'auto' ? fasterOf(choice) : this.#setting;
  }

  /** What the page shows; `backend` runs the work at hand and holds `cpuBytes` when it is the CPU. */
  report(work: Work, backend: Backend, cpuBytes: number): DeviceReport {
    const device = this.device.report();
    const bytesInUse = backend === 'gpu' ? (device.counters?.bufferBytes ?? 0) : cpuBytes;
    return {
      ...device,
      backend,
      bytesInUse,
      setting: this.#setting,
      cpu: this.cpu.report,
      choice: this.choiceFor(work),
    };
  }

  /** A real GPU is never replaced silently. */
  #sayWhenReplaced(choice: BackendChoice): void {
    const software = this.device.gpu?.device.adapter.software ?? true;
    if (!software && fasterOf(choice) === 'cpu') this.emit({ type: 'notice', notice: { kind: 'cpuChosen', choice } });
  }

  async #keep(measured: Omit<BackendChoice, 'cpu' | 'measured'>, flops: number): Promise<BackendChoice> {
    const choice = { ...measured, cpu: this.cpu.name, measured: new Date().toISOString() };
    this.#choices.set(choice.work, choice);
    await keepValue(choiceKey(choice.work, choice.gpu, choice.cpu, flops), choice);
    return choice;
  }
}
