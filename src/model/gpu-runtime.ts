/**
 * A model on the GPU: compiled programs over shared weights and one KV cache.
 *
 * A token is one submit of one compute pass. The sampled id never leaves the GPU on its way to the next token, so several
 * tokens are under way at once and the readback of a record (96 bytes) hides behind the next one.
 */
import type { Winners } from '../gpu/choice';
import { chooseBy } from '../gpu/choice';
import type { Device } from '../gpu/device';
import { ParameterStore } from '../gpu/parameters';
import type { Pipelines } from '../gpu/pipelines';
import { compile, type Program, type Resources } from '../gpu/program';
import { quantisedKernelsFor } from '../gpu/quantised-kernels';
import { ReadbackRing, readBuffer } from '../gpu/readback';
import { StateStore } from '../gpu/states';
import { type Cost, costOf } from '../graph/cost';
import type { Family } from '../graph/operation';
import { elements } from '../graph/tensor';
import type { Weights } from '../graph/weights';
import type { ModelConfig } from './config';
import { type InspectGraph, inspectGraph, type PromptGraph, promptGraph, type TokenGraph, tokenGraph } from './graphs';
import { bucketFor } from './prompt-buckets';
import { readRecord, recordBytes, type SamplingSettings, type TokenRecord, writeSettings } from './records';
import type { Explanation, MemoryUse, Runtime } from './runtime';

export interface GpuOptions {
  /** Store matrices as packed f16; those that are quantised stay as they are. */
  readonly half: boolean;
  readonly subgroups: boolean;
  /**
   * Rounds the activations before products with quantised matrices to 8 bits, for packed dot products. Only where their check
   * passed on this device.
   */
  readonly integerActivations?: boolean;
  readonly winners?: Winners;
  /** Run this family wherever it can; else calibration decides. */
  readonly family?: Family;
  readonly onProgress?: (task: 'upload' | 'compile', done: number, total: number) => void;
}

/** Up to this many tokens are decoded one by one rather than compiling a program for a prompt of their length. */
export const shortGpuPrompt = 16;

/** Tokens submitted before the first of them is read. */
const tokensUnderWay = 3;

export class GpuRuntime implements Runtime {
  readonly cost: Cost;
  readonly #prompts = new Map<number, Promise<{ graph: PromptGraph; program: Program }>>();
  #inspection: Promise<{ graph: InspectGraph; program: Program }> | undefined;
  readonly #ring: ReadbackRing;
  #position = 0;
  #prefixLength = 0;

  private constructor(
    readonly config: ModelConfig,
    private readonly device: Device,
    private readonly resources: Resources,
    private readonly graph: TokenGraph,
    private readonly program: Program,
  ) {
    this.cost = costOf(graph.graph, resources.parameters.bytesPerWeight);
    this.#ring = new ReadbackRing(device, recordBytes, tokensUnderWay);
  }

  /** Uploads the weights and compiles the program of one token; prompts and inspection are compiled when first used. */
  static async open(
    device: Device,
    pipelines: Pipelines,
    config: ModelConfig,
    weights: Weights,
    options: GpuOptions,
  ): Promise<GpuRuntime> {
    const kernels = await quantisedKernelsFor(weights);
    const parameters = new ParameterStore(device, weights, options.half, kernels);
    const states = new StateStore(device);
    const choose = chooseBy(device.adapter.software, options.winners, options.family);
    const { subgroups, integerActivations = false } = options;
    const resources: Resources = { pipelines, parameters, states, choose, subgroups, integerActivations };
    const graph = tokenGraph(config);
    graph.graph.parameters.forEach((tensor, index, all) => {
      parameters.binding(tensor);
      options.onProgress?.('upload', index + 1, all.length);
    });
    const program = await compile(device, graph.graph, resources, (done, total) =>
      options.onProgress?.('compile', done, total),
    );
    return new GpuRuntime(config, device, resources, graph, program);
  }

  get tokenCounts() {
    return { dispatches: this.program.steps.length, submits: 1 };
  }

  /** The program of one token, for the profiler and calibration. */
  get tokenProgram(): Program {
    return this.program;
  }

  get resourcesInUse(): Resources {
    return this.resources;
  }

  memory(): MemoryUse {
    return {
      weights: this.resources.parameters.bytes,
      kvCache: this.resources.states.bytes,
      activations: this.program.bytes,
    };
  }

  async start(ids: ArrayLike<number>, prefixLength = ids.length): Promise<void> {
    const count = ids.length;
    const context = this.config.max_position_embeddings;
    if (count < 1 || count > context) throw new RangeError(`A prompt of ${count} tokens: give 1 to ${context}.`);
    const prefix = this.config.attention_mask === 'prefix';
    this.#prefixLength = prefix ? prefixLength : 0;
    // The last token is decoded, which yields its logits; in a prefix model the others must see it, so it is cached too.
    const cached = prefix ? count : count - 1;
    if (!prefix && cached <= shortGpuPrompt && !this.#prompts.has(bucketFor(cached, context))) {
      for (let position = 0; position < cached; position++) {
        this.rewind(position, ids[position] ?? 0);
        this.#run(this.program);
      }
    } else if (cached > 0) {
      const { graph, program } = await this.#prompt(bucketFor(cached, context));
      const padded = new Uint32Array(elements(graph.ids.shape));
      for (let i = 0; i < cached; i++) padded[i] = ids[i] ?? 0;
      this.resources.states.write(graph.ids, padded);
      this.#writeCursor(0, cached);
      this.#run(program);
    }
    this.rewind(count - 1, ids[count - 1] ?? 0);
  }

  rewind(position: number, id: number): void {
    this.#position = position;
    this.resources.states.write(this.graph.token, Uint32Array.of(id));
    this.#writeCursor(position, 1);
  }

  async *tokens(count: number, settings: SamplingSettings): AsyncGenerator<TokenRecord, void, void> {
    const { states } = this.resources;
    states.write(this.graph.settings, writeSettings(settings));
    const room = this.config.max_position_embeddings - this.#position - 1;
    let remaining = Math.min(count, room);
    const underWay: Promise<ArrayBuffer>[] = [];
    try {
      while (remaining > 0 || underWay.length > 0) {
        while (remaining > 0 && underWay.length < tokensUnderWay) {
          underWay.push(this.#submitToken());
          remaining -= 1;
        }
        const bytes = await underWay.shift();
        if (!bytes) return;
        const record = readRecord(new Uint32Array(bytes), this.config.vocab_size);
        this.#position = record.position;
        yield record;
      }
    } finally {
      // A loop that was left early has tokens under way: their staging buffers must be free before the next run.
      await Promise.allSettled(underWay);
    }
  }

  async logits(): Promise<Float32Array> {
    this.resources.states.write(this.graph.settings, writeSettings({ temperature: 0, topK: 0, topP: 1, seed: 0 }));
    this.#run(this.program);
    const { logits } = this.graph;
    return new Float32Array(await readBuffer(this.device, this.program.buffer(logits), 0, elements(logits.shape) * 4));
  }

  async explain(position: number, id: number): Promise<Explanation> {
    this.#inspection ??= this.#compileInspection();
    const { graph, program } = await this.#inspection;
    this.resources.states.write(graph.token, Uint32Array.of(id));
    this.#writeCursor(position, 1);
    this.#run(program);
    const read = (tensor: (typeof graph.attention)[number]): Promise<ArrayBuffer> =>
      readBuffer(this.device, program.buffer(tensor), 0, elements(tensor.shape) * 4);
    const attention = await Promise.all(graph.attention.map(read));
    const lens = await Promise.all(graph.lens.map(read));
    return {
      attention: attention.map((bytes) => new Float32Array(bytes)),
      lens: lens.map((bytes) => readRecord(new Uint32Array(bytes), this.config.vocab_size)),
    };
  }

  destroy(): void {
    this.program.destroy();
    this.#ring.destroy();
    this.resources.parameters.destroy();
    this.resources.states.destroy();
    for (const prompt of this.#prompts.values()) void prompt.then(({ program }) => program.destroy());
    void this.#inspection?.then(({ program }) => program.destroy());
  }

  #submitToken(): Promise<ArrayBuffer> {
    return this.#submit(this.program, (encoder) =>
      this.#ring.copy(encoder, [[this.program.buffer(this.graph.record), recordBytes]]),
    )();
  }

  /** One submit of one compute pass, and what `after` records behind it. */
  #submit<T>(program: Program, after: (encoder: GPUCommandEncoder) => T): T {
    const encoder = this.device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    program.encode(pass);
    pass.end();
    const result = after(encoder);
    this.device.submit(encoder);
    return result;
  }

  #run(program: Program): void {
    this.#submit(program, () => {});
  }

  #writeCursor(position: number, rows: number): void {
    this.resources.states.write(this.graph.cursor, Uint32Array.of(position, rows, this.#prefixLength, 0));
  }

  #prompt(bucket: number): Promise<{ graph: PromptGraph; program: Program }> {
    const known = this.#prompts.get(bucket);
    if (known !== undefined) return known;
    const graph = promptGraph(this.config, bucket);
    const compiled = compile(this.device, graph.graph, this.resources).then((program) => ({ graph, program }));
    this.#prompts.set(bucket, compiled);
    return compiled;
  }

  async #compileInspection(): Promise<{ graph: InspectGraph; program: Program }> {
    const graph = inspectGraph(this.config);
    return { graph, program: await compile(this.device, graph.graph, this.resources) };
  }
}
