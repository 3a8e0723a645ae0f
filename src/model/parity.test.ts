/**
 * The whole model against PyTorch: every fixture config, logits of every position, on the twin in float64, on every kernel
 * family of the GPU, on WebAssembly, and token by token through the cache. The fixtures are made by `python/fixtures.py` in float64.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { testEngine } from '../cpu/parity';
import { chooseBy } from '../gpu/choice';
import { dawnDevice } from '../gpu/dawn';
import type { Device } from '../gpu/device';
import { nmse } from '../gpu/kernels/parity';
import { ParameterStore } from '../gpu/parameters';
import { Pipelines } from '../gpu/pipelines';
import { compile } from '../gpu/program';
import { readBuffer } from '../gpu/readback';
import { StateStore } from '../gpu/states';
import type { Family } from '../graph/operation';
import { elements } from '../graph/tensor';
import { TwinMemory, TwinProgram } from '../graph/twin';
import { floatsOf } from '../graph/weights';
import { type Fixture, fixtureNames, readFixture } from './fixture-folder';
import { GpuRuntime } from './gpu-runtime';
import { scoreGraph } from './graphs';
import { openHostRuntime, twinRuntime } from './host-runtime';
import type { Runtime } from './runtime';

/** PyTorch computed in float64 and stored f32, so agreement is to the rounding of f32. */
const twinTolerance = 1e-12;
/** f32 arithmetic in another order over 2–3 layers; an error in a formula is above 1e-4. */
const gpuTolerance = 1e-9;

/** PyTorch's logits of row `row`, or of one of its positions. */
function expectedLogits({ config, ids, logits }: Fixture, row: number, position?: number): Float32Array {
  const tokens = ids[row]?.length ?? 0;
  const start = row * tokens * config.vocab_size;
  if (position === undefined) return logits.subarray(start, start + tokens * config.vocab_size);
  return logits.subarray(start + position * config.vocab_size, start + (position + 1) * config.vocab_size);
}

function twinLogits({ config, weights, prefixLength }: Fixture, ids: readonly number[]): ArrayLike<number> {
  const graph = scoreGraph(config, ids.length);
  const memory = new TwinMemory('float64', weights);
  memory.numbers(graph.ids).set(ids);
  memory.numbers(graph.cursor).set([0, ids.length, prefixLength, 0]);
  const program = new TwinProgram(graph.graph, memory);
  program.run();
  return program.read(graph.logits);
}

async function gpuLogits(
  device: Device,
  fixture: Fixture,
  ids: readonly number[],
  family: Family,
): Promise<Float32Array> {
  const graph = scoreGraph(fixture.config, ids.length);
  const parameters = new ParameterStore(device, fixture.weights, false);
  const states = new StateStore(device);
  states.write(graph.ids, Uint32Array.from(ids));
  states.write(graph.cursor, Uint32Array.of(0, ids.length, fixture.prefixLength, 0));
  const choose = chooseBy(true, {}, family);
  const program = await compile(device, graph.graph, { pipelines, parameters, states, choose, subgroups: true });
  const encoder = device.gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  program.encode(pass);
  pass.end();
  device.submit(encoder);
  const bytes = await readBuffer(device, program.buffer(graph.logits), 0, elements(graph.logits.shape) * 4);
  program.destroy();
  parameters.destroy();
  states.destroy();
  return new Float32Array(bytes);
}

/** Worst error over the positions after the prefix when the text is read through the cache, one token at a time. */
async function worstDecodeError(fixture: Fixture, runtime: Runtime): Promise<number> {
  const [ids = []] = fixture.ids;
  const first = Math.max(1, fixture.prefixLength);
  await runtime.start(ids.slice(0, first));
  let worst = 0;
  for (let position = first - 1; position < ids.length; position++) {
    if (position >= first) runtime.rewind(position, ids[position] ?? 0);
    worst = Math.max(worst, nmse(await runtime.logits(), expectedLogits(fixture, 0, position)));
  }
  return worst;
}

let device: Device;
let pipelines: Pipelines;
beforeAll(async () => {
  device = await dawnDevice();
  pipelines = new Pipelines(device);
});

describe.each(fixtureNames)('%s', (name) => {
  const fixture = readFixture(name);

  it('has the logits of PyTorch on the twin', () => {
    fixture.ids.forEach((ids, row) => {
      expect(nmse(twinLogits(fixture, ids), expectedLogits(fixture, row))).toBeLessThan(twinTolerance);
    });
  });

  it.each(['naive', 'thread', 'group'] as const)(
    'has the logits of PyTorch on the GPU with %s kernels',
    async (family) => {
      for (const [row, ids] of fixture.ids.entries()) {
        expect(nmse(await gpuLogits(device, fixture, ids, family), expectedLogits(fixture, row))).toBeLessThan(
          gpuTolerance,
        );
      }
    },
  );

  it('has the logits of PyTorch on WebAssembly, at once and through the cache', async () => {
    const { config, weights, prefixLength } = fixture;
    const executor = (await testEngine(2)).executor(weights);
    for (const [row, ids] of fixture.ids.entries()) {
      const graph = scoreGraph(config, ids.length);
      const program = executor.compile(graph.graph);
      executor.numbers(graph.ids).set(ids);
      executor.numbers(graph.cursor).set([0, ids.length, prefixLength, 0]);
      program.run();
      expect(nmse(program.read(graph.logits), expectedLogits(fixture, row))).toBeLessThan(gpuTolerance);
      program.destroy();
    }
    executor.destroy();
    const runtime = openHostRuntime(await testEngine(2), config, weights);
    expect(await worstDecodeError(fixture, runtime)).toBeLessThan(gpuTolerance);
    runtime.destroy();
  });

  it('reads a text through the cache as it reads it at once, on the twin', async () => {
    const runtime = twinRuntime(fixture.config, fixture.weights, 'float64', async () => {});
    expect(await worstDecodeError(fixture, runtime)).toBeLessThan(twinTolerance);
  });

  it.each(['naive', 'thread', 'group'] as const)(
    'reads a text through the cache on the GPU with %s kernels',
    async (family) => {
      const { config, weights } = fixture;
      const runtime = await GpuRuntime.open(device, pipelines, config, weights, {
        half: false,
        subgroups: true,
        family,
      });
      expect(await worstDecodeError(fixture, runtime)).toBeLessThan(gpuTolerance);
      runtime.destroy();
    },
  );
});

it('builds graphs that use exactly the tensors of the checkpoint', () => {
  for (const name of fixtureNames) {
    const { config, weights } = readFixture(name);
    const used = new Set(
      scoreGraph(config, 4).graph.parameters.flatMap((tensor) => tensor.parts.map((part) => part.name)),
    );
    expect([...used].sort()).toEqual([...weights.keys()].sort());
    for (const weight of weights.values()) expect(floatsOf(weight).length).toBeGreaterThan(0);
  }
});
