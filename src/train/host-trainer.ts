/**
 * Training on the CPU twin: the same graphs in float32, for a machine without WebGPU, or in float64, the oracle of the
 * tests. Flat arrays stand where the GPU has flat buffers.
 */

import type { Batch } from '../data/batches';
import { updateOf } from '../gpu/kernels/gradient-norm/record';
import { type FlatLayout, flatNames, viewOf } from '../graph/flat';
import { gradientName } from '../graph/reverse';
import type { Tensor } from '../graph/tensor';
import { type Precision, TwinMemory, TwinProgram } from '../graph/twin';
import type { Weights } from '../graph/weights';
import type { TrainingGraph } from '../model/training-graph';
import { flatWeights, namedWeights } from './flat-weights';
import { rulesOf } from './groups';
import { planTraining, scoringGraph, type TrainingPlan } from './plan';
import { firstUnsound, stepResult } from './step-result';
import type { StepCost, StepResult, StepValues, Trainer, TrainerOptions, TrainerState } from './trainer';

type Flat = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

export class TwinTrainer implements Trainer {
  readonly kernelsHash = 'twin';
  readonly #memory: TwinMemory;
  readonly #flat: Readonly<Record<(typeof flatNames)[number], Flat>>;
  readonly #update: TwinProgram;
  #plan: TrainingPlan;
  #step: TwinProgram;
  #scoring: { readonly graph: TrainingGraph; readonly program: TwinProgram } | undefined;

  constructor(
    private readonly options: TrainerOptions,
    weights: Weights,
    precision: Precision = 'float32',
    /** Called between steps, so that a worker can take requests. */
    private readonly pause: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve, 0)),
  ) {
    this.#plan = planTraining(options.config, options.recipe, options);
    const { layout } = this.#plan;
    const allocate = (): Flat =>
      precision === 'float64' ? new Float64Array(layout.size) : new Float32Array(layout.size);
    this.#flat = { parameters: allocate(), gradients: allocate(), first: allocate(), second: allocate() };
    this.#flat.parameters.set(flatWeights(layout, weights));
    this.#memory = new TwinMemory(precision, weights);
    place(this.#memory, layout, this.#flat);
    this.#step = this.#program(this.#plan.training);
    this.#update = new TwinProgram(this.#plan.optimiser.graph, this.#memory);
  }

  get cost(): StepCost {
    return { ...this.#plan.cost, dispatches: 0, submits: 0 };
  }

  async step(batches: readonly Batch[], { step, learningRate, weightDecay }: StepValues): Promise<StepResult> {
    await this.pause();
    const { training, optimiser } = this.#plan;
    const counted = batches.reduce((sum, batch) => sum + batch.counted, 0);
    this.#write(optimiser.update, updateOf({ ...this.options.recipe, learningRate, nesterov: true }, step));
    this.#write(optimiser.rules, rulesOf(weightDecay));
    for (const batch of batches) {
      this.#writeBatch(training, batch, counted, step);
      this.#step.run();
    }
    this.#update.run();
    const { record, ratios } = optimiser;
    return stepResult(this.#memory.numbers(record), this.#memory.numbers(ratios), counted);
  }

  async score(batch: Batch): Promise<number> {
    await this.pause();
    const { graph, program } = this.#forward();
    this.#writeBatch(graph, batch, batch.counted, 0);
    program.run();
    const sum = this.#memory.numbers(graph.lossSum);
    const nats = sum[0] ?? Number.NaN;
    sum.fill(0);
    return nats;
  }

  async losses(batch: Batch): Promise<Float32Array> {
    await this.score(batch);
    const { graph, program } = this.#forward();
    return Float32Array.from(program.read(graph.losses));
  }

  async setBatch(rows: number): Promise<void> {
    this.#plan = planTraining(this.options.config, { ...this.options.recipe, batch: rows }, this.options);
    this.#step = this.#program(this.#plan.training);
    this.#scoring = undefined;
  }

  async capture(): Promise<TrainerState> {
    const { parameters, first, second } = this.#flat;
    const copy = (flat: Flat) => Float32Array.from(flat);
    return { parameters: copy(parameters), first: copy(first), second: copy(second) };
  }

  restore(state: TrainerState): void {
    for (const name of ['parameters', 'first', 'second'] as const) this.#flat[name].set(state[name]);
    this.#flat.gradients.fill(0);
    this.#memory.numbers(this.#plan.optimiser.lossSum).fill(0);
  }

  async weights(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    return namedWeights(this.#plan.layout, Float32Array.from(this.#flat.parameters));
  }

  async culprit(): Promise<string | null> {
    return firstUnsound(this.#plan, this.#flat.gradients);
  }

  async profile(): Promise<never> {
    throw new Error('The run is on the CPU: there are no GPU kernels to time.');
  }

  destroy(): void {}

  #forward(): { readonly graph: TrainingGraph; readonly program: TwinProgram } {
    if (this.#scoring) return this.#scoring;
    const graph = scoringGraph(this.options.config, this.#plan, this.options);
    this.#scoring = { graph, program: this.#program(graph) };
    return this.#scoring;
  }

  #program({ graph }: TrainingGraph): TwinProgram {
    return new TwinProgram(graph, this.#memory);
  }

  #writeBatch(graph: TrainingGraph, batch: Batch, counted: number, step: number): void {
    this.#write(graph.ids, batch.ids);
    this.#write(graph.targets, batch.targets);
    if (graph.order) this.#write(graph.order, batch.order);
    this.#write(graph.lossWeight, [1 / Math.max(1, counted), 0, 0, 0]);
    this.#write(graph.cursor, [0, batch.ids.length, this.options.prefixLength ?? 0, 0]);
    if (graph.draw) this.#write(graph.draw, [this.options.recipe.seed, step, 0, 0]);
  }

  #write(tensor: Tensor, values: ArrayLike<number>): void {
    this.#memory.numbers(tensor).set(values);
  }
}

/** Lets parameters and their gradients be parts of the flat arrays. */
function place(memory: TwinMemory, layout: FlatLayout, flat: Readonly<Record<(typeof flatNames)[number], Flat>>): void {
  for (const name of flatNames) memory.place(name, flat[name]);
  for (const entry of layout.entries.values()) {
    memory.place(entry.tensor.name, viewOf(flat.parameters, entry));
    memory.place(gradientName(entry.tensor), viewOf(flat.gradients, entry));
  }
}
