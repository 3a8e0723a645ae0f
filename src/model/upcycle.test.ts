/** The smallest shipped model with experts: the logits of the dense model, on every backend. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { testEngine } from '../cpu/parity';
import { dawnDevice } from '../gpu/dawn';
import { nmse } from '../gpu/kernels/parity';
import { Pipelines } from '../gpu/pipelines';
import { floatsOf, type Weights, weightNamed } from '../graph/weights';
import type { ModelConfig } from './config';
import { readModelWeights } from './folder';
import { GpuRuntime } from './gpu-runtime';
import { openHostRuntime, twinRuntime } from './host-runtime';
import { tensorTable } from './names';
import type { Runtime } from './runtime';
import { upcycle } from './upcycle';

const folder = path.resolve(import.meta.dirname, '../../public/models/story-nano');
const files = Object.fromEntries(
  ['config.json', 'model.safetensors'].map((name) => [name, new Uint8Array(readFileSync(path.join(folder, name)))]),
);
const dense = readModelWeights(files, 'story-nano');
const moe = upcycle(dense.config, dense.weights, { experts: 16, seed: 1 });

/** Products of one token in another kernel, summed in another order in f32. */
const tolerance = 1e-10;

describe('upcycle', () => {
  it('gives every expert the FFN, bit by bit, and leaves everything else as it is', () => {
    expect(moe.config).toEqual({ ...dense.config, num_experts: 16 });
    expect([...moe.weights.keys()]).toEqual(tensorTable(moe.config).map(({ name }) => name));
    for (const [name, weight] of moe.weights) {
      if (name.endsWith('.mlp.gate.weight')) continue;
      expect(weight).toBe(weightNamed(dense.weights, name.replace(/\.experts\.\d+\./, '.')));
    }
  });

  it('draws another gate for each layer and seed, and the same again', () => {
    const gates = (seed: number) =>
      [...upcycle(dense.config, dense.weights, { experts: 16, seed }).weights]
        .filter(([name]) => name.endsWith('.mlp.gate.weight'))
        .map(([, weight]) => floatsOf(weight));
    expect(gates(1)).toHaveLength(dense.config.num_hidden_layers);
    expect(gates(1)).toEqual(gates(1));
    expect(gates(1)[0]).not.toEqual(gates(1)[1]);
    expect(gates(2)[0]).not.toEqual(gates(1)[0]);
  });

  it.each([
    ['a model that has experts', () => upcycle(moe.config, moe.weights, { experts: 4, seed: 1 }), 'num_experts is 16'],
    ['one expert', () => upcycle(dense.config, dense.weights, { experts: 1, seed: 1 }), 'choose a number from 2 to 64'],
    ['too many', () => upcycle(dense.config, dense.weights, { experts: 65, seed: 1 }), 'from 0 to 64'],
    [
      'biases',
      () => upcycle({ ...dense.config, mlp_bias: true }, dense.weights, { experts: 4, seed: 1 }),
      'experts have no biases',
    ],
  ])('refuses %s', (_, attempt, sentence) => expect(attempt).toThrow(sentence));
});

/** Logits behind a prompt, which is read at once, and behind the next token. */
async function logitsOf(runtime: Runtime): Promise<number[]> {
  await runtime.start([1, 40, 3, 77, 5, 912, 8, 8, 300, 41, 12]);
  const first = await runtime.logits();
  runtime.rewind(11, 99);
  const all = [...first, ...(await runtime.logits())];
  runtime.destroy();
  return all;
}

describe('an upcycled model', () => {
  const both = async (open: (config: ModelConfig, weights: Weights) => Promise<Runtime>) => {
    const [before, after] = [await open(dense.config, dense.weights), await open(moe.config, moe.weights)];
    return [await logitsOf(before), await logitsOf(after)] as const;
  };

  it('has the logits of the dense model on the twin', async () => {
    const [before, after] = await both(async (config, weights) => twinRuntime(config, weights, 'float64'));
    expect(nmse(after, before)).toBeLessThan(1e-20);
  });

  it('has the logits of the dense model on WebAssembly', async () => {
    const engine = await testEngine(2);
    const [before, after] = await both(async (config, weights) => openHostRuntime(engine, config, weights));
    expect(nmse(after, before)).toBeLessThan(tolerance);
  });

  it.each(['naive', 'thread', 'group'] as const)(
    'has the logits of the dense model on the GPU (%s)',
    async (family) => {
      const device = await dawnDevice();
      const options = { half: true, subgroups: true, family } as const;
      const [before, after] = await both((config, weights) =>
        GpuRuntime.open(device, new Pipelines(device), config, weights, options),
      );
      expect(nmse(after, before)).toBeLessThan(tolerance);
    },
  );
});
