/**
 * Training on the CPU: the graphs of the GPU's trainer on an executor, which is WebAssembly or the twin. A step that takes long
 * is cut into turns, between which events are handled; what is asked for meanwhile waits for its turn.
 */

import type { Batch } from '../data/batches';
import { updateOf } from '../gpu/kernels/gradient-norm/record';
import { type Breathe, breather } from '../graph/breather';
import { workOf } from '../graph/cost';
import type { Executor, ExecutorProgram } from '../graph/executor';
import { type KernelTime, profileOnCpu } from '../graph/kernel-time';
import type { Tensor } from '../graph/tensor';
import type { Precision } from '../graph/twin';
import { TwinExecutor } from '../graph/twin-executor';
import type { Weights } from '../graph/weights';
import type { TrainingGraph } from '../model/training-graph';
import { flatWeights, namedWeights } from './flat-weights';
import { rulesOf } from './groups';
import { balanceAt, planTraining, scoringGraph, type TrainingPlan } from './plan';
import { firstUnsound, stepResult } from './step-result';
import type { StepCost, StepResult, StepValues, Trainer, TrainerOptions, TrainerState } from './trainer';

/** Milliseconds. */
const usualTurn = 40;

/** A program, and the work up to the end of each of its nodes: turns are cut by it. */
interface Cut {
  readonly program: ExecutorProgram;
  readonly work: readonly number[];
}

interface Scoring {
  readonly graph: TrainingGraph;
  readonly program: ExecutorProgram;
}

/** A trainer on the twin. */
export function twinTrainer(options: TrainerOptions, weights: Weights, precision: Precision = 'float32'): HostTrainer {
  return new HostTrainer(options, new TwinExecutor(precision, weights), weights);
}

export class HostTrainer implements Trainer {
  readonly #update: ExecutorProgram;
  #plan: TrainingPlan;
  #step: Cut;
  #scoring: Scoring | undefined;
  /** Floating-point operations a millisecond, as measured. */
  #pace = 0;
  #queue: Promise<unknown> = Promise.resolve();

  /** The trainer owns the executor. `breathe` is called between turns, so that a worker can take requests. */
  constructor(
    private readonly options: TrainerOptions,
    private readonly executor: Executor,
    weights: Weights,
    private readonly breathe: Breathe = breather(usualTurn / 2),
    /** Milliseconds without giving way to events. */
    private readonly longestTurn: number = usualTurn,
  ) {
    this.#plan = planTraining(options.config, options.recipe, options);
    const { layout, optimiser } = this.#plan;
    executor.placeFlat(layout);
    this.#step = this.#compile(this.#plan.training);
    this.#update = executor.compile(optimiser.graph);
    executor.flat('parameters').set(flatWeights(layout, weights));
  }

  get kernelsHash(): string {
    return this.executor.hash;
  }

  get cost(): StepCost {
    return { ...this.#plan.cost, dispatches: 0, submits: 0 };
  }

  step(batches: readonly Batch[], values: StepValues): Promise<StepResult> {
    return this.#inTurn(() => this.#takeStep(batches, values));
  }

  score(batch: Batch): Promise<number> {
    return this.#inTurn(() => this.#score(batch));
  }

  losses(batch: Batch): Promise<Float32Array> {
    return this.#inTurn(async () => {
      await this.#score(batch);
      const { graph, program } = this.#forward();
      return Float32Array.from(program.read(graph.losses));
    });
  }

  setBatch(rows: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#plan = planTraining(this.options.config, { ...this.options.recipe, batch: rows }, this.options);
      this.#step.program.destroy();
      this.#step = this.#compile(this.#plan.training);
      this.#scoring?.program.destroy();
      this.#scoring = undefined;
    });
  }

  capture(): Promise<TrainerState> {
    return this.#inTurn(async () => {
      const copy = (name: 'parameters' | 'first' | 'second') => Float32Array.from(this.executor.flat(name));
      return { parameters: copy('parameters'), first: copy('first'), second: copy('second') };
    });
  }

  restore(state: TrainerState): void {
    for (const name of ['parameters', 'first', 'second'] as const) this.executor.flat(name).set(state[name]);
    this.executor.flat('gradients').fill(0);
    this.executor.numbers(this.#plan.optimiser.lossSum).fill(0);
  }

  weights(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    return this.#inTurn(async () =>
      namedWeights(this.#plan.layout, Float32Array.from(this.executor.flat('parameters'))),
    );
  }

  async culprit(): Promise<string | null> {
    return this.#inTurn(async () => firstUnsound(this.#plan, this.executor.flat('gradients')));
  }

  async profile(): Promise<readonly KernelTime[]> {
    const state = await this.capture();
    const times = await this.#inTurn(async () => [
      ...(await profileOnCpu(this.#step.program, this.breathe)),
      ...(await profileOnCpu(this.#update, this.breathe)),
    ]);
    this.restore(state);
    return times;
  }

  destroy(): void {
    this.#step.program.destroy();
    this.#scoring?.program.destroy();
    this.#update.destroy();
    this.executor.destroy();
  }

  /** After what was asked for before, whether or not that failed. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  async #takeStep(batches: readonly Batch[], { step, learningRate, weightDecay }: StepValues): Promise<StepResult> {
    const { training, optimiser } = this.#plan;
    const counted = batches.reduce((sum, batch) => sum + batch.counted, 0);
    this.#write(optimiser.update, updateOf({ ...this.options.recipe, learningRate, nesterov: true }, step));
    this.#write(optimiser.rules, rulesOf(weightDecay));
    for (const batch of batches) {
      this.#writeBatch(training, batch, counted, step);
      await this.#run(this.#step);
    }
    this.#update.run();
    const { record, ratios } = optimiser;
    return stepResult(this.executor.numbers(record), this.executor.numbers(ratios), counted);
  }

  async #score(batch: Batch): Promise<number> {
    const { graph, program } = this.#forward();
    this.#writeBatch(graph, batch, batch.counted, 0);
    await this.breathe();
    program.run();
    const sum = this.executor.numbers(graph.lossSum);
    const nats = sum[0] ?? Number.NaN;
    sum.fill(0);
    return nats;
  }

  /** Runs a program in turns, by the pace of the run before. */
  async #run({ program, work }: Cut): Promise<void> {
    const total = work.at(-1) ?? 0;
    let milliseconds = 0;
    for (let first = 0; first < work.length; ) {
      await this.breathe();
      const begun = performance.now();
      const limit = (work[first - 1] ?? 0) + (this.#pace > 0 ? this.#pace * this.longestTurn : total);
      let end = first + 1;
      while (end < work.length && (work[end] ?? 0) <= limit) end += 1;
      program.run(first, end);
      first = end;
      milliseconds += performance.now() - begun;
    }
    this.#pace = total / Math.max(milliseconds, 0.01);
  }

  #forward(): Scoring {
    if (this.#scoring) return this.#scoring;
    const graph = scoringGraph(this.options.config, this.#plan, this.options);
    this.#scoring = { graph, program: this.executor.compile(graph.graph) };
    return this.#scoring;
  }

  #compile({ graph }: TrainingGraph): Cut {
    let sum = 0;
    const work = graph.nodes.map((node) => (sum += workOf(node).flops));
    return { program: this.executor.compile(graph), work };
  }

  #writeBatch(graph: TrainingGraph, batch: Batch, counted: number, step: number): void {
    this.#write(graph.ids, batch.ids);
    this.#write(graph.targets, batch.targets);
    if (graph.order) this.#write(graph.order, batch.order);
    this.#write(graph.lossWeight, [1 / Math.max(1, counted), 0, 0, 0]);
    this.#write(graph.cursor, [0, batch.ids.length, this.options.prefixLength ?? 0, 0]);
    if (graph.balance) this.#write(graph.balance, balanceAt(step));
    if (graph.draw) this.#write(graph.draw, [this.options.recipe.seed, step, 0, 0]);
  }

  #write(tensor: Tensor, values: ArrayLike<number>): void {
    this.executor.numbers(tensor).set(values);
  }
}
