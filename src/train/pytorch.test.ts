/**
 * Training against PyTorch: for every fixture config, every named gradient and the losses of ten AdamW steps, on the twin
 * in float64, on every kernel family of the GPU and on WebAssembly; and fifty steps of each beside the twin. The fixtures are made by
 * `python/fixtures.py` in float64.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { testEngine } from '../cpu/parity';
import type { Batch } from '../data/batches';
import { dawnDevice } from '../gpu/dawn';
import type { Device } from '../gpu/device';
import { notCounted } from '../gpu/kernels/cross-entropy/shape';
import { orderOf } from '../gpu/kernels/embed/order';
import { Pipelines } from '../gpu/pipelines';
import type { Family } from '../graph/operation';
import { gradientName } from '../graph/reverse';
import { elements } from '../graph/tensor';
import { TwinMemory, TwinProgram } from '../graph/twin';
import { type Fixture, fixtureNames, readFixture } from '../model/fixture-folder';
import { trainingGraph } from '../model/training-graph';
import { groupIndex, rulesOf } from './groups';
import { twinTrainer } from './host-trainer';
import { openTrainer } from './open-trainer';
import { balanceAt } from './plan';
import { recipeDefaults } from './recipe-schema';
import type { Trainer, TrainerBackend, TrainerOptions } from './trainer';

/** Relative to the largest gradient of the tensor. float64 stored as f32; an error in a rule is above 1e-2. */
const twinTolerance = 2e-6;
const gpuTolerance = 1e-3;

function batchOf({ ids, prefixLength }: Fixture): Batch {
  const context = ids[0]?.length ?? 0;
  const flat = Uint32Array.from(ids.flat());
  // The last row of each sequence has no next token; with a prefix mask only what follows the prefix is learnt.
  const targets = Uint32Array.from({ length: flat.length }, (_, row) => {
    const t = row % context;
    return t + 1 < context && t + 1 >= prefixLength ? (flat[row + 1] ?? 0) : notCounted;
  });
  return { ids: flat, targets, order: orderOf(flat), counted: targets.filter((id) => id !== notCounted).length };
}

function optionsOf(fixture: Fixture, backend: TrainerBackend): TrainerOptions {
  const { config, ids, prefixLength, recipe, weights } = fixture;
  const [beta1, beta2] = recipe.betas;
  const { eps: epsilon, clip } = recipe;
  const sizes = { batch: ids.length, context: ids[0]?.length ?? 0 };
  return {
    backend,
    config,
    weights,
    prefixLength,
    recipe: { ...recipeDefaults, ...sizes, beta1, beta2, epsilon, clip },
  };
}

/** The losses before each of the fixture's updates. */
async function lossesOf(trainer: Trainer, fixture: Fixture): Promise<number[]> {
  const { lr: learningRate, weightDecay } = fixture.recipe;
  const batch = batchOf(fixture);
  const losses: number[] = [];
  for (let step = 1; step <= fixture.losses.length; step++) {
    losses.push((await trainer.step([batch], { step, learningRate, weightDecay })).loss);
  }
  return losses;
}

function largestOf(values: Iterable<number>): number {
  return [...values].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/**
 * Largest difference of two lists, relative to the largest expected value, or to `scale` when that is larger: the bias of
 * the keys has a gradient of exactly zero where nothing turns them, and only the scale of the others measures its error.
 */
function worst(actual: ArrayLike<number>, expected: ArrayLike<number>, scale = 0): number {
  const largest = Math.max(scale, largestOf(Array.from(expected)));
  return Array.from(expected).reduce((most, value, index) => {
    const off = Math.abs((actual[index] ?? Number.NaN) - value) / largest;
    return Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(most, off);
  }, 0);
}

/** Loss and gradients by the checkpoint's names, in float64. */
function twinGradients(fixture: Fixture) {
  const { config, weights, prefixLength } = fixture;
  const batch = batchOf(fixture);
  const { batch: rows, context } = optionsOf(fixture, { kind: 'cpu' }).recipe;
  const training = trainingGraph(config, { batch: rows, context });
  const memory = new TwinMemory('float64', weights);
  memory.numbers(training.ids).set(batch.ids);
  memory.numbers(training.targets).set(batch.targets);
  if (training.order) memory.numbers(training.order).set(batch.order);
  memory.numbers(training.lossWeight).set([1 / batch.counted]);
  memory.numbers(training.cursor).set([0, batch.ids.length, prefixLength, 0]);
  if (training.balance) memory.numbers(training.balance).set(balanceAt(1));
  new TwinProgram(training.graph, memory).run();
  const gradients = new Map<string, Float64Array>();
  for (const parameter of training.learning) {
    const all = memory.numbers({ ...parameter, name: gradientName(parameter), parts: [] });
    let offset = 0;
    for (const part of parameter.parts) {
      gradients.set(part.name, Float64Array.from(all.subarray(offset, offset + elements(part.shape))));
      offset += elements(part.shape);
    }
  }
  return { loss: (memory.numbers(training.lossSum)[0] ?? Number.NaN) / batch.counted, gradients };
}

/**
 * Gradients by the checkpoint's names, recovered from a step of plain descent: without clipping, decay and momentum an
 * update of rate 1 is the negative gradient.
 */
async function stepGradients(fixture: Fixture, backend: TrainerBackend) {
  const options = optionsOf(fixture, backend);
  const recipe = { ...options.recipe, optimizer: 'sgd', momentum: 0, clip: 0 } as const;
  const trainer = await openTrainer({ ...options, recipe });
  const before = await trainer.weights();
  const { loss } = await trainer.step([batchOf(fixture)], { step: 1, learningRate: 1, weightDecay: 0 });
  const after = await trainer.weights();
  trainer.destroy();
  const gradients = new Map(
    [...before].map(([name, values]) => [name, values.map((value, i) => value - (after.get(name)?.[i] ?? Number.NaN))]),
  );
  return { loss, gradients };
}

let device: Device;
let pipelines: Pipelines;
beforeAll(async () => {
  device = await dawnDevice();
  pipelines = new Pipelines(device);
});

const kernels = ['naive', 'thread', 'group', 'wasm'] as const;

/** A family of the GPU's kernels, or WebAssembly on two threads. */
async function backendOf(kernel: (typeof kernels)[number]): Promise<TrainerBackend> {
  return kernel === 'wasm' ? { kind: 'cpu', engine: await testEngine(2) } : gpu(kernel);
}

function gpu(family: Family): TrainerBackend {
  return { kind: 'gpu', device, pipelines, subgroups: true, family };
}

describe.each(fixtureNames)('%s', (name) => {
  const fixture = readFixture(name);
  /** A thousandth of the largest gradient of the model. */
  const scale = 1e-3 * Math.max(...[...fixture.gradients.values()].map(largestOf));

  it('has the gradients and losses of PyTorch on the twin', async () => {
    const { loss, gradients } = twinGradients(fixture);
    expect(Math.abs(loss - fixture.loss)).toBeLessThan(1e-6);
    expect([...gradients.keys()].sort()).toEqual([...fixture.gradients.keys()].sort());
    for (const [tensor, gradient] of gradients) {
      expect(worst(gradient, fixture.gradients.get(tensor) ?? [], scale), tensor).toBeLessThan(twinTolerance);
    }
    const trainer = twinTrainer(optionsOf(fixture, { kind: 'cpu' }), fixture.weights, 'float64');
    expect(worst(await lossesOf(trainer, fixture), fixture.losses)).toBeLessThan(1e-6);
  });

  it.each(kernels)('has the gradients and losses of PyTorch with %s kernels', async (kernel) => {
    const backend = await backendOf(kernel);
    const { loss, gradients } = await stepGradients(fixture, backend);
    expect(Math.abs(loss - fixture.loss)).toBeLessThan(1e-5);
    for (const [tensor, expected] of fixture.gradients) {
      expect(worst(gradients.get(tensor) ?? [], expected, scale), tensor).toBeLessThan(gpuTolerance);
    }
    const trainer = await openTrainer(optionsOf(fixture, backend));
    const losses = await lossesOf(trainer, fixture);
    trainer.destroy();
    losses.forEach((value, step) => {
      expect(Math.abs(value - (fixture.losses[step] ?? Number.NaN)), `step ${step}`).toBeLessThan(1e-4);
    });
  });
});

it('lets exactly the matrices decay that PyTorch lets decay', () => {
  const rules = rulesOf(1);
  for (const name of fixtureNames) {
    const { config, recipe } = readFixture(name);
    const { graph } = trainingGraph(config, { batch: 3, context: 4 });
    const decayed = graph.parameters
      .filter((parameter) => rules[groupIndex(parameter) * 4 + 1] === 1)
      .flatMap(({ parts }) => parts.map((part) => part.name));
    expect(decayed.sort()).toEqual([...recipe.decayed].sort());
  }
});

it.each(['pangu-pi', 'experts-cpm2', 'experts-learned'])(
  'trains fifty steps of %s on the GPU and on WebAssembly as on the twin',
  async (name) => {
    const fixture = readFixture(name);
    const trainers = [
      twinTrainer(optionsOf(fixture, { kind: 'cpu' }), fixture.weights, 'float64'),
      await openTrainer(optionsOf(fixture, gpu('thread'))),
      await openTrainer(optionsOf(fixture, await backendOf('wasm'))),
    ];
    const curves: number[][] = [[], [], []];
    for (let step = 1; step <= 50; step++) {
      // Windows of one text that move on, so that the embedding meets another set of ids in every step.
      const batch = shifted(batchOf(fixture), step, fixture.config.vocab_size);
      for (const [index, trainer] of trainers.entries()) {
        const { loss, gradientNorm, finite } = await trainer.step([batch], {
          step,
          learningRate: 3e-3,
          weightDecay: 0.1,
        });
        expect(finite).toBe(true);
        curves[index]?.push(loss, gradientNorm);
      }
    }
    expect(worst(curves[1] ?? [], curves[0] ?? [])).toBeLessThan(1e-3);
    expect(worst(curves[2] ?? [], curves[0] ?? [])).toBeLessThan(1e-3);
    for (const trainer of trainers) trainer.destroy();
  },
);

/** The batch with every id moved by `step`. */
function shifted(batch: Batch, step: number, vocabulary: number): Batch {
  const ids = batch.ids.map((id) => (id + step * 7) % vocabulary);
  const targets = batch.targets.map((id) => (id === notCounted ? id : (id + step * 7) % vocabulary));
  return { ...batch, ids, targets, order: orderOf(ids) };
}
