/** The engine of the Offload panel: the current model under K slots, the measured machine, and single layers run and simulated. */
import { type OffloadedText, OffloadSession, type Started } from '../lab/offload/offload-session';
import { parameterCount } from '../model/names';
import { compareLayer } from '../offload/compare-layer';
import { FileStore } from '../offload/file-store';
import { openExpertStore } from '../offload/open-store';
import { layerFolder } from '../offload/opfs-folder';
import { residentRate, sweepTrace } from '../offload/trace-sweep';
import { StreamDecoder } from '../tokenizer/streamDecoder';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import { openModel } from './model-source';
import { type OpenFolder, WorkerOffloadHost } from './offload-host';
import type { LayerComparisons, OffloadPlace, OffloadReport, OffloadRequest, OffloadSweep } from './offload-protocol';
import type { Event, ModelSource } from './protocol';

type Of<T extends OffloadRequest['type']> = Extract<OffloadRequest, { type: T }>;

interface Current {
  readonly session: OffloadSession;
  readonly host: WorkerOffloadHost;
}

/** Ends work that was asked to stop; never leaves the engine. */
class Stopped extends Error {}

export class OffloadEngine {
  #current: Current | null = null;
  #stopped = false;
  #writing: WorkerOffloadHost | null = null;

  constructor(
    private readonly backends: Backends,
    private readonly carriers: Carriers,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
    private readonly folder?: OpenFolder,
  ) {}

  /** Ends what is under way. */
  stop(): void {
    this.#stopped = true;
  }

  /** While a text is written, destroys its device at once. False when none is written on one. */
  dropDevice(): boolean {
    return this.#writing?.dropDevice() ?? false;
  }

  async answer(request: OffloadRequest): Promise<void> {
    this.#stopped = false;
    switch (request.type) {
      case 'openOffload':
        return this.#open(request.model);
      case 'writeOffload': {
        const { text, report } = await this.#write(request);
        return this.emit({ type: 'offloadWritten', reason: text.reason, report });
      }
      case 'compareOffload':
        return this.#compare(request);
      case 'measureOffload':
        return this.#measure(request);
      case 'runOffloadLayer':
        return this.emit({
          type: 'offloadLayerRuns',
          comparisons: await this.#unlessStopped(() => this.#layer(request)),
        });
      case 'sweepOffload':
        return this.emit({ type: 'offloadSweep', sweep: this.#sweep(request) });
      case 'damageExpert': {
        const { layer, expert } = request;
        await this.#damage(request);
        return this.emit({ type: 'offloadDamaged', layer, expert });
      }
      case 'stopOffload':
        return;
      default:
        return request satisfies never;
    }
  }

  async #open(source: ModelSource): Promise<void> {
    const begun = performance.now();
    const model = await openModel(source, this.modelsUrl, (done, total) =>
      this.emit({ type: 'progress', task: 'download', done, total }),
    );
    const host = this.#host(model.id);
    const session = new OffloadSession(model, host);
    const { config } = model;
    const { layers, experts, bytes, half, upElements, downElements } = session.shape;
    const parameters = parameterCount(config);
    this.#current = { session, host };
    const others = parameters - layers * experts * (upElements + downElements);
    const report = {
      ...{ id: model.id, parameters, experts },
      layers: Array.from({ length: layers }, (_, layer) => layer),
      bytesPerExpert: bytes,
      expertBytes: layers * experts * bytes,
      otherBytes: others * (half ? 2 : 4),
      width: config.hidden_size,
      ffnWidth: config.intermediate_size,
      loadMilliseconds: performance.now() - begun,
    };
    this.emit({ type: 'offloadOpened', model: report });
  }

  async #write({ setup, prompt, settings, length }: Of<'writeOffload' | 'compareOffload'>) {
    const { session, host } = this.#loaded();
    const { tokenizer } = session.model;
    const decoder = new StreamDecoder(tokenizer);
    await host.settle(setup.backend, session.model);
    this.#writing = host;
    try {
      const text = await session.write(
        setup,
        { prompt, settings, length, stopped: () => this.#stopped },
        (started) => {
          const tokens = started.promptIds.map((id) => ({ id, text: decoder.push(id) }));
          this.emit({ type: 'offloadStarted', place: placeOf(started), prompt: tokens });
        },
        ({ totals, layers, ...token }) =>
          this.emit({ type: 'offloadToken', token: { ...token, text: decoder.push(token.id) }, totals, layers }),
      );
      return { text, report: reportOf(text) };
    } finally {
      this.#writing = null;
    }
  }

  async #compare(request: Of<'compareOffload'>): Promise<void> {
    const { session, host } = this.#loaded();
    const { setup, prompt, settings, length } = request;
    await host.settle(setup.backend, session.model);
    const resident = await session.writeResident({ prompt, settings, length, stopped: () => this.#stopped });
    if (this.#stopped) return this.emit({ type: 'offloadCompared', comparison: null });
    const { text, report } = await this.#write(request);
    if (this.#stopped) return this.emit({ type: 'offloadCompared', comparison: null });
    const { layers, experts, bytes } = session.shape;
    const comparison = {
      offloaded: report,
      resident: {
        text: resident.text,
        tokensPerSecond: resident.tokensPerSecond,
        expertBytes: layers * experts * bytes,
      },
      equal: resident.ids.join() === text.ids.join(),
    };
    this.emit({ type: 'offloadCompared', comparison });
  }

  async #measure({ backend, tier }: Of<'measureOffload'>): Promise<void> {
    const { session, host } = this.#loaded();
    await host.settle(backend, session.model);
    const machine = await this.#unlessStopped(() => session.machine(tier, true, () => this.#check()));
    this.emit({ type: 'offloadMeasured', machine, notes: session.takeNotes() });
  }

  async #layer(request: Of<'runOffloadLayer'>): Promise<LayerComparisons> {
    const { layer, policies, slots, tier, backend, repeats } = request;
    const host = this.#host(layerFolder);
    await host.settle(backend, null);
    const notes: string[] = [];
    const run = async () => {
      const carrier = await host.openCarrier(new Map(), false);
      try {
        return await compareLayer(carrier, layer, {
          ...{ policies, slots, repeats },
          openStore: (keys, origin) =>
            openExpertStore({
              ...{ tier, keys, origin },
              folder: () => host.openFolder(),
              onNote: (note) => notes.push(note),
            }),
          onRow: (row) => this.emit({ type: 'offloadLayerRun', row }),
          onProgress: (done, total) => host.onProgress('layer', done, total),
          check: () => this.#check(),
        });
      } finally {
        carrier.destroy();
      }
    };
    const compared = await run().catch(async (error: unknown) => {
      if (error instanceof Stopped || !(await host.reopened(error))) throw error;
      return run();
    });
    const { measured } = compared;
    const settled = notes.some((note) => note.endsWith('stay in memory instead.')) ? 'memory' : tier;
    const place = { backend: measured.backend, adapter: measured.adapter, slots, tier: settled, notes } as const;
    return { ...compared, layer, place };
  }

  #sweep({ policies, slots, tier }: Of<'sweepOffload'>): OffloadSweep {
    const { decoded } = this.#loaded().session;
    if (!decoded) throw new Error('No text was written yet: write one of two tokens at least, and sweep over it.');
    const { machine, otherMs, requests } = decoded;
    if (tier === 'files' && machine.diskTime === null) {
      throw new Error('Reading files was not measured: write a text with its experts in files first.');
    }
    const times = { machine, otherMs, files: tier === 'files' };
    return {
      machine,
      tokens: new Set(requests.map(({ token }) => token)).size,
      points: sweepTrace(requests, times, policies, slots),
      bound: residentRate(requests, times),
    };
  }

  async #damage({ layer, expert }: Of<'damageExpert'>): Promise<void> {
    const store = await this.#loaded().session.store('files');
    if (!(store instanceof FileStore)) throw new Error('The experts are in memory: there is no file to damage.');
    await store.damage({ layer, expert });
  }

  #host(name: string): WorkerOffloadHost {
    return new WorkerOffloadHost(this.backends, this.carriers, name, this.emit, this.folder);
  }

  #check(): void {
    if (this.#stopped) throw new Stopped();
  }

  async #unlessStopped<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Stopped) return null;
      throw error;
    }
  }

  #loaded(): Current {
    if (!this.#current) throw new Error('No model is open yet: choose one with experts first.');
    return this.#current;
  }
}

function placeOf({ promptIds: _, ...place }: Started): OffloadPlace {
  return place;
}

function reportOf({ started, ids, reason: _, ...text }: OffloadedText): OffloadReport {
  return { ...text, place: placeOf(started) };
}
