/** What carries the training of a worker: the faster backend for the step of a recipe, or the one that was asked for. */
import { ThreadGone } from '../cpu/thread-gone';
import { passed } from '../gpu/gates/gates';
import { type Backend, timeTraining } from '../lab/backend-choice';
import type { PreparedRun } from '../lab/prepared-run';
import type { RunBackend } from '../lab/run-host';
import { openTrainer } from '../train/open-trainer';
import { planTraining } from '../train/plan';
import type { Backends } from './backends';
import { sentence } from './open-device';
import type { DeviceReport, Event } from './protocol';
import { loadWinners } from './winners';

export class Carriers {
  /** What the last run was given; null before one. */
  #last: Backend | null = null;
  /** Under which setting and with which threads. */
  #asked = '';

  constructor(
    private readonly backends: Backends,
    private readonly emit: (event: Event) => void,
  ) {}

  /** Opens the device, unless a request has. */
  async open(): Promise<void> {
    if (this.backends.device.opened) return;
    await this.backends.open('auto', null);
    this.emit({ type: 'device', device: this.#reportOf('gpu') });
  }

  async pick({ config, recipe }: PreparedRun): Promise<RunBackend> {
    const { cost } = planTraining(config, recipe);
    const backend = await this.backends.pick('train', cost.flops, async (candidate) => {
      this.emit({ type: 'progress', task: 'compare', done: candidate === 'cpu' ? 0 : 1, total: 2 });
      const trainer = await openTrainer({ backend: (await this.#on(candidate)).backend, config, recipe });
      try {
        return await timeTraining(trainer, config, recipe.batch * recipe.context);
      } finally {
        trainer.destroy();
      }
    });
    // Opened first: how many threads the CPU was given is known only then.
    const carrier = await this.#on(backend);
    this.#last = backend;
    this.#asked = this.#asks;
    this.emit({ type: 'device', device: this.#reportOf(backend) });
    return carrier;
  }

  /** Another carrier in place of one that was lost; null when it was not. */
  async recover(error: unknown, { backend }: RunBackend, prepared: PreparedRun): Promise<RunBackend | null> {
    if (backend.kind === 'cpu') {
      if (!(error instanceof ThreadGone)) return null;
      await this.backends.cpu.reopen();
      this.emit({ type: 'notice', notice: { kind: 'threadGone', cause: error.message } });
      return this.#on('cpu');
    }
    const { device } = this.backends;
    // Another request may have opened a new one already.
    if (backend.device === device.gpu?.device) {
      if (!(await device.isLost())) return null;
      await device.reopen(sentence(error));
    }
    return this.pick(prepared);
  }

  /** Whether something else was asked for since the last run was given its carrier. */
  get outdated(): boolean {
    return this.#asked !== this.#asks;
  }

  get #asks(): string {
    return `${this.backends.setting} ${this.backends.cpu.name}`;
  }

  /** Of the last run; null where none has run in this worker. */
  report(): DeviceReport | null {
    return this.#last && this.#reportOf(this.#last);
  }

  #reportOf(backend: Backend): DeviceReport {
    return this.backends.report('train', this.backends.device.gpu ? backend : 'cpu', 0);
  }

  async #on(backend: Backend): Promise<RunBackend> {
    const { device: opened, cpu } = this.backends;
    if (backend === 'cpu' || !opened.gpu) {
      const engine = await cpu.open();
      return { backend: { kind: 'cpu', ...(engine && { engine }) }, adapter: cpu.name };
    }
    const { device, pipelines, gates } = opened.gpu;
    const subgroups = passed(gates, 'subgroups');
    const winners = await loadWinners(device.adapter);
    return { backend: { kind: 'gpu', device, pipelines, subgroups, winners }, adapter: device.adapter.name };
  }
}
