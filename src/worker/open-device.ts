/** The device that the engines of a worker share: opened, opened again after it was lost, or the CPU and why. */
import { type Device, DeviceError, openDevice } from '../gpu/device';
import { type Gate, runGates } from '../gpu/gates/gates';
import { Pipelines } from '../gpu/pipelines';
import type { BackendSetting } from '../lab/backend-choice';
import type { DeviceReport, Event } from './protocol';

export interface OpenGpu {
  readonly device: Device;
  readonly gates: readonly Gate[];
  readonly pipelines: Pipelines;
}

export class EngineDevice {
  #gpu: OpenGpu | null = null;
  #opened = false;
  #cpuReason: string | null = null;

  constructor(private readonly emit: (event: Event) => void) {}

  /** Null: the CPU. */
  get gpu(): OpenGpu | null {
    return this.#gpu;
  }

  /** Opens the device, or settles for the CPU and says why. */
  async open(backend: BackendSetting): Promise<void> {
    this.#opened = true;
    if (backend === 'cpu') this.#cpuReason = 'The CPU was asked for.';
    else if (!this.#gpu) await this.#openGpu();
  }

  /** Whether `open` was called. */
  get opened(): boolean {
    return this.#opened;
  }

  /** Another device in place of a lost one, or the CPU; says so. */
  async reopen(cause: string): Promise<void> {
    await this.#openGpu();
    this.emit({ type: 'notice', notice: { kind: this.#gpu ? 'deviceReopened' : 'deviceGone', cause } });
  }

  /** Whether the device is lost by now; a device that is fine never answers, so a short wait decides. */
  async isLost(): Promise<boolean> {
    if (!this.#gpu) return false;
    const wait = new Promise<false>((resolve) => setTimeout(() => resolve(false), 200));
    return Promise.race([this.#gpu.device.gpu.lost.then(() => true), wait]);
  }

  /** What is known of the GPU; `reason` says why there is none. */
  report(): Pick<DeviceReport, 'adapter' | 'reason' | 'gates' | 'counters'> {
    const device = this.#gpu?.device;
    return {
      adapter: device?.adapter ?? null,
      reason: device ? null : this.#cpuReason,
      gates: this.#gpu?.gates ?? [],
      counters: device ? { ...device.counters } : null,
    };
  }

  async #openGpu(): Promise<void> {
    try {
      const device = await openDevice(navigator.gpu);
      const gates = await runGates(device, navigator.gpu.wgslLanguageFeatures);
      this.#gpu = { device, gates, pipelines: new Pipelines(device) };
      this.#cpuReason = null;
    } catch (error) {
      this.#gpu = null;
      this.#cpuReason = error instanceof DeviceError ? error.message : `WebGPU did not open: ${sentence(error)}`;
    }
  }
}

/** What was thrown, as text for a person. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
