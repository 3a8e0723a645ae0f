/** What a trainer promises besides its numbers: budgets, determinism, capture and restore, micro-batches, divergence. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../data/batches';
import { dawnDevice } from '../gpu/dawn';
import type { Device } from '../gpu/device';
import { notCounted } from '../gpu/kernels/cross-entropy/shape';
import { orderOf } from '../gpu/kernels/embed/order';
import { Pipelines } from '../gpu/pipelines';
import { completeConfig, hasExperts, type ModelConfig, ordinaryLayers } from '../model/config';
import { fixtureNames, readFixture } from '../model/fixture-folder';
import { softPromptName } from '../model/training-graph';
import { openTrainer } from './open-trainer';
import { planTraining, trainingProblem, wasmProblem } from './plan';
import { recipeDefaults } from './recipe-schema';
import type { StepResult, Trainer, TrainerOptions, TrainingValues } from './trainer';

const config = completeConfig(
  {
    vocab_size: 40,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 32,
    max_position_embeddings: 16,
    tie_word_embeddings: true,
    series_branches: 2,
    shortcut_size: 8,
  },
  'test',
);
const recipe: TrainingValues = { ...recipeDefaults, batch: 3, context: 8 };

/** A batch of a text that a small model can learn: each id follows from the one before. */
function batchOf(step: number, rows = recipe.batch, context = recipe.context): Batch {
  const ids = Uint32Array.from(
    { length: rows * context },
    (_, r) => (7 * step + 11 * Math.floor(r / context) + r) % 40,
  );
  const targets = ids.map((id) => (id + 1) % 40);
  return { ids, targets, order: orderOf(ids), counted: ids.length };
}

let device: Device;
let pipelines: Pipelines;
beforeAll(async () => {
  device = await dawnDevice();
  pipelines = new Pipelines(device);
});

function open(given: Partial<TrainerOptions> = {}): Promise<Trainer> {
  return openTrainer({ backend: { kind: 'gpu', device, pipelines, subgroups: false }, config, recipe, ...given });
}

function values(step: number) {
  return { step, learningRate: 3e-3, weightDecay: 0.1 };
}

/** Experts add the gate and the assignment; a learned gate also its share, the gradient of that, and the two of its own. */
function forExperts(model: ModelConfig): number {
  if (!hasExperts(model)) return 0;
  return ordinaryLayers(model) * (model.expert_gate === 'learned' ? 6 : 2);
}

async function train(trainer: Trainer, first: number, last: number): Promise<StepResult[]> {
  const results: Promise<StepResult>[] = [];
  for (let step = first; step <= last; step++) {
    results.push(trainer.step([batchOf(step)], values(step)));
    if (results.length >= 3) await results.at(-3);
  }
  return Promise.all(results);
}

describe('a step', () => {
  it('takes one submit, creates nothing and reads one record', async () => {
    const trainer = await open({ longestSubmit: Number.POSITIVE_INFINITY });
    await train(trainer, 1, 2);
    const before = { ...device.counters };
    await train(trainer, 3, 7);
    const after = { ...device.counters };
    expect(after.submits - before.submits).toBe(5);
    expect(after.dispatches - before.dispatches).toBe(5 * trainer.cost.dispatches);
    for (const key of ['buffers', 'bufferBytes', 'pipelines', 'bindGroups'] as const)
      expect(after[key]).toBe(before[key]);
    trainer.destroy();
  });

  it('is cut into several submits where it takes long', async () => {
    const trainer = await open({ longestSubmit: 0.01 });
    await train(trainer, 1, 4);
    expect(trainer.cost.submits).toBeGreaterThan(1);
    const before = device.counters.submits;
    const cut = await trainer.step([batchOf(5)], values(5));
    expect(device.counters.submits - before).toBe(trainer.cost.submits);
    const whole = await open({ longestSubmit: Number.POSITIVE_INFINITY });
    await train(whole, 1, 4);
    expect(await whole.step([batchOf(5)], values(5))).toEqual(cut);
    for (const each of [trainer, whole]) each.destroy();
  });

  it.each(fixtureNames)('stays within 28 dispatches a layer + 14 (%s)', (name) => {
    const { config: fixture } = readFixture(name);
    for (const dropout of [0, 0.1]) {
      const { cost } = planTraining(fixture, { ...recipe, dropout });
      const allowed = 28 * fixture.num_hidden_layers + 14 + forExperts(fixture);
      // Dropout is off by default; on, it adds a dispatch each way to every sub-layer.
      expect(cost.dispatches).toBeLessThanOrEqual(allowed + (dropout > 0 ? 4 * fixture.num_hidden_layers + 2 : 0));
    }
  });

  it('learns', async () => {
    const trainer = await open();
    const results = await train(trainer, 1, 220);
    expect(results[0]?.loss).toBeGreaterThan(3.5);
    expect(results.at(-1)?.loss).toBeLessThan(0.5);
    for (const result of results) {
      expect(result.groupNorms.reduce((sum, norm) => sum + norm ** 2, 0)).toBeCloseTo(result.gradientNorm ** 2, 3);
      expect(result.updateRatios[0]).toBeGreaterThan(1e-5);
    }
    trainer.destroy();
  });

  it.each(fixtureNames)('starts at ln V with fresh weights (%s)', async (name) => {
    const { config: fixture } = readFixture(name);
    const trainer = await open({ backend: { kind: 'cpu' }, config: fixture });
    const nats = await trainer.score(batchOf(1));
    expect(nats / 24 / Math.log(fixture.vocab_size)).toBeGreaterThan(0.98);
    expect(nats / 24 / Math.log(fixture.vocab_size)).toBeLessThan(1.02);
  });

  it('keeps its memory over 5,000 steps', async () => {
    const small = {
      ...config,
      hidden_size: 8,
      num_hidden_layers: 1,
      intermediate_size: 8,
      shortcut_size: 0,
      series_branches: 1,
    };
    const trainer = await open({ config: small, recipe: { ...recipe, batch: 1, context: 4 } });
    const run = async (first: number, last: number) => {
      let under: Promise<StepResult>[] = [];
      for (let step = first; step <= last; step++) {
        under.push(trainer.step([batchOf(step, 1, 4)], values(step)));
        if (under.length === 3) under = (await Promise.all(under)) && [];
      }
      await Promise.all(under);
    };
    await run(1, 500);
    const before = { ...device.counters };
    const held = memoryInUse();
    await run(501, 5000);
    expect(device.counters.buffers).toBe(before.buffers);
    expect(device.counters.bufferBytes).toBe(before.bufferBytes);
    expect(device.counters.bindGroups).toBe(before.bindGroups);
    // A leak of 1 kB a step would be 4.5 MB.
    expect(memoryInUse() - held).toBeLessThan(4 * 2 ** 20);
    trainer.destroy();
    // Five thousand submits take a minute where others use the machine too.
  }, 240_000);
});

/**
 * Bytes that JavaScript holds on to, objects and what they own outside its heap. Not the pages of the process: which of those an
 * allocator gives back, and when, depends on every test before this one.
 */
function memoryInUse(): number {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('reproducibility', () => {
  it('gives identical bits twice', async () => {
    const states = [];
    for (let run = 0; run < 2; run++) {
      const trainer = await open();
      await train(trainer, 1, 12);
      states.push(await trainer.capture());
      trainer.destroy();
    }
    expect(states[1]).toEqual(states[0]);
  });

  it.each(['gpu', 'cpu'] as const)('goes on from a captured state as if nothing had happened (%s)', async (kind) => {
    const given = kind === 'cpu' ? { backend: { kind } as const } : {};
    const whole = await open(given);
    await train(whole, 1, 12);
    const expected = await whole.capture();
    whole.destroy();
    for (const cut of [1, 5, 11]) {
      const before = await open(given);
      await train(before, 1, cut);
      const state = await before.capture();
      before.destroy();
      const after = await open({ ...given, recipe: { ...recipe, seed: 99 } });
      after.restore(state);
      await train(after, cut + 1, 12);
      expect(await after.capture()).toEqual(expected);
      after.destroy();
    }
  });

  it('drops the same elements again, others in another step, and none when scoring', async () => {
    const dropping = { recipe: { ...recipe, dropout: 0.3 } };
    const [a, b, plain] = [await open(dropping), await open(dropping), await open()];
    const first = await train(a, 1, 3);
    expect(await train(b, 1, 3)).toEqual(first);
    const fresh = await open(dropping);
    expect(await fresh.score(batchOf(1))).toBe(await plain.score(batchOf(1)));
    expect(first[0]?.loss).not.toBe((await plain.step([batchOf(1)], values(1))).loss);
    const [one, two] = [
      await fresh.step([batchOf(1)], { ...values(1), learningRate: 0 }),
      await fresh.step([batchOf(1)], { ...values(2), learningRate: 0 }),
    ];
    expect(one.loss).not.toBe(two.loss);
    for (const trainer of [a, b, plain, fresh]) trainer.destroy();
  });
});

describe('batches', () => {
  it('may be cut into micro-batches', async () => {
    const whole = await open({ recipe: { ...recipe, batch: 6 } });
    const cut = await open({ recipe: { ...recipe, accumulation: 2 } });
    const big = batchOf(1, 6);
    const half = (from: number): Batch => {
      const ids = big.ids.slice(from, from + 24);
      return { ids, targets: big.targets.slice(from, from + 24), order: orderOf(ids), counted: 24 };
    };
    const once = await whole.step([big], values(1));
    const twice = await cut.step([half(0), half(24)], values(1));
    expect(twice.loss).toBeCloseTo(once.loss, 5);
    expect(twice.gradientNorm / once.gradientNorm).toBeCloseTo(1, 4);
    whole.destroy();
    cut.destroy();
  });

  it('may change their size while the run goes on', async () => {
    const trainer = await open();
    await train(trainer, 1, 3);
    const before = await trainer.capture();
    await trainer.setBatch(5);
    expect(await trainer.capture()).toEqual(before);
    expect((await trainer.step([batchOf(4, 5)], values(4))).finite).toBe(true);
    expect(trainer.cost.tokens).toBe(40);
    trainer.destroy();
  });

  it('are scored without being learnt from', async () => {
    const trainer = await open();
    const before = await trainer.capture();
    const nats = await trainer.score(batchOf(1));
    expect(await trainer.capture()).toEqual(before);
    const { loss } = await trainer.step([batchOf(1)], values(1));
    expect(nats / batchOf(1).counted).toBeCloseTo(loss, 5);
    const rows = await trainer.losses({ ...batchOf(2), targets: batchOf(2).targets.fill(notCounted, 3), counted: 3 });
    expect(rows.subarray(3).every((entry) => entry === 0)).toBe(true);
    const three = await trainer.score({ ...batchOf(2), targets: batchOf(2).targets.fill(notCounted, 3), counted: 3 });
    expect(rows.reduce((sum, entry) => sum + entry, 0)).toBeCloseTo(three, 4);
    trainer.destroy();
  });
});

describe('what does not learn', () => {
  it.each(['gpu', 'cpu'] as const)('is scored with its soft prompt, dropout or not (%s)', async (kind) => {
    const given = kind === 'cpu' ? { backend: { kind } as const } : {};
    const fresh = [...(await (await open()).weights())].map(([name, values]) => [name, { values }] as const);
    const weights = new Map(fresh).set(softPromptName, { values: new Float32Array(2 * 16).fill(0.5) });
    const prompted = await open({ ...given, weights, softPrompt: 2 });
    const dropping = await open({ ...given, weights, softPrompt: 2, recipe: { ...recipe, dropout: 0.3 } });
    const without = await open({ ...given, weights: new Map(fresh) });
    const score = await prompted.score(batchOf(1));
    expect(await dropping.score(batchOf(1))).toBe(score);
    expect(await without.score(batchOf(1))).not.toBe(score);
    for (const trainer of [prompted, dropping, without]) trainer.destroy();
  });

  it('stays as it is, and only the soft prompt changes when everything else is frozen', async () => {
    const weights = new Map(
      [...(await (await open()).weights())].map(([name, values]) => [name, { values }] as const),
    ).set(softPromptName, { values: new Float32Array(2 * 16).fill(0.01) });
    const trainer = await open({ weights, softPrompt: 2, trainable: ({ name }) => name === softPromptName });
    const before = await trainer.weights();
    const first = (await trainer.step([batchOf(1)], { ...values(1), weightDecay: 0 })).loss;
    for (let step = 2; step <= 30; step++)
      await trainer.step([batchOf(1)], { step, learningRate: 0.05, weightDecay: 0 });
    const after = await trainer.weights();
    const changed = [...before].filter(([name, old]) => old.some((value, i) => value !== after.get(name)?.[i]));
    expect(changed.map(([name]) => name)).toEqual([softPromptName]);
    expect((await trainer.step([batchOf(1)], values(31))).loss).toBeLessThan(first);
    trainer.destroy();
  });
});

describe('a step that diverges', () => {
  it.each(['gpu', 'cpu'] as const)('changes nothing and names a tensor (%s)', async (kind) => {
    const trainer = await open(kind === 'cpu' ? { backend: { kind } } : {});
    await train(trainer, 1, 2);
    const good = await trainer.capture();
    const broken = { ...good, parameters: good.parameters.slice() };
    broken.parameters.fill(1e30, 0, 64);
    trainer.restore(broken);
    const result = await trainer.step([batchOf(3)], values(3));
    expect(result.finite).toBe(false);
    expect(await trainer.culprit()).toMatch(/\.weight|\.bias|scale/);
    expect(await trainer.capture()).toEqual(broken);
    trainer.restore(good);
    expect((await trainer.step([batchOf(3)], values(3))).finite).toBe(true);
    expect(await trainer.culprit()).toBeNull();
    trainer.destroy();
  });
});

it('says which buffer does not fit the adapter and what to do', () => {
  const wide: ModelConfig = { ...config, vocab_size: 50_000 };
  const large = { ...recipe, batch: 16 };
  const plan = planTraining(wide, large);
  expect(trainingProblem(plan, large, { maxBufferSize: 2 ** 40, maxStorageBufferBindingSize: 2 ** 40 })).toBeNull();
  const small = { maxBufferSize: 16e6, maxStorageBufferBindingSize: 16e6 };
  expect(trainingProblem(plan, large, small)).toMatch(
    /one buffer \(head\), this adapter allows .*: lower the batch to 10/,
  );
});

it('says how much more than WebAssembly has would be needed, and a batch that fits', () => {
  const problemOf = (values: TrainingValues) => wasmProblem(planTraining(config, values), config, values);
  expect(problemOf(recipe)).toBeNull();
  const sentence = problemOf({ ...recipe, batch: 1_000_000 }) ?? '';
  expect(sentence).toMatch(/^needs [\d.]+ GiB, WebAssembly has 4 GiB: lower the batch to \d+, or the context\.$/);
  const fits = Number(/to (\d+),/.exec(sentence)?.[1]);
  expect(problemOf({ ...recipe, batch: fits })).toBeNull();
  expect(problemOf({ ...recipe, batch: fits + 100 })).not.toBeNull();
  const wide: ModelConfig = { ...config, vocab_size: 100_000_000 };
  expect(wasmProblem(planTraining(wide, recipe), wide, recipe)).toMatch(/: choose a shorter context, a smaller vocab/);
});

it('refuses a context that is longer than the model has positions', () => {
  expect(() => planTraining(config, { ...recipe, context: 32 })).toThrow(/32 tokens: the model has 16 positions/);
});
