/**
 * A model whose experts come and go, as a runtime like any other: the same programs with a pool of K slots in the place of the
 * experts. A program runs up to where a layer's routing is known; that is read back, the executor brings and computes the
 * experts, and the program goes on. So a token costs a readback a layer, and its bits are those of the model with all experts.
 */
import { breather } from '../graph/breather';
import { type Cost, costOf } from '../graph/cost';
import { elements, type Tensor } from '../graph/tensor';
import type { ModelConfig } from '../model/config';
import type { PooledLayer } from '../model/expert-pool';
import type { InspectGraph, PromptGraph, TokenGraph } from '../model/graphs';
import {
  type Offloaded,
  offloadedInspectGraph,
  offloadedPromptGraph,
  offloadedTokenGraph,
} from '../model/offloaded-graphs';
import { readRecord, recordBytes, type SamplingSettings, type TokenRecord, writeSettings } from '../model/records';
import type { Explanation, MemoryUse, Runtime } from '../model/runtime';
import type { OffloadPolicyId } from './any-policy';
import type { ExpertRequest } from './caches';
import type { Carrier, CarrierProgram } from './carrier';
import { ExpertExecutor } from './expert-executor';
import type { LayerRun, OffloadTotals } from './expert-run';
import type { ExpertShape } from './expert-shape';
import type { ExpertStore } from './expert-store';
import type { MeasuredMachine } from './measured-machine';

export interface OffloadedOptions {
  readonly policy: OffloadPolicyId;
  /** K, from `slotsWithin`. */
  readonly slots: number;
  readonly shape: ExpertShape;
  readonly store: ExpertStore;
  readonly machine: MeasuredMachine;
  /** What will be asked for, for a cache that must know: the trace of the same text. */
  readonly trace?: readonly ExpertRequest[] | undefined;
}

interface Compiled<G extends Offloaded> {
  readonly graph: G;
  readonly program: CarrierProgram;
}

/** Milliseconds without giving way to events. */
const longestTurn = 20;

export class OffloadedRuntime implements Runtime {
  readonly cost: Cost;
  readonly #prompts = new Map<number, Compiled<PromptGraph & Offloaded>>();
  readonly #executor: ExpertExecutor;
  readonly #breathe = breather(longestTurn);
  #inspection: Compiled<InspectGraph & Offloaded> | undefined;
  #layers: LayerRun[] = [];
  #position = 0;
  #prefixLength = 0;
  #step = 0;

  private constructor(
    readonly config: ModelConfig,
    private readonly carrier: Carrier,
    private readonly options: OffloadedOptions,
    private readonly token: Compiled<TokenGraph & Offloaded>,
  ) {
    const { shape, policy, slots, store, machine, trace } = options;
    const { graph } = token;
    this.cost = costOf(graph.graph, carrier.bytesPerWeight);
    const { up, down } = graph.experts;
    const { upElements, downElements, half, layers, experts } = shape;
    const device = carrier.pool({ up, down, upElements, downElements, half });
    this.#executor = new ExpertExecutor({ policy, slots, layers, experts, machine, store, device, trace });
  }

  /** The runtime owns the carrier. Throws a sentence where the policy needs more slots. */
  static async open(config: ModelConfig, carrier: Carrier, options: OffloadedOptions): Promise<OffloadedRuntime> {
    try {
      const graph = offloadedTokenGraph(config, options.slots);
      const runtime = new OffloadedRuntime(config, carrier, options, {
        graph,
        program: await carrier.compile(graph.graph),
      });
      await runtime.#executor.fill();
      return runtime;
    } catch (error) {
      carrier.destroy();
      throw error;
    }
  }

  /** One submit a layer for its experts at least, one for what lies before it, and one for the rest. */
  get tokenCounts() {
    if (this.carrier.backend === 'cpu') return { dispatches: 0, submits: 0 };
    const { graph, experts } = this.token.graph;
    return { dispatches: graph.nodes.length, submits: 2 * experts.layers.length + 1 };
  }

  get totals(): OffloadTotals {
    return this.#executor.totals;
  }

  /** What a person should know of how it ran, as sentences. */
  get notes(): ReadonlySet<string> {
    return this.#executor.notes;
  }

  /** Everything asked for so far, in the order of computing. */
  get trace(): readonly ExpertRequest[] {
    return this.#executor.trace;
  }

  /** What the layers did since this was last called. */
  takeLayers(): readonly LayerRun[] {
    const layers = this.#layers;
    this.#layers = [];
    return layers;
  }

  memory(): MemoryUse {
    return this.carrier.memory(this.token.program);
  }

  async start(ids: ArrayLike<number>, prefixLength = ids.length): Promise<void> {
    const count = ids.length;
    const context = this.config.max_position_embeddings;
    if (count < 1 || count > context) throw new RangeError(`A prompt of ${count} tokens: give 1 to ${context}.`);
    const prefix = this.config.attention_mask === 'prefix';
    this.#prefixLength = prefix ? prefixLength : 0;
    const cached = prefix ? count : count - 1;
    const rows = this.carrier.promptRows(cached, context);
    if (prefix || this.carrier.runsAtOnce(cached, this.#prompts.has(rows))) {
      await this.#cachePrompt(ids, cached, rows);
    } else {
      for (let position = 0; position < cached; position++) {
        this.rewind(position, ids[position] ?? 0);
        await this.#runToken();
        await this.#breathe();
      }
    }
    this.rewind(count - 1, ids[count - 1] ?? 0);
  }

  rewind(position: number, id: number): void {
    this.#position = position;
    this.carrier.write(this.token.graph.token, Uint32Array.of(id));
    this.#writeCursor(position, 1);
  }

  async *tokens(count: number, settings: SamplingSettings): AsyncGenerator<TokenRecord, void, void> {
    this.carrier.write(this.token.graph.settings, writeSettings(settings));
    const room = this.config.max_position_embeddings - this.#position - 1;
    for (let index = 0; index < Math.min(count, room); index++) {
      const record = readRecord(await this.#runToken(), this.config.vocab_size);
      this.#position = record.position;
      yield record;
      await this.#breathe();
    }
  }

  async logits(): Promise<Float32Array> {
    const { settings, logits, experts } = this.token.graph;
    this.carrier.write(settings, writeSettings({ temperature: 0, topK: 0, topP: 1, seed: 0 }));
    const words = await this.#run(this.token.program, experts.layers, logits, elements(logits.shape));
    return new Float32Array(words.buffer);
  }

  async explain(position: number, id: number): Promise<Explanation> {
    this.#inspection ??= await this.#compile(offloadedInspectGraph(this.config, this.options.slots));
    const { graph, program } = this.#inspection;
    this.carrier.write(graph.token, Uint32Array.of(id));
    this.#writeCursor(position, 1);
    await this.#run(program, graph.experts.layers, graph.cursor, 4);
    const read = (tensor: Tensor) => program.runAndRead(0, 0, tensor, elements(tensor.shape));
    const attention: Float32Array[] = [];
    for (const tensor of graph.attention) attention.push(new Float32Array((await read(tensor)).buffer));
    const lens: TokenRecord[] = [];
    for (const tensor of graph.lens) lens.push(readRecord(await read(tensor), this.config.vocab_size));
    return { attention, lens };
  }

  destroy(): void {
    this.token.program.destroy();
    for (const { program } of this.#prompts.values()) program.destroy();
    this.#inspection?.program.destroy();
    this.carrier.destroy();
  }

  #runToken(): Promise<Uint32Array<ArrayBuffer>> {
    const { graph, program } = this.token;
    return this.#run(program, graph.experts.layers, graph.record, recordBytes / 4);
  }

  async #cachePrompt(ids: ArrayLike<number>, count: number, rows: number): Promise<void> {
    let prompt = this.#prompts.get(rows);
    if (!prompt) {
      prompt = await this.#compile(offloadedPromptGraph(this.config, rows, this.options.slots));
      this.#prompts.set(rows, prompt);
    }
    const { graph, program } = prompt;
    const padded = new Uint32Array(rows);
    for (let i = 0; i < count; i++) padded[i] = ids[i] ?? 0;
    this.carrier.write(graph.ids, padded);
    this.#writeCursor(0, count);
    await this.#run(program, graph.experts.layers, graph.cursor, 4);
  }

  async #compile<G extends Offloaded & { readonly graph: Parameters<Carrier['compile']>[0] }>(
    graph: G,
  ): Promise<Compiled<G>> {
    return { graph, program: await this.carrier.compile(graph.graph) };
  }

  #writeCursor(position: number, rows: number): void {
    this.carrier.write(this.token.graph.cursor, Uint32Array.of(position, rows, this.#prefixLength, 0));
  }

  /** Runs a program with its experts; what `result` holds at the end. */
  async #run(
    program: CarrierProgram,
    layers: readonly PooledLayer[],
    result: Tensor,
    words: number,
  ): Promise<Uint32Array<ArrayBuffer>> {
    const { experts } = this.options.shape;
    const step = this.#step++;
    const runs: Promise<LayerRun>[] = [];
    let from = 0;
    for (const [layer, pooled] of layers.entries()) {
      const { first, end, places } = pooled;
      const starts = await program.runAndRead(from, first, places, experts + 1);
      const counts = Array.from({ length: experts }, (_, expert) => (starts[expert + 1] ?? 0) - (starts[expert] ?? 0));
      const next = layer + 1 < layers.length ? layer + 1 : 0;
      const running = this.#executor.run({
        ...{ step, layer, next, counts },
        compute: (expert, slot) => this.#computeExpert(program, pooled, expert, slot, starts),
      });
      running.done.catch(() => {});
      await running.begun;
      runs.push(running.done);
      from = end;
    }
    const last = await program.runAndRead(from, program.graph.nodes.length, result, words);
    this.#layers.push(...(await Promise.all(runs)));
    return last;
  }

  async #computeExpert(
    program: CarrierProgram,
    { first, end, slots }: PooledLayer,
    expert: number,
    slot: number,
    starts: Uint32Array,
  ): Promise<void> {
    const table = new Uint32Array(this.options.shape.experts);
    // Only the rows of the window are computed, and they are this expert's.
    table[expert] = slot;
    this.carrier.write(slots, table);
    this.carrier.write(
      this.token.graph.experts.window,
      Uint32Array.of(starts[expert] ?? 0, starts[expert + 1] ?? 0, 0, 0),
    );
    program.run(first, end);
    await this.carrier.done();
  }
}
