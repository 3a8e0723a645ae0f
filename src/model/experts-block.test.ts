/** Layers with experts: what a token costs, that the pool of slots computes the same bits, and that nothing it reads again is lost. */
import { describe, expect, it } from 'vitest';
import { testEngine } from '../cpu/parity';
import { costOf } from '../graph/cost';
import type { Executor, ExecutorProgram } from '../graph/executor';
import { type Graph, present } from '../graph/graph';
import { fnv1a } from '../graph/hash';
import { normals } from '../graph/normals';
import { planMemory } from '../graph/plan';
import { elements } from '../graph/tensor';
import { TwinExecutor } from '../graph/twin-executor';
import { floatsOf, type Weights, weightNamed } from '../graph/weights';
import { completeConfig, type ModelConfig } from './config';
import { type ExpertPool, type PooledLayer, rowsOfExpert } from './expert-pool';
import { layersGraph, promptGraph, scoreGraph, tokenGraph } from './graphs';
import { expertName, tensorTable } from './names';
import { offloadedPromptGraph, offloadedTokenGraph } from './offloaded-graphs';

const base = {
  vocab_size: 37,
  hidden_size: 12,
  num_hidden_layers: 3,
  num_attention_heads: 2,
  intermediate_size: 10,
  max_position_embeddings: 24,
  num_experts: 5,
} as const;

function configOf(changes: Partial<ModelConfig> = {}): ModelConfig {
  return completeConfig({ ...base, ...changes }, 'test');
}

function randomWeights(config: ModelConfig, seed: number): Weights {
  return new Map(
    tensorTable(config).map(({ name, shape }) => [
      name,
      { values: normals(elements(shape), [seed, fnv1a(name) >>> 0], 0.4) },
    ]),
  );
}

/** Every place of the norm, both gates, gated or not, with and without what else rides in the block. */
const kinds: readonly (readonly [string, Partial<ModelConfig>])[] = [
  ['cpm-2', {}],
  ['learned', { expert_gate: 'learned' }],
  ['learned, post-norm, plain', { expert_gate: 'learned', norm_placement: 'post', ffn_gated: false, norm: 'layer' }],
  ['deepnorm, series', { norm_placement: 'deepnorm', series_branches: 2 }],
  ['sandwich, series, LayerNorm', { norm_placement: 'sandwich', series_branches: 3, norm: 'layer' }],
  ['under a query layer', { query_layer: true }],
];

describe('a decoded token', () => {
  it.each([4, 16, 32, 64])('takes four dispatches a layer for %d experts, and five with a learned gate', (experts) => {
    const dispatches = (changes: Partial<ModelConfig>) => costOf(tokenGraph(configOf(changes)).graph).dispatches;
    const attention = 3;
    const rest = 3;
    const layers = base.num_hidden_layers;
    expect(dispatches({ num_experts: experts })).toBe(layers * (attention + 4) + rest);
    expect(dispatches({ num_experts: experts, expert_gate: 'learned' })).toBe(layers * (attention + 5) + rest);
  });

  it('multiplies with one expert a layer, however many there are', () => {
    const flops = (experts: number) => costOf(tokenGraph(configOf({ num_experts: experts })).graph).flops;
    const { hidden_size: C, num_hidden_layers: L } = base;
    // What grows with the experts are the scores, and finding the largest.
    expect(flops(64) - flops(2)).toBeLessThan(62 * (2 * C + 16) * L);
    expect(flops(64)).toBeGreaterThan(flops(2));
  });
});

describe('the weights of a graph', () => {
  it.each(kinds)('are those of the checkpoint (%s)', (_, changes) => {
    const config = configOf(changes);
    const used = scoreGraph(config, 4).graph.parameters.flatMap(({ parts }) => parts.map(({ name }) => name));
    expect(used.sort()).toEqual([...randomWeights(config, 1).keys()].sort());
  });
});

describe('padding behind a prompt', () => {
  it.each(kinds)('changes nothing for what stands before it (%s)', (_, changes) => {
    const config = configOf(changes);
    const weights = randomWeights(config, 3);
    const keysOf = (rows: number, filler: number) => {
      const executor = new TwinExecutor('float64', weights);
      const { graph, ids, cursor } = promptGraph(config, rows);
      const program = executor.compile(graph);
      executor.numbers(ids).fill(filler).set([7, 30, 2, 19, 5]);
      executor.numbers(cursor).set([0, 5, 0, 0]);
      program.run();
      const keys = graph.states.filter(({ name }) => name.endsWith('.keys'));
      return keys.map((tensor) => Array.from(executor.numbers(tensor).subarray(0, 5 * base.hidden_size)));
    };
    expect(keysOf(16, 11)).toEqual(keysOf(5, 0));
  });
});

describe('the routes of a text', () => {
  it('are one expert for each token and layer, the largest score', () => {
    const config = configOf();
    const executor = new TwinExecutor('float64', randomWeights(config, 5));
    const { graph, ids, cursor, routes } = layersGraph(config, 9);
    const program = executor.compile(graph);
    executor.numbers(ids).set([3, 1, 4, 1, 5, 9, 2, 6, 5]);
    executor.numbers(cursor).set([0, 9, 0, 0]);
    program.run();
    expect(routes).toHaveLength(base.num_hidden_layers);
    const chosen = routes.map((route) => Array.from(program.read(route)));
    for (const route of chosen) for (const expert of route) expect(expert).toBeLessThan(base.num_experts);
    expect(new Set(chosen.flat()).size).toBeGreaterThan(2);
    expect(routes.map(({ shape }) => shape)).toEqual(chosen.map(() => [9]));
  });
});

/** Puts an expert of a layer into a slot of the pool. */
function load(
  executor: Executor,
  config: ModelConfig,
  weights: Weights,
  { up, down, layers }: ExpertPool,
  { index, expert, slot }: { readonly index: number; readonly expert: number; readonly slot: number },
): void {
  const name = expertName(`model.layers.${index}`, expert);
  const floats = (projection: string) => floatsOf(weightNamed(weights, `${name}.${projection}.weight`));
  const above = config.ffn_gated ? [...floats('gate_proj'), ...floats('up_proj')] : floats('up_proj');
  executor.numbers(up).set(above, slot * rowsOfExpert(config) * config.hidden_size);
  executor.numbers(down).set(floats('down_proj'), slot * config.hidden_size * config.intermediate_size);
  const layer = layers[index];
  if (layer) executor.numbers(layer.slots)[expert] = slot;
}

/** Runs a graph; with a pool of K slots layer by layer its experts, K at a time, the last of them first. */
function run(
  executor: Executor,
  config: ModelConfig,
  weights: Weights,
  { graph, experts }: { readonly graph: Graph; readonly experts?: ExpertPool },
  slots: number | null,
): ExecutorProgram {
  const program = executor.compile(graph);
  let next = 0;
  for (const [index, layer] of (experts?.layers ?? []).entries()) {
    program.run(next, layer.first);
    const starts = Array.from(program.read(layer.places).subarray(0, config.num_experts + 1));
    const used = starts.flatMap((start, expert) => ((starts[expert + 1] ?? start) > start ? [expert] : [])).reverse();
    for (let from = 0; from < used.length; from += slots ?? 0) {
      const resident = used.slice(from, from + (slots ?? 0));
      for (const [slot, expert] of resident.entries())
        load(executor, config, weights, experts as ExpertPool, { index, expert, slot });
      for (const expert of resident) {
        executor.numbers((experts as ExpertPool).window).set([starts[expert] ?? 0, starts[expert + 1] ?? 0]);
        program.run(layer.first, layer.end);
      }
    }
    next = layer.end;
  }
  program.run(next);
  return program;
}

/** Logits of the token behind a prompt, from layers that have all their experts, or from a pool of `slots`. */
function logitsOf(executor: Executor, config: ModelConfig, slots: number | null): number[] {
  const weights = randomWeights(config, 3);
  const prompt = [7, 30, 2, 19, 5, 11, 0, 23];
  const fill = slots === null ? promptGraph(config, 16) : offloadedPromptGraph(config, 16, slots);
  executor.numbers(fill.ids).set(prompt);
  executor.numbers(fill.cursor).set([0, prompt.length, 0, 0]);
  run(executor, config, weights, fill, slots);
  const token = slots === null ? tokenGraph(config) : offloadedTokenGraph(config, slots);
  executor.numbers(token.token).set([4]);
  executor.numbers(token.cursor).set([prompt.length, 1, 0, 0]);
  const program = run(executor, config, weights, token, slots);
  return Array.from(program.read(token.logits));
}

describe.each(kinds)('a pool of slots (%s)', (_, changes) => {
  const config = configOf(changes);

  it.each([1, 2])('shares no memory among what the runs of an expert part read and write (K = %d)', (slots) => {
    for (const { graph, experts } of [offloadedTokenGraph(config, slots), offloadedPromptGraph(config, 16, slots)]) {
      for (const layer of experts.layers) expect(sharedMemory(graph, layer)).toEqual([]);
    }
  });

  it.each([1, 2, 5])('computes the bits of layers that have all experts (K = %d)', async (slots) => {
    const weights = randomWeights(config, 3);
    const twin = () => new TwinExecutor('float64', weights);
    expect(logitsOf(twin(), config, slots)).toEqual(logitsOf(twin(), config, null));
    const engine = await testEngine(2);
    const [pooled, resident] = [engine.executor(weights), engine.executor(weights)];
    expect(logitsOf(pooled, config, slots)).toEqual(logitsOf(resident, config, null));
    for (const executor of [pooled, resident]) executor.destroy();
  });
});

/** Tensors of the expert part of a layer that lie in memory of another one of them. */
function sharedMemory(graph: Graph, { first, end }: PooledLayer): string[] {
  const { slotOf } = planMemory(graph);
  const touched = new Set(
    graph.nodes.slice(first, end).flatMap(({ inputs, outputs }) => [...present(inputs), ...present(outputs)]),
  );
  const slots = [...touched]
    .filter((tensor) => slotOf.has(tensor))
    .map((tensor) => [tensor, slotOf.get(tensor)] as const);
  return slots
    .filter(([tensor, slot]) => slots.some(([other, theirs]) => other !== tensor && theirs === slot))
    .map(([tensor]) => tensor.name);
}
