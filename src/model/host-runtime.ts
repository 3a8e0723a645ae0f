/**
 * A model on the CPU twin: the same graphs in plain TypeScript, float32 for machines without WebGPU, float64 as the oracle.
 */
import { type Cost, costOf } from '../graph/cost';
import { type Precision, TwinMemory, TwinProgram } from '../graph/twin';
import type { Weights } from '../graph/weights';
import type { ModelConfig } from './config';
import { type InspectGraph, inspectGraph, promptGraph, type TokenGraph, tokenGraph } from './graphs';
import { readRecord, type SamplingSettings, type TokenRecord, writeSettings } from './records';
import type { Explanation, MemoryUse, Runtime } from './runtime';

export class TwinRuntime implements Runtime {
  readonly cost: Cost;
  readonly tokenCounts = { dispatches: 0, submits: 0 };
  readonly #memory: TwinMemory;
  readonly #graph: TokenGraph;
  readonly #program: TwinProgram;
  #inspection: { graph: InspectGraph; program: TwinProgram } | undefined;
  #position = 0;
  #prefixLength = 0;

  constructor(
    readonly config: ModelConfig,
    weights: Weights,
    precision: Precision,
    /** Lets messages in between two tokens; the default waits for a macrotask. */
    private readonly breathe: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve)),
  ) {
    this.#memory = new TwinMemory(precision, weights);
    this.#graph = tokenGraph(config);
    this.#program = new TwinProgram(this.#graph.graph, this.#memory);
    this.cost = costOf(this.#graph.graph, 4);
  }

  memory(): MemoryUse {
    const { weightBytes, stateBytes, activationBytes } = this.cost;
    return { weights: weightBytes, kvCache: stateBytes, activations: activationBytes };
  }

  async start(ids: ArrayLike<number>, prefixLength = ids.length): Promise<void> {
    const count = ids.length;
    const context = this.config.max_position_embeddings;
    if (count < 1 || count > context) throw new RangeError(`A prompt of ${count} tokens: give 1 to ${context}.`);
    const prefix = this.config.attention_mask === 'prefix';
    this.#prefixLength = prefix ? prefixLength : 0;
    if (prefix) this.#cachePrompt(ids);
    for (let position = 0; !prefix && position < count - 1; position++) {
      this.rewind(position, ids[position] ?? 0);
      this.#program.run();
      await this.breathe();
    }
    this.rewind(count - 1, ids[count - 1] ?? 0);
  }

  rewind(position: number, id: number): void {
    this.#position = position;
    this.#memory.numbers(this.#graph.token).set([id]);
    this.#memory.numbers(this.#graph.cursor).set([position, 1, this.#prefixLength, 0]);
  }

  async *tokens(count: number, settings: SamplingSettings): AsyncGenerator<TokenRecord, void, void> {
    this.#memory.numbers(this.#graph.settings).set(writeSettings(settings));
    const room = this.config.max_position_embeddings - this.#position - 1;
    for (let index = 0; index < Math.min(count, room); index++) {
      this.#program.run();
      const record = readRecord(this.#program.read(this.#graph.record) as Uint32Array, this.config.vocab_size);
      this.#position = record.position;
      yield record;
      await this.breathe();
    }
  }

  async logits(): Promise<Float32Array> {
    this.#memory.numbers(this.#graph.settings).set(writeSettings({ temperature: 0, topK: 0, topP: 1, seed: 0 }));
    this.#program.run();
    return Float32Array.from(this.#program.read(this.#graph.logits));
  }

  async explain(position: number, id: number): Promise<Explanation> {
    this.#inspection ??= this.#openInspection();
    const { graph, program } = this.#inspection;
    this.rewind(position, id);
    program.run();
    return {
      attention: graph.attention.map((tensor) => Float32Array.from(program.read(tensor))),
      lens: graph.lens.map((tensor) => readRecord(program.read(tensor) as Uint32Array, this.config.vocab_size)),
    };
  }

  destroy(): void {
    this.#inspection = undefined;
  }

  /** A prefix model's prompt sees itself in both directions, so it must run as a whole. */
  #cachePrompt(ids: ArrayLike<number>): void {
    const graph = promptGraph(this.config, ids.length);
    const program = new TwinProgram(graph.graph, this.#memory);
    this.#memory.numbers(graph.ids).set(Array.from(ids));
    this.#memory.numbers(graph.cursor).set([0, ids.length, this.#prefixLength, 0]);
    program.run();
  }

  #openInspection(): { graph: InspectGraph; program: TwinProgram } {
    const graph = inspectGraph(this.config);
    return { graph, program: new TwinProgram(graph.graph, this.#memory) };
  }
}
