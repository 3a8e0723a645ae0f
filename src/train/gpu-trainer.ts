/**
 * Training on the GPU: one compiled step over flat buffers. A step is one compute pass in one submit (one a micro-batch
 * with gradient accumulation); its numbers come back through a ring of mapped buffers, so that the next step is under way
 * while they travel. On an adapter where one step takes long, it is cut into several submits so that others get a turn.
 */
import type { Batch } from '../data/batches';
import { chooseBy } from '../gpu/choice';
import type { Device } from '../gpu/device';
import { FlatMemory } from '../gpu/flat-memory';
import { ratiosLength, recordLength, updateOf } from '../gpu/kernels/gradient-norm/record';
import { kernelsHash } from '../gpu/kernels-hash';
import { profileProgram } from '../gpu/profile';
import { compile, type Program, type Resources } from '../gpu/program';
import { ReadbackRing, readBuffer } from '../gpu/readback';
import type { KernelTime } from '../graph/kernel-time';
import type { Weights } from '../graph/weights';
import type { TrainingGraph } from '../model/training-graph';
import { flatWeights, namedWeights } from './flat-weights';
import { rulesOf } from './groups';
import { balanceAt, planTraining, scoringGraph, type TrainingPlan, trainingProblem } from './plan';
import { firstUnsound, stepResult } from './step-result';
import type {
  StepCost,
  StepResult,
  StepValues,
  Trainer,
  TrainerBackend,
  TrainerOptions,
  TrainerState,
} from './trainer';

type GpuBackend = Extract<TrainerBackend, { kind: 'gpu' }>;

/** Steps whose numbers may be on their way back at once. */
const stepsUnderWay = 4;

/** Milliseconds. */
const longestSubmitByDefault = 50;
const mostSubmits = 32;

interface Compiled {
  readonly plan: TrainingPlan;
  readonly step: Program;
}

interface Evaluation {
  readonly graph: TrainingGraph;
  readonly program: Program;
}

export class GpuTrainer implements Trainer {
  readonly kernelsHash: string;
  readonly #ring: ReadbackRing;
  readonly #lossRing: ReadbackRing;
  #evaluation: Promise<Evaluation> | undefined;
  #weightDecay = Number.NaN;
  /** Submits of one micro-batch. */
  #submits = 1;
  #measured = 0;
  #lastDone = 0;

  private constructor(
    private readonly options: TrainerOptions,
    private readonly device: Device,
    private readonly memory: FlatMemory,
    private readonly resources: Resources,
    private readonly update: Program,
    private compiled: Compiled,
  ) {
    this.kernelsHash = kernelsHash([compiled.step, update]);
    this.#ring = new ReadbackRing(device, (recordLength + ratiosLength) * 4, stepsUnderWay);
    this.#lossRing = new ReadbackRing(device, 16, stepsUnderWay);
  }

  /** Throws a sentence when the step does not fit the adapter. */
  static async open(options: TrainerOptions, backend: GpuBackend, weights: Weights): Promise<GpuTrainer> {
    const { recipe, onProgress } = options;
    const { device, pipelines, subgroups } = backend;
    const plan = fittingPlan(options, recipe.batch, device);
    const memory = new FlatMemory(device, plan.layout);
    memory.write('parameters', flatWeights(plan.layout, weights));
    onProgress?.('upload', 1, 1);
    const choose = chooseBy(device.adapter.software, backend.winners, backend.family);
    const { parameters, states } = memory;
    const resources: Resources = { pipelines, parameters, states, choose, subgroups };
    const total = plan.training.graph.nodes.length + plan.optimiser.graph.nodes.length;
    let done = 0;
    const progress = () => onProgress?.('compile', ++done, total);
    const [step, update] = await Promise.all([
      compile(device, plan.training.graph, resources, progress),
      compile(device, plan.optimiser.graph, resources, progress),
    ]);
    return new GpuTrainer(options, device, memory, resources, update, { plan, step });
  }

  get cost(): StepCost {
    return { ...this.compiled.plan.cost, submits: this.compiled.plan.cost.submits * this.#submits };
  }

  async step(batches: readonly Batch[], values: StepValues): Promise<StepResult> {
    const { plan, step } = this.compiled;
    const counted = batches.reduce((sum, batch) => sum + batch.counted, 0);
    this.#writeUpdate(values);
    const begun = performance.now();
    let read: (() => Promise<ArrayBuffer>) | undefined;
    batches.forEach((batch, index) => {
      this.#writeBatch(plan.training, batch, counted, values.step);
      read = this.#submit(step, index === batches.length - 1) ?? read;
    });
    if (!read) throw new Error('A step needs at least one batch.');
    const numbers = new Float32Array(await read());
    const result = stepResult(numbers.subarray(0, recordLength), numbers.subarray(recordLength), counted);
    this.#measure(begun, batches.length);
    return result;
  }

  async score(batch: Batch): Promise<number> {
    const { graph, program } = await this.#scoring();
    const encoder = this.#forward(graph, program, batch);
    const read = this.#lossRing.copy(encoder, [[program.buffer(graph.lossSum), 16]]);
    this.#submitForward(graph, encoder);
    return new Float32Array(await read())[0] ?? Number.NaN;
  }

  async losses(batch: Batch): Promise<Float32Array> {
    const { graph, program } = await this.#scoring();
    this.#submitForward(graph, this.#forward(graph, program, batch));
    return new Float32Array(await readBuffer(this.device, program.buffer(graph.losses), 0, batch.ids.length * 4));
  }

  async setBatch(rows: number): Promise<void> {
    const plan = fittingPlan(this.options, rows, this.device);
    const step = await compile(this.device, plan.training.graph, this.resources);
    this.compiled.step.destroy();
    this.compiled = { plan, step };
    this.#submits = 1;
    const evaluation = this.#evaluation;
    this.#evaluation = undefined;
    (await evaluation)?.program.destroy();
  }

  async capture(): Promise<TrainerState> {
    const bytes = this.compiled.plan.layout.size * 4;
    const read = async (name: 'parameters' | 'first' | 'second') =>
      new Float32Array(await readBuffer(this.device, this.memory.buffer(name), 0, bytes));
    const [parameters, first, second] = await Promise.all([read('parameters'), read('first'), read('second')]);
    return { parameters, first, second };
  }

  restore(state: TrainerState): void {
    for (const name of ['parameters', 'first', 'second'] as const) this.memory.write(name, state[name]);
    this.memory.write('gradients', new Float32Array(this.compiled.plan.layout.size));
    this.resources.states.write(this.compiled.plan.optimiser.lossSum, new Float32Array(4));
  }

  async weights(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const { layout } = this.compiled.plan;
    const bytes = await readBuffer(this.device, this.memory.buffer('parameters'), 0, layout.size * 4);
    return namedWeights(layout, new Float32Array(bytes));
  }

  async culprit(): Promise<string | null> {
    const { plan } = this.compiled;
    const bytes = await readBuffer(this.device, this.memory.buffer('gradients'), 0, plan.layout.size * 4);
    return firstUnsound(plan, new Float32Array(bytes));
  }

  async profile(): Promise<readonly KernelTime[]> {
    const state = await this.capture();
    const step = await profileProgram(this.device, this.compiled.step, this.resources);
    const update = await profileProgram(this.device, this.update, this.resources);
    this.restore(state);
    return [...step, ...update];
  }

  destroy(): void {
    this.compiled.step.destroy();
    this.update.destroy();
    void this.#evaluation?.then(({ program }) => program.destroy());
    this.#ring.destroy();
    this.#lossRing.destroy();
    this.memory.destroy();
  }

  #writeUpdate({ step, learningRate, weightDecay }: StepValues): void {
    const { optimiser } = this.compiled.plan;
    const { states } = this.resources;
    states.write(optimiser.update, updateOf({ ...this.options.recipe, learningRate, nesterov: true }, step));
    if (weightDecay === this.#weightDecay) return;
    states.write(optimiser.rules, rulesOf(weightDecay));
    this.#weightDecay = weightDecay;
  }

  #writeBatch(graph: TrainingGraph, batch: Batch, counted: number, step: number): void {
    const { states } = this.resources;
    states.write(graph.ids, batch.ids);
    states.write(graph.targets, batch.targets);
    if (graph.order) states.write(graph.order, batch.order);
    states.write(graph.lossWeight, Float32Array.of(1 / Math.max(1, counted), 0, 0, 0));
    states.write(graph.cursor, Uint32Array.of(0, batch.ids.length, this.options.prefixLength ?? 0, 0));
    if (graph.balance) states.write(graph.balance, balanceAt(step));
    if (graph.draw) states.write(graph.draw, Uint32Array.of(this.options.recipe.seed, step, 0, 0));
  }

  /** Submits a micro-batch, and behind the last one the update. Returns what reads the step's numbers. */
  #submit(step: Program, last: boolean): (() => Promise<ArrayBuffer>) | undefined {
    const cuts = this.#submits;
    const count = step.steps.length;
    let read: (() => Promise<ArrayBuffer>) | undefined;
    for (let cut = 0; cut < cuts; cut++) {
      const encoder = this.device.gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      step.encode(pass, Math.floor((count * cut) / cuts), Math.floor((count * (cut + 1)) / cuts));
      const end = last && cut === cuts - 1;
      if (end) this.update.encode(pass);
      pass.end();
      if (end) read = this.#copyRecord(encoder);
      this.device.submit(encoder);
    }
    return read;
  }

  #copyRecord(encoder: GPUCommandEncoder): () => Promise<ArrayBuffer> {
    const { record, ratios } = this.compiled.plan.optimiser;
    return this.#ring.copy(encoder, [
      [this.update.buffer(record), recordLength * 4],
      [this.update.buffer(ratios), ratiosLength * 4],
    ]);
  }

  /** Cuts the next steps so that a submit takes about `longestSubmit`; the first steps, which compile, do not count. */
  #measure(begun: number, batches: number): void {
    const now = performance.now();
    // A step that was asked for early waited for the one before.
    const milliseconds = now - Math.max(begun, this.#lastDone);
    this.#lastDone = now;
    this.#measured += 1;
    if (this.#measured < 3) return;
    const longestSubmit = this.options.longestSubmit ?? longestSubmitByDefault;
    this.#submits = Math.min(mostSubmits, Math.max(1, Math.ceil(milliseconds / batches / longestSubmit)));
  }

  /** Records the forward pass of a batch. */
  #forward(graph: TrainingGraph, program: Program, batch: Batch): GPUCommandEncoder {
    this.#writeBatch(graph, batch, batch.counted, 0);
    const encoder = this.device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    program.encode(pass, 0, graph.forwardNodes);
    pass.end();
    return encoder;
  }

  /** Submits a forward pass and takes its losses out of the sum that the next step collects. */
  #submitForward(graph: TrainingGraph, encoder: GPUCommandEncoder): void {
    this.device.submit(encoder);
    this.resources.states.write(graph.lossSum, new Float32Array(4));
  }

  /** The forward pass of the step itself, or, with dropout, one of its own that drops nothing. */
  #scoring(): Promise<Evaluation> {
    const { plan, step } = this.compiled;
    if (this.options.recipe.dropout === 0) return Promise.resolve({ graph: plan.training, program: step });
    this.#evaluation ??= this.#compileScoring();
    return this.#evaluation;
  }

  async #compileScoring(): Promise<Evaluation> {
    const graph = scoringGraph(this.options.config, this.compiled.plan, this.options);
    return { graph, program: await compile(this.device, graph.graph, this.resources) };
  }
}

/** The plan with batches of `batch` rows; throws a sentence when it does not fit the adapter. */
function fittingPlan(options: TrainerOptions, batch: number, device: Device): TrainingPlan {
  const recipe = { ...options.recipe, batch };
  const plan = planTraining(options.config, recipe, options);
  const problem = trainingProblem(plan, recipe, device.adapter.limits);
  if (problem) throw new Error(`The run ${problem}`);
  return plan;
}
