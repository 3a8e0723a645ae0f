/**
 * What training on WebAssembly promises besides its numbers: every node of a step has a kernel, the bits depend on nothing but
 * the recipe, memory stays as it is, and turns and other requests do not mix.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openNodeEngine } from '../cpu/node';
import { testEngine } from '../cpu/parity';
import type { Graph } from '../graph/graph';
import { fixtureNames, readFixture } from '../model/fixture-folder';
import { promptGraph, scoreGraph, tokenGraph } from '../model/graphs';
import { HostTrainer } from './host-trainer';
import { initialWeights } from './initialise';
import { openTrainer } from './open-trainer';
import { planTraining } from './plan';
import { recipeDefaults } from './recipe-schema';
import {
  sameBitsBatch,
  sameBitsConfig,
  sameBitsHash,
  sameBitsRecipe,
  sameBitsSteps,
  sameBitsValues,
} from './same-bits';
import type { Trainer, TrainingValues } from './trainer';

const small: TrainingValues = { ...recipeDefaults, batch: 3, context: 8 };

describe.each(fixtureNames)('%s', (name) => {
  it('has a kernel for every node that trains or writes', async () => {
    const { config, weights } = readFixture(name);
    const step = planTraining(config, small);
    const dropping = planTraining(config, { ...small, dropout: 0.1 }, { softPrompt: 2 });
    const graphs: Graph[] = [
      step.training.graph,
      dropping.training.graph,
      ...(['adamw', 'sgd', 'muon'] as const).map(
        (optimizer) => planTraining(config, { ...small, optimizer }).optimiser.graph,
      ),
      promptGraph(config, 8).graph,
      scoreGraph(config, 5).graph,
      tokenGraph(config).graph,
    ];
    const floats = new Map(weights);
    for (const { tensor } of dropping.layout.entries.values()) {
      for (const part of tensor.parts) {
        if (!floats.has(part.name)) {
          floats.set(part.name, { values: new Float32Array(part.shape.reduce((a, b) => a * b, 1)) });
        }
      }
    }
    for (const graph of graphs) {
      const executor = (await testEngine(1)).executor(floats);
      const program = executor.compile(graph);
      expect(program.twins.map(({ operation }) => operation.name)).toEqual([]);
      program.destroy();
      executor.destroy();
    }
  });
});

async function trainSameBits(threads: number): Promise<string> {
  const engine = await openNodeEngine(threads);
  const trainer = await openTrainer({
    backend: { kind: 'cpu', engine },
    config: sameBitsConfig,
    recipe: sameBitsRecipe,
  });
  for (let step = 1; step <= sameBitsSteps; step++) {
    const { finite } = await trainer.step([sameBitsBatch(step)], sameBitsValues(step));
    expect(finite).toBe(true);
  }
  const { parameters, first, second } = await trainer.capture();
  trainer.destroy();
  engine.destroy();
  const hash = createHash('sha256');
  for (const flat of [parameters, first, second]) hash.update(new Uint8Array(flat.buffer));
  return hash.digest('hex').slice(0, 16);
}

describe('the same bits', () => {
  it.each([1, 2, 4])('come out of 200 steps on %d threads', async (threads) => {
    expect(await trainSameBits(threads)).toBe(sameBitsHash);
  });
});

describe('a trainer on WebAssembly', () => {
  const options = { config: sameBitsConfig, recipe: sameBitsRecipe };
  const open = async (threads = 2): Promise<Trainer> =>
    openTrainer({ ...options, backend: { kind: 'cpu', engine: await testEngine(threads) } });

  it('holds no more memory after 300 steps than after three, and frees all of it', async () => {
    const engine = await openNodeEngine(2);
    const before = engine.bytes;
    const trainer = await openTrainer({ ...options, backend: { kind: 'cpu', engine } });
    for (let step = 1; step <= 3; step++) await trainer.step([sameBitsBatch(step)], sameBitsValues(step));
    await trainer.score(sameBitsBatch(1));
    const held = engine.bytes;
    for (let step = 4; step <= 300; step++) await trainer.step([sameBitsBatch(step)], sameBitsValues(step));
    await trainer.score(sameBitsBatch(1));
    expect(engine.bytes).toBe(held);
    await trainer.setBatch(sameBitsRecipe.batch + 3);
    await trainer.setBatch(sameBitsRecipe.batch);
    trainer.destroy();
    expect(engine.bytes).toBe(before);
    engine.destroy();
  });

  it('that finds too little memory says how much, and takes none', async () => {
    const engine = await openNodeEngine(1, { mostBytes: 16 * 2 ** 20 });
    const before = engine.bytes;
    const opening = (batch: number) =>
      openTrainer({ ...options, recipe: { ...sameBitsRecipe, batch }, backend: { kind: 'cpu', engine } });
    await expect(opening(200)).rejects.toThrow(
      /needs \d+ MiB of memory .* refuses: .* smaller model, batch or context/,
    );
    expect(engine.bytes).toBe(before);
    const trainer = await opening(5);
    trainer.destroy();
    expect(engine.bytes).toBe(before);
    engine.destroy();
  });

  it('cuts a step into turns without changing a bit, and lets what is asked meanwhile wait for its turn', async () => {
    const plain = await open(1);
    const engine = await testEngine(2);
    const weights = initialWeights(sameBitsConfig, sameBitsRecipe.seed);
    let breaths = 0;
    const trainer = new HostTrainer(
      { ...options, backend: { kind: 'cpu', engine } },
      engine.executor(weights),
      weights,
      async () => {
        breaths += 1;
        await new Promise((resolve) => setImmediate(resolve));
      },
      0.05,
    );
    const expected = [];
    for (let step = 1; step <= 6; step++) expected.push(await plain.step([sameBitsBatch(step)], sameBitsValues(step)));
    const asked = [1, 2, 3, 4, 5, 6].map((step) => trainer.step([sameBitsBatch(step)], sameBitsValues(step)));
    const captured = trainer.capture();
    const score = trainer.score(sameBitsBatch(7));
    expect(await Promise.all(asked)).toEqual(expected);
    expect(await captured).toEqual(await plain.capture());
    expect(await score).toBe(await plain.score(sameBitsBatch(7)));
    expect(breaths).toBeGreaterThan(12);
    for (const each of [plain, trainer]) each.destroy();
  });

  it('times every node of a step and leaves the weights as they were', async () => {
    const trainer = await open();
    await trainer.step([sameBitsBatch(1)], sameBitsValues(1));
    const before = await trainer.capture();
    const times = await trainer.profile();
    const { training, optimiser } = planTraining(sameBitsConfig, sameBitsRecipe);
    expect(times.length).toBe(training.graph.nodes.length + optimiser.graph.nodes.length);
    for (const { microseconds, kernel } of times) {
      expect(microseconds).toBeGreaterThan(0);
      expect(kernel).toMatch(/\/wasm$/);
    }
    expect(await trainer.capture()).toEqual(before);
    trainer.destroy();
  });
});

it('is at most 60 kB of WebAssembly, compressed', () => {
  for (const name of ['shared', 'single']) {
    expect(gzipSync(readFileSync(`.cache/wasm/${name}.wasm`)).length).toBeLessThanOrEqual(60_000);
  }
});
