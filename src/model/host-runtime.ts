/**
 * A model on the CPU: the graphs of every other backend on an executor, which is WebAssembly or the TypeScript twin.
 */
import { type Breathe, breather } from '../graph/breather';
import { type Cost, costOf } from '../graph/cost';
import type { Executor, ExecutorOptions, ExecutorProgram, ExecutorSource } from '../graph/executor';
import { elements } from '../graph/tensor';
import type { Precision } from '../graph/twin';
import { TwinExecutor } from '../graph/twin-executor';
import type { Weights } from '../graph/weights';
import type { ModelConfig } from './config';
import { type InspectGraph, inspectGraph, type PromptGraph, promptGraph, type TokenGraph, tokenGraph } from './graphs';
import { bucketFor } from './prompt-buckets';
import { readRecord, type SamplingSettings, type TokenRecord, writeSettings } from './records';
import type { Explanation, MemoryUse, Runtime } from './runtime';

/** Milliseconds without giving way to events. */
const longestTurn = 20;

/** Up to this many tokens are decoded one by one rather than compiling a program for a prompt of their length. */
export const shortHostPrompt = 4;

/** A model on the twin in `precision`. */
export function twinRuntime(
  config: ModelConfig,
  weights: Weights,
  precision: Precision,
  breathe?: Breathe,
): HostRuntime {
  return new HostRuntime(config, new TwinExecutor(precision, weights), breathe);
}

/** A model on WebAssembly; without an engine on the twin, in float32, where no option matters. Throws a sentence when memory is refused. */
export function openHostRuntime(
  engine: ExecutorSource | null,
  config: ModelConfig,
  weights: Weights,
  options: ExecutorOptions = {},
): HostRuntime {
  if (!engine) return twinRuntime(config, weights, 'float32');
  const executor = engine.executor(weights, options);
  try {
    return new HostRuntime(config, executor);
  } catch (error) {
    executor.destroy();
    throw error;
  }
}

export class HostRuntime implements Runtime {
  readonly cost: Cost;
  readonly tokenCounts = { dispatches: 0, submits: 0 };
  readonly #graph: TokenGraph;
  readonly #program: ExecutorProgram;
  readonly #prompts = new Map<number, { graph: PromptGraph; program: ExecutorProgram }>();
  #inspection: { graph: InspectGraph; program: ExecutorProgram } | undefined;
  #position = 0;
  #prefixLength = 0;

  /** The runtime owns the executor. `breathe` lets messages in between two tokens. */
  constructor(
    readonly config: ModelConfig,
    private readonly executor: Executor,
    private readonly breathe: Breathe = breather(longestTurn),
  ) {
    this.#graph = tokenGraph(config);
    this.#program = executor.compile(this.#graph.graph);
    this.cost = costOf(this.#graph.graph, executor.bytesPerWeight);
  }

  /** The program of one token, for the profiler. */
  get tokenProgram(): ExecutorProgram {
    return this.#program;
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
    // A prefix model's prompt sees itself in both directions, so it must run as a whole, the last token with it.
    const together = prefix || (this.executor.prefersRows && count - 1 > shortHostPrompt);
    if (together) this.#cachePrompt(ids, prefix ? count : count - 1);
    for (let position = 0; !together && position < count - 1; position++) {
      this.rewind(position, ids[position] ?? 0);
      this.#program.run();
      await this.breathe();
    }
    this.rewind(count - 1, ids[count - 1] ?? 0);
  }

  rewind(position: number, id: number): void {
    this.#position = position;
    this.executor.numbers(this.#graph.token).set([id]);
    this.executor.numbers(this.#graph.cursor).set([position, 1, this.#prefixLength, 0]);
  }

  async *tokens(count: number, settings: SamplingSettings): AsyncGenerator<TokenRecord, void, void> {
    this.executor.numbers(this.#graph.settings).set(writeSettings(settings));
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
    const greedy = writeSettings({ temperature: 0, topK: 0, topP: 1, seed: 0 });
    this.executor.numbers(this.#graph.settings).set(greedy);
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
    for (const { program } of this.#prompts.values()) program.destroy();
    this.#inspection?.program.destroy();
    this.#program.destroy();
    this.executor.destroy();
  }

  #cachePrompt(ids: ArrayLike<number>, count: number): void {
    const { graph, program } = this.#prompt(count);
    const padded = new Uint32Array(elements(graph.ids.shape));
    for (let i = 0; i < count; i++) padded[i] = ids[i] ?? 0;
    this.executor.numbers(graph.ids).set(padded);
    this.executor.numbers(graph.cursor).set([0, count, this.#prefixLength, 0]);
    program.run();
  }

  /** Where rows past the end are cheap, a bucket serves many lengths; else the prompt's own length is compiled. */
  #prompt(count: number): { graph: PromptGraph; program: ExecutorProgram } {
    const length = this.executor.prefersRows ? bucketFor(count, this.config.max_position_embeddings) : count;
    const known = this.#prompts.get(length);
    if (known) return known;
    const graph = promptGraph(this.config, length);
    const prompt = { graph, program: this.executor.compile(graph.graph) };
    this.#prompts.set(length, prompt);
    return prompt;
  }

  #openInspection(): { graph: InspectGraph; program: ExecutorProgram } {
    const graph = inspectGraph(this.config);
    return { graph, program: this.executor.compile(graph.graph) };
  }
}
