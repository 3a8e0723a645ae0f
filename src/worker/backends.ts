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
    if (this.#setting !== 'auto') return this.#setting;
    // The TypeScript twin is never faster than an adapter.
    if (this.cpu.report.kind === 'typescript') return 'gpu';
    const key = choiceKey(work, gpu, this.cpu.name, flops);
    const kept = await keptValue<BackendChoice>(key);
    const choice = kept ?? (await this.#measure(work, gpu, timeOn));
    if (!kept) await this.#keep(key, choice);
    this.#choices.set(work, choice);
    return fasterOf(choice);
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
  async #keep(key: string, choice: BackendChoice): Promise<void> {
    await keepValue(key, choice);
    const software = this.device.gpu?.device.adapter.software ?? true;
    if (!software && fasterOf(choice) === 'cpu') this.emit({ type: 'notice', notice: { kind: 'cpuChosen', choice } });
  }

  async #measure(work: Work, gpu: string, timeOn: TimeOn): Promise<BackendChoice> {
    const cpuMilliseconds = await timeOn('cpu');
    const gpuMilliseconds = await timeOn('gpu');
    return { work, gpu, cpu: this.cpu.name, cpuMilliseconds, gpuMilliseconds, measured: new Date().toISOString() };
  }
}
