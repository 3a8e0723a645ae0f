/**
 * The benchmark `train` in the page: every engine takes the same steps from the same weights on the same batches, one
 * step of each in turn. An engine whose loss is not everyone's does other work, and nothing is reported.
 */
import './count-calls';
import './gpu-errors';
import { parameterCount } from '../../src/model/names';
import { type CallCounts, callsSince, callsSoFar } from './count-calls';
import { openCpuTrainer } from './cpu-client';
import { openEngineGpu } from './engine';
import { refuseGpuErrors } from './gpu-errors';
import { loadJax } from './jax-library';
import { randomWeights } from './model';
import { type Spread, spreadOf } from './spread';
import { loadTfjs } from './tfjs-library';
import { batchOf, config, shape } from './train-case';
import { openJaxTrainer } from './train-jax';
import { openOurTrainer } from './train-ours';
import { referenceLoss } from './train-reference';
import { openTfjsTrainer } from './train-tfjs';
import type { Trainer } from './trainer';

export interface TrainOptions {
  /** Steps that are timed after the first. */
  readonly samples: number;
  /** The same for tfjs, whose steps are long; at most `samples`. 0 leaves it out. */
  readonly tfjsSamples: number;
}

export interface TrainRow {
  readonly engine: string;
  readonly samples: number;
  /** Weights uploaded and, if the engine does so before its first step, kernels compiled. */
  readonly openMs: number;
  /** The first step, with the kernels that are compiled in it. */
  readonly firstMs: number;
  readonly stepMs: Spread;
  readonly calls: CallCounts;
  /** Of each step's batch, before its update, nats. */
  readonly losses: readonly number[];
  /** Largest difference from the losses of the first engine, over the steps that are compared. */
  readonly deviation: number;
}

export interface TrainResult {
  readonly adapter: string;
  readonly cores: number;
  readonly parameters: number;
  readonly shape: typeof shape;
  /** The first loss in float64. */
  readonly reference: number;
  /** Steps whose losses must agree. */
  readonly compared: number;
  readonly tolerance: number;
  readonly rows: readonly TrainRow[];
}

interface Contender {
  readonly engine: string;
  readonly samples: number;
  readonly open: () => Promise<Trainer>;
}

/** Two engines round differently, and each update carries the difference on: ten updates keep it well below this. */
const tolerance = 1e-3;
/** Of the CPU backend, each an engine of its own. */
const cpuThreads = crossOriginIsolated && navigator.hardwareConcurrency > 1 ? [1, 2] : [1];
/** The loss of step 11 is the first that depends on ten updates. */
const compared = 11;
/** A thread pool goes on spinning for a while after a step: let it fall asleep before another engine is timed. */
const settleMs = 150;

class Runner {
  readonly #times: number[] = [];
  readonly #losses: number[] = [];
  #calls: CallCounts | null = null;

  private constructor(
    readonly contender: Contender,
    readonly trainer: Trainer,
    readonly openMs: number,
  ) {}

  static async open(contender: Contender): Promise<Runner> {
    const begun = performance.now();
    const trainer = await contender.open();
    return new Runner(contender, trainer, performance.now() - begun);
  }

  /** Takes one step and returns its loss. */
  async step(): Promise<number> {
    const batch = batchOf(this.#losses.length + 1);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const before = callsSoFar();
    const begun = performance.now();
    const loss = await this.trainer.step(batch);
    this.#times.push(performance.now() - begun);
    this.#calls = callsSince(before, 1);
    this.#losses.push(loss);
    return loss;
  }

  /** Throws when the newest loss is not the one of `first` at the same step. */
  compare(first: Runner): void {
    const step = this.#losses.length;
    const [own, other] = [this.#losses.at(-1), first.#losses[step - 1]];
    if (step > compared || own === undefined || other === undefined || Math.abs(own - other) <= tolerance) return;
    throw new Error(
      `${this.contender.engine}: the loss of step ${step} is ${own}, that of ${first.contender.engine} is ${other}. They do not do the same work, so times compare nothing.`,
    );
  }

  get newest(): string {
    const [ms, loss] = [this.#times.at(-1) ?? Number.NaN, this.#losses.at(-1) ?? Number.NaN];
    return `${this.contender.engine} step ${this.#losses.length}: ${ms.toFixed(0)} ms, loss ${loss.toFixed(6)}`;
  }

  row(first: Runner): TrainRow {
    const [firstMs, ...rest] = this.#times;
    if (firstMs === undefined || !this.#calls) throw new Error(`${this.contender.engine} took no step.`);
    const distances = this.#losses
      .slice(0, compared)
      .map((loss, step) => Math.abs(loss - (first.#losses[step] ?? Number.NaN)));
    return {
      engine: this.contender.engine,
      samples: rest.length,
      openMs: this.openMs,
      firstMs,
      stepMs: spreadOf(rest),
      calls: this.#calls,
      losses: this.#losses,
      deviation: Math.max(...distances),
    };
  }
}

export async function runTrain({ samples, tfjsSamples }: TrainOptions): Promise<TrainResult> {
  const weights = randomWeights(config);
  const reference = referenceLoss(weights, batchOf(1));
  report(`The first loss is ${reference.toFixed(6)} in float64.`);
  const gpu = await openEngineGpu();
  const jax = await loadJax();
  const tfjs = tfjsSamples > 0 ? await loadTfjs() : null;
  const contenders: Contender[] = [
    { engine: 'this engine, WebGPU', samples, open: () => openOurTrainer(gpu, weights) },
    ...cpuThreads.map((threads) => ({
      engine: `this engine, WASM, ${threads} thread${threads > 1 ? 's' : ''}`,
      samples,
      open: () => openCpuTrainer(config, weights, threads),
    })),
    { engine: '@jax-js/jax', samples, open: () => openJaxTrainer(jax, weights) },
    ...(tfjs
      ? [
          {
            engine: '@tensorflow/tfjs-backend-webgpu',
            samples: tfjsSamples,
            open: () => openTfjsTrainer(tfjs, weights),
          },
        ]
      : []),
  ];
  const runners: Runner[] = [];
  for (const contender of contenders) {
    const runner = await Runner.open(contender);
    const loss = await runner.step();
    report(runner.newest);
    if (!(Math.abs(loss - reference) <= tolerance)) {
      throw new Error(
        `${contender.engine}: the first loss is ${loss}, in float64 it is ${reference}. Nothing is timed.`,
      );
    }
    refuseGpuErrors();
    runners.push(runner);
  }
  const [first] = runners;
  if (!first) throw new Error('There is no engine to time.');
  await takeTurns(runners, first, samples);
  refuseGpuErrors();
  for (const { trainer } of runners) await trainer.close();
  return {
    adapter: gpu.device.adapter.name,
    cores: navigator.hardwareConcurrency,
    parameters: parameterCount(config),
    shape,
    reference,
    compared: Math.min(compared, samples + 1),
    tolerance,
    rows: runners.map((runner) => runner.row(first)),
  };
}

/** A B C A B C …; an engine with fewer samples sits out rounds at even distances. */
async function takeTurns(runners: readonly Runner[], first: Runner, rounds: number): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    const taking = runners.filter(({ contender: { samples } }) => {
      const due = (through: number) => Math.floor((through * Math.min(samples, rounds)) / rounds);
      return due(round) > due(round - 1);
    });
    for (const runner of taking) {
      await runner.step();
      runner.compare(first);
    }
    report(`round ${round} of ${rounds}: ${taking.map(({ newest }) => newest).join('; ')}`);
  }
}

/** Progress for the terminal: the runner prints the page's console. */
function report(line: string): void {
  console.info(line);
}

Object.assign(globalThis, { runTrain });
report('ready');
