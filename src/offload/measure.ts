/**
 * Measures a device for experts of one shape: α by rows, β, γ and how much a load and a compute slow each other. Everything goes
 * the way the executor goes, through as many slots and experts, so that caches are as cold as they will be; each number is the
 * median over passes, which may be taken between other work so that a machine that changes its pace is met at all of them.
 */
import { median } from '../gpu/stopwatch';
import type { Carrier } from './carrier';
import { type ExpertKey, type ExpertStore, readExpert } from './expert-store';
import { bytesOfExpert, LayerBench, type LayerShape, randomExpert } from './layer-bench';
import { type ComputeTime, type MeasuredMachine, restingTimeOf } from './measured-machine';

export interface MeterOptions {
  /** Rows whose α is wanted, all in the program of `shape.rows`; else 1, 2, 4, … and the most, a single row as a token alone. */
  readonly rows?: readonly number[] | undefined;
  /**
   * Rows of each expert of a layer that is to be run: its computes, and as many loads, are then also timed all in a row. On a
   * machine that others use too, what takes long is interrupted more often than its parts are, so the parts are made to add up.
   */
  readonly layer?: readonly number[] | undefined;
  /** Files whose reading is timed; none where experts lie in memory. */
  readonly files?: { readonly store: ExpertStore; readonly keys: readonly ExpertKey[] } | undefined;
}

export interface MeasureOptions extends MeterOptions {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Asked between two passes; leaves by throwing. */
  readonly check?: (() => void) | undefined;
}

const passes = 9;
/** Experts and slots that measurements go round in. */
const mostSlots = 6;
/** Each lane of the overlap is busy for about so many milliseconds. */
const overlapTime = 15;
const mostPieces = 200;

/** One pass warms up, the others count. */
export async function measureMachine(
  carrier: Carrier,
  shape: LayerShape,
  { onProgress = () => {}, check = () => {}, ...options }: MeasureOptions = {},
): Promise<MeasuredMachine> {
  const meter = await MachineMeter.open(carrier, shape, options);
  try {
    for (let pass = 0; pass < passes; pass++) {
      check();
      await meter.pass();
      onProgress(pass + 1, passes + 1);
    }
    const machine = await meter.result();
    onProgress(passes + 1, passes + 1);
    return machine;
  } finally {
    meter.destroy();
  }
}

export class MachineMeter {
  readonly #counts: readonly number[];
  /** Of each row count: one compute, and several one behind the other. */
  readonly #computes: readonly Runs[];
  readonly #resting: readonly Runs[];
  readonly #loads: number[] = [];
  readonly #reads: number[] = [];
  readonly #shares: number[] = [];
  readonly #readShares: number[] = [];
  readonly #allComputes: number[] = [];
  readonly #allLoads: number[] = [];
  readonly #place: Uint8Array<ArrayBuffer>;
  #turn = 0;
  #nextRead = 0;

  private constructor(
    private readonly carrier: Carrier,
    private readonly shape: LayerShape,
    private readonly options: MeterOptions,
    private readonly many: LayerBench,
    private readonly alone: LayerBench,
    private readonly experts: readonly Uint8Array<ArrayBuffer>[],
  ) {
    this.#counts = options.rows ? [...new Set(options.rows)].sort((a, b) => a - b) : rowCounts(shape.rows);
    this.#computes = this.#counts.map(() => ({ one: [], several: [] }));
    this.#resting = this.#counts.map(() => ({ one: [], several: [] }));
    this.#place = new Uint8Array(bytesOfExpert(shape));
  }

  /** Compiles, fills the slots and takes a pass that is not counted. Experts are those of the files where there are some. */
  static async open(carrier: Carrier, shape: LayerShape, options: MeterOptions = {}): Promise<MachineMeter> {
    const slots = slotsOf(shape);
    const many = await LayerBench.open(carrier, shape, slots);
    // A token alone has kernels of its own.
    const own = !options.rows && shape.rows > 1;
    const alone = own ? await LayerBench.open(carrier, { ...shape, rows: 1 }, slots) : many;
    const keys = options.files?.keys ?? [];
    const experts = await Promise.all(
      Array.from({ length: slots }, async (_, slot) => {
        const key = keys[slot % keys.length];
        return options.files && key ? readExpert(options.files.store, key) : randomExpert(shape, slot);
      }),
    );
    const meter = new MachineMeter(carrier, shape, options, many, alone, experts);
    for (const bench of new Set([many, alone])) {
      for (const [slot, expert] of experts.entries()) await bench.device.load(slot, expert);
    }
    await meter.pass();
    const runs = [...meter.#computes, ...meter.#resting].flatMap(({ one, several }) => [one, several]);
    for (const samples of [...runs, meter.#loads, meter.#reads, meter.#shares, meter.#readShares]) samples.length = 0;
    for (const samples of [meter.#allComputes, meter.#allLoads]) samples.length = 0;
    return meter;
  }

  /** One sample of everything. */
  async pass(): Promise<void> {
    for (const [index, rows] of this.#counts.entries()) {
      const resting = this.#resting[index] as Runs;
      resting.one.push(await this.#compute(rows, [this.#nextSlot()]));
      resting.several.push(
        await this.#compute(
          rows,
          severalRuns.map(() => this.#nextSlot()),
        ),
      );
      const fresh = this.#computes[index] as Runs;
      for (const [runs, samples] of [
        [[0], fresh.one],
        [severalRuns, fresh.several],
      ] as const) {
        const slot = this.#nextSlot();
        this.#loads.push(await timed(() => this.#load(this.#benchFor(rows), slot)));
        samples.push(
          await this.#compute(
            rows,
            runs.map(() => slot),
          ),
        );
      }
    }
    this.#shares.push(await this.#share(median(this.#loads), () => this.#load(this.many, 0)));
    const { layer, files } = this.options;
    if (layer) await this.#passOfLayer(layer);
    if (!files) return;
    this.#reads.push(await this.#readInARow(files, layer ? layer.filter((rows) => rows > 0).length : 1));
    this.#readShares.push(await this.#share(median(this.#reads), () => this.#read(files)));
  }

  /** Milliseconds of one of `count` reads. */
  async #readInARow(files: NonNullable<MeterOptions['files']>, count: number): Promise<number> {
    const reading = async () => {
      for (let read = 0; read < count; read++) await this.#read(files);
    };
    return (await timed(reading)) / count;
  }

  async #read({ store, keys }: NonNullable<MeterOptions['files']>): Promise<void> {
    const key = keys[this.#nextRead++ % keys.length];
    if (key) await store.fetch(key, this.#place);
  }

  async #passOfLayer(counts: readonly number[]): Promise<void> {
    const active = [...counts.keys()].filter((expert) => (counts[expert] ?? 0) > 0);
    this.many.route(counts);
    const computing = async () => {
      for (const expert of active) this.many.begin(expert, this.#nextSlot());
      await this.carrier.done();
    };
    const loading = async () => {
      for (const _ of active) await this.#load(this.many, this.#nextSlot());
    };
    this.#allComputes.push(await timed(computing));
    this.#allLoads.push((await timed(loading)) / active.length);
  }

  /** Medians of all passes. */
  async result(): Promise<MeasuredMachine> {
    const timestamps: ComputeTime[] = [];
    for (const rows of this.#counts) {
      const bench = this.#benchFor(rows);
      bench.route([rows]);
      const milliseconds = await bench.timestamp(0, 0, 3);
      if (milliseconds !== null) timestamps.push({ rows, milliseconds });
    }
    const restingTimes = this.#times(this.#resting);
    const pace = this.#pace(restingTimes);
    const atPace = (times: readonly ComputeTime[]) =>
      times.map(({ rows, milliseconds }) => ({ rows, milliseconds: milliseconds * pace }));
    return {
      backend: this.carrier.backend,
      adapter: this.carrier.adapter,
      bytesPerExpert: bytesOfExpert(this.shape),
      computeTimes: atPace(this.#times(this.#computes, this.#copiesItself ? aloneOf : eachOf)),
      restingTimes: atPace(restingTimes),
      latency: this.#latency(),
      timestamps: timestamps.length > 0 ? timestamps : null,
      loadTime: median(this.#allLoads.length > 0 ? this.#allLoads : this.#loads),
      diskTime: this.#reads.length > 0 ? median(this.#reads) : null,
      overlap: shareOf(this.#shares),
      readOverlap: this.#readShares.length > 0 ? shareOf(this.#readShares) : null,
    };
  }

  destroy(): void {
    this.many.destroy();
    if (this.alone !== this.many) this.alone.destroy();
  }

  /** How much longer all computes of the layer take in a row than their times add up to. */
  #pace(restingTimes: readonly ComputeTime[]): number {
    const { layer } = this.options;
    if (!layer || this.#allComputes.length === 0) return 1;
    const sum = layer.reduce((total, rows) => total + restingTimeOf({ restingTimes }, rows), 0);
    const all = median(this.#allComputes);
    // A clock that is too coarse for the parts says nothing of them.
    return sum > 0 ? Math.max(all / 2, all - this.#latency()) / sum : 1;
  }

  /**
   * A thread that copies computes nothing meanwhile, so a compute behind a load is never one of several in a row: it pays for
   * waking the other threads, and nobody waits to hear that it is done.
   */
  get #copiesItself(): boolean {
    return this.carrier.backend === 'cpu';
  }

  #latency(): number {
    if (this.#copiesItself) return 0;
    return Math.max(0, median(this.#computes.map((runs) => median(runs.one) - eachOf(runs))));
  }

  #times(runs: readonly Runs[], timeOf: (runs: Runs) => number = eachOf): ComputeTime[] {
    return this.#counts.map((rows, index) => ({ rows, milliseconds: timeOf(runs[index] as Runs) }));
  }

  #benchFor(rows: number): LayerBench {
    return rows === 1 ? this.alone : this.many;
  }

  /** From the first beginning to when the last is done. */
  #compute(rows: number, slots: readonly number[]): Promise<number> {
    const bench = this.#benchFor(rows);
    bench.route([rows]);
    return timed(async () => {
      for (const slot of slots) bench.begin(0, slot);
      await this.carrier.done();
    });
  }

  /** As the executor does it: what comes from a file is verified on the way. */
  async #load(bench: LayerBench, slot: number): Promise<void> {
    const { files } = this.options;
    const key = files?.keys[slot % files.keys.length];
    const expert = this.experts[slot] as Uint8Array<ArrayBuffer>;
    await bench.device.load(slot, files && key ? await files.store.verified(key, expert) : expert);
  }

  #nextSlot(): number {
    this.#turn += 1;
    return this.#turn % this.experts.length;
  }

  /** (Tload + Tcompute − Tboth) / min(Tload, Tcompute) of two lanes that are busy for about as long; a load may be a read. */
  async #share(loadTime: number, loadOne: () => Promise<void>): Promise<number> {
    const times = this.#counts.map((rows, index) => ({ rows, milliseconds: median(this.#computes[index]?.one ?? []) }));
    const unlike = ({ milliseconds }: ComputeTime) =>
      Math.max(milliseconds, loadTime) / Math.max(Number.MIN_VALUE, Math.min(milliseconds, loadTime));
    const { rows, milliseconds } = [...times].sort((a, b) => unlike(a) - unlike(b))[0] as ComputeTime;
    const bench = this.#benchFor(rows);
    bench.route([rows]);
    const busy = Math.max(overlapTime, milliseconds, loadTime);
    const pieces = (time: number) => Math.min(mostPieces, Math.max(1, Math.round(busy / time)));
    const lane = async (count: number, run: () => Promise<void>): Promise<void> => {
      for (let index = 0; index < count; index++) await run();
    };
    // The same slots in all three: what else differs is not whether they run beside each other.
    const loading = () => lane(pieces(loadTime), loadOne);
    const computing = () => lane(pieces(milliseconds), () => bench.compute(0, 1));
    const load = await timed(loading);
    const compute = await timed(computing);
    const both = await timed(async () => void (await Promise.all([computing(), loading()])));
    return (load + compute - both) / Math.max(Number.EPSILON, Math.min(load, compute));
  }
}

interface Runs {
  readonly one: number[];
  readonly several: number[];
}

const shareOf = (samples: readonly number[]): number => Math.min(1, Math.max(0, median(samples)));

/** Computes that are begun one behind the other. */
const severalRuns = [0, 1, 2];

const aloneOf = ({ one }: Runs): number => median(one);

/** What one compute adds to others. Where that is lost in noise, half of what one takes alone. */
function eachOf({ one, several }: Runs): number {
  const alone = median(one);
  return Math.max(alone / 2, Math.min(alone, (median(several) - alone) / (severalRuns.length - 1)));
}

const slotsOf = ({ experts }: LayerShape): number => Math.max(2, Math.min(mostSlots, experts));

/** 1, 2, 4, … and the most. */
function rowCounts(most: number): number[] {
  const counts: number[] = [];
  for (let rows = 1; rows < most; rows *= 2) counts.push(rows);
  return [...counts, most];
}

async function timed(run: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}
