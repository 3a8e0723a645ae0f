/** Training layers with experts: what is frozen, what is balanced, experts that get no tokens, and the same bits on any number of threads. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openNodeEngine } from '../cpu/node';
import { testEngine } from '../cpu/parity';
import type { Batch } from '../data/batches';
import { dawnDevice } from '../gpu/dawn';
import type { Device } from '../gpu/device';
import { orderOf } from '../gpu/kernels/embed/order';
import { Pipelines } from '../gpu/pipelines';
import { present } from '../graph/graph';
import { TwinExecutor } from '../graph/twin-executor';
import type { Weights } from '../graph/weights';
import { completeConfig, type ModelConfig } from '../model/config';
import { scoreGraph } from '../model/graphs';
import { openTrainer } from './open-trainer';
import { planTraining } from './plan';
import { parseRecipe, type Recipe, recipeProblems } from './recipe';
import { recipeDefaults } from './recipe-schema';
import type { Trainer, TrainerOptions, TrainingValues } from './trainer';

const cpm2 = completeConfig(
  {
    vocab_size: 40,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 24,
    max_position_embeddings: 16,
    series_branches: 2,
    num_experts: 6,
  },
  'test',
);
const learned: ModelConfig = { ...cpm2, expert_gate: 'learned' };
const recipe: TrainingValues = { ...recipeDefaults, batch: 3, context: 8 };
const rows = recipe.batch * recipe.context;
const { vocab_size: _, bos_token_id: __, eos_token_id: ___, ...shape } = cpm2;
const exampleRecipe = parseRecipe(
  {
    schemaVersion: 1,
    model: shape,
    corpus: { kind: 'storyworld', zhShare: 0 },
    vocabulary: { kind: 'characters' },
    batch: 3,
    context: 8,
  },
  'example',
);

function batchOf(step: number): Batch {
  const ids = Uint32Array.from({ length: rows }, (_, r) => (7 * step + 11 * Math.floor(r / 8) + r * r) % 40);
  return { ids, targets: ids.map((id) => (id + 1) % 40), order: orderOf(ids), counted: rows };
}

function values(step: number) {
  return { step, learningRate: 3e-3, weightDecay: 0.1 };
}

let device: Device;
let pipelines: Pipelines;
beforeAll(async () => {
  device = await dawnDevice();
  pipelines = new Pipelines(device);
});

const backends = ['gpu', 'wasm', 'twin'] as const;

async function open(kind: (typeof backends)[number], given: Partial<TrainerOptions> = {}): Promise<Trainer> {
  const backend: TrainerOptions['backend'] =
    kind === 'gpu'
      ? { kind, device, pipelines, subgroups: false }
      : { kind: 'cpu', ...(kind === 'wasm' && { engine: await testEngine(2) }) };
  return openTrainer({ backend, config: cpm2, recipe, ...given });
}

const isGate = (name: string) => name.endsWith('mlp.gate.weight');

describe.each(backends)('on %s', (kind) => {
  it.each(['adamw', 'sgd', 'muon'] as const)(
    'CPM-2’s gate stays as it is, and every expert moves (%s)',
    async (optimizer) => {
      const trainer = await open(kind, { recipe: { ...recipe, optimizer } });
      const before = await trainer.weights();
      for (let step = 1; step <= 3; step++) {
        const { finite } = await trainer.step([batchOf(step)], values(step));
        expect(finite).toBe(true);
      }
      const after = await trainer.weights();
      trainer.destroy();
      for (const [name, weight] of before) {
        if (isGate(name)) expect(after.get(name), name).toEqual(weight);
        // Balanced: each expert got its share of every batch.
        else expect(after.get(name), name).not.toEqual(weight);
      }
    },
  );

  it.each(['adamw', 'muon'] as const)(
    'a learned gate learns, and an expert without tokens does no harm (%s)',
    async (optimizer) => {
      // More experts than rows: some get none.
      const config = { ...learned, num_experts: 32, initializer_range: 0.2 };
      const trainer = await open(kind, { config, recipe: { ...recipe, optimizer } });
      const before = await trainer.weights();
      for (let step = 1; step <= 4; step++) {
        const { finite, loss } = await trainer.step([batchOf(step)], { ...values(step), weightDecay: 0 });
        expect(finite).toBe(true);
        expect(loss).toBeGreaterThan(0);
      }
      const after = await trainer.weights();
      trainer.destroy();
      const moved = [...before].filter(([name, weight]) => weight.some((value, i) => value !== after.get(name)?.[i]));
      const names = moved.map(([name]) => name);
      expect(names.filter(isGate)).toHaveLength(2);
      const experts = [...before.keys()].filter((name) => name.includes('.experts.'));
      const idle = experts.filter((name) => !names.includes(name));
      expect(idle.length).toBeGreaterThan(0);
      expect(idle.length).toBeLessThan(experts.length);
      for (const weight of after.values()) for (const value of weight) expect(Number.isFinite(value)).toBe(true);
    },
  );

  it.each([0, 0.2])('held-out text goes where the argmax sends it, as in use (dropout %d)', async (dropout) => {
    const trainer = await open(kind, { recipe: { ...recipe, dropout } });
    await trainer.step([batchOf(1)], values(1));
    const weights: Weights = new Map([...(await trainer.weights())].map(([name, values]) => [name, { values }]));
    const scored = await trainer.score(batchOf(2));
    expect(Math.abs(scored / inUse(cpm2, weights, batchOf(2)) - 1)).toBeLessThan(1e-5);
    // And is balanced again in the next step, whose loss is then another one.
    const { loss } = await trainer.step([batchOf(2)], { ...values(2), learningRate: 0 });
    if (dropout === 0) expect(Math.abs((loss * rows) / scored - 1)).toBeGreaterThan(1e-5);
    trainer.destroy();
  });

  it('goes on from a captured state as if nothing had happened', async () => {
    for (const config of [cpm2, learned]) {
      const whole = await open(kind, { config });
      for (let step = 1; step <= 6; step++) await whole.step([batchOf(step)], values(step));
      const before = await open(kind, { config });
      for (let step = 1; step <= 3; step++) await before.step([batchOf(step)], values(step));
      const after = await open(kind, { config, recipe: { ...recipe, seed: 99 } });
      after.restore(await before.capture());
      for (let step = 4; step <= 6; step++) await after.step([batchOf(step)], values(step));
      expect(await after.capture()).toEqual(await whole.capture());
      for (const trainer of [whole, before, after]) trainer.destroy();
    }
  });
});

/** Nats of a batch as a finished model scores it, each row a text by itself, in float64. */
function inUse(config: ModelConfig, weights: Weights, { ids, targets }: Batch): number {
  let nats = 0;
  const graph = scoreGraph(config, recipe.context);
  const executor = new TwinExecutor('float64', weights);
  const program = executor.compile(graph.graph);
  for (let row = 0; row < recipe.batch; row++) {
    const from = row * recipe.context;
    executor.numbers(graph.ids).set(ids.subarray(from, from + recipe.context));
    executor.numbers(graph.cursor).set([0, recipe.context, 0, 0]);
    program.run();
    const logits = program.read(graph.logits);
    for (let t = 0; t < recipe.context; t++) {
      const each = Array.from(logits.subarray(t * config.vocab_size, (t + 1) * config.vocab_size));
      nats += Math.log(each.reduce((sum, z) => sum + Math.exp(z), 0)) - (each[targets[from + t] ?? 0] ?? Number.NaN);
    }
  }
  return nats;
}

describe('the same bits', () => {
  it.each([
    ['cpm-2', cpm2],
    ['learned', learned],
  ] as const)('come out on one thread and on three (%s)', async (_, config) => {
    const states = [];
    for (const threads of [1, 3]) {
      const engine = await openNodeEngine(threads);
      const options = { config, recipe: { ...recipe, dropout: 0.1 } };
      const trainer = await openTrainer({ ...options, backend: { kind: 'cpu', engine } });
      for (let step = 1; step <= 8; step++) await trainer.step([batchOf(step)], values(step));
      states.push(await trainer.capture());
      trainer.destroy();
      engine.destroy();
    }
    expect(states[1]).toEqual(states[0]);
  });
});

describe('a recipe', () => {
  const { model } = exampleRecipe;
  const problems = (changes: object) =>
    recipeProblems({ ...exampleRecipe, ...changes } as Recipe).map(({ key, sentence }) => `${key}: ${sentence}`);

  it('whose experts cannot share a batch equally says which batches they can share', () => {
    expect(problems({ batch: 3, context: 8 })).toEqual([]);
    expect(problems({ batch: 4, context: 8 })).toEqual([
      'batch: batch is 4: 4 rows of 8 tokens cannot be shared equally by 6 experts: choose a batch of 3 or 6.',
    ]);
    expect(problems({ batch: 1, context: 8 })).toEqual([
      'batch: batch is 1: 1 row of 8 tokens cannot be shared equally by 6 experts: choose a batch of 3.',
    ]);
    expect(problems({ batch: 4, context: 8, model: { ...model, expert_gate: 'learned' } })).toEqual([]);
  });
});

describe('the plan of a step', () => {
  it('moves each matrix of each expert by itself with Muon', () => {
    const tiles = (experts: number) => {
      const { graph } = planTraining({ ...cpm2, num_experts: experts }, { ...recipe, optimizer: 'muon' }).optimiser;
      return graph.states.find(({ name }) => name === 'muon.squareTiles')?.initial?.length ?? Number.NaN;
    };
    // One FFN of a layer is a part of what 0 experts have; each expert adds as much.
    expect(tiles(12) - tiles(6)).toBe(3 * (tiles(8) - tiles(6)));
    expect(tiles(6) - tiles(0)).toBe(2.5 * (tiles(8) - tiles(6)));
    expect(tiles(6)).toBeGreaterThan(tiles(0));
  });

  it('multiplies each row with one expert, however many there are', () => {
    const flops = (experts: number) => planTraining({ ...cpm2, num_experts: experts }, recipe).training.graph;
    const products = (experts: number) =>
      flops(experts)
        .nodes.filter(({ operation }) => operation.name.startsWith('expertLinear'))
        .reduce((sum, node) => sum + node.operation.flops(node), 0);
    expect(products(12)).toBe(products(2));
    const { hidden_size: C, intermediate_size: F, num_hidden_layers: L } = cpm2;
    // Forward, and backward to both sides.
    expect(products(2)).toBe(3 * 2 * rows * 3 * F * C * L);
  });

  it('gives no gradient to CPM-2’s gate', () => {
    const learning = (config: ModelConfig) =>
      planTraining(config, recipe).training.learning.flatMap(({ parts }) => parts.map(({ name }) => name));
    expect(learning(cpm2).some(isGate)).toBe(false);
    expect(learning(learned).filter(isGate)).toHaveLength(cpm2.num_hidden_layers);
    const { nodes } = planTraining(cpm2, recipe).training.graph;
    const gradients = nodes
      .flatMap(({ inputs }) => present(inputs))
      .filter(({ name }) => /gate\.weight\.gradient/.test(name));
    expect(gradients).toEqual([]);
  });
});
