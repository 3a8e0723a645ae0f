/** What flows through a model, on every backend, against PyTorch; and against what a runtime shows of one token. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testEngine } from '../../cpu/parity';
import { chooseBy } from '../../gpu/choice';
import { dawnDevice } from '../../gpu/dawn';
import type { Device } from '../../gpu/device';
import { nmse } from '../../gpu/kernels/parity';
import { ParameterStore } from '../../gpu/parameters';
import { Pipelines } from '../../gpu/pipelines';
import { StateStore } from '../../gpu/states';
import { TwinExecutor } from '../../graph/twin-executor';
import { fixtureNames, readFixture } from '../../model/fixture-folder';
import { twinRuntime } from '../../model/host-runtime';
import { insideFixtureNames, readInsideFixture } from './inside-fixture';
import { type LayerStates, readLayers } from './layer-states';
import { type RunGraph, runOnDevice, runOnExecutor } from './run-graph';

/** PyTorch computed in float64 and is stored as f32. */
const twinTolerance = 1e-12;
/** f32 arithmetic in another order over 2–3 layers, as in the parity tests of the model. */
const floatTolerance = 1e-9;

let device: Device;
beforeAll(async () => {
  device = await dawnDevice();
});

function expectStates(found: LayerStates, expected: LayerStates, tolerance: number): void {
  expect(found.residuals).toHaveLength(expected.residuals.length);
  found.residuals.forEach((residual, layer) => {
    expect(nmse(residual, expected.residuals[layer] as Float32Array)).toBeLessThan(tolerance);
  });
  expect(found.attention).toHaveLength(expected.attention.length);
  found.attention.forEach(({ weights, seen }, layer) => {
    expect(nmse(weights, expected.attention[layer]?.weights as Float32Array)).toBeLessThan(tolerance);
    expect(seen).toEqual(expected.attention[layer]?.seen);
  });
}

describe.each(insideFixtureNames)('%s', (name) => {
  const { model, states } = readInsideFixture(name);
  const read = (run: RunGraph) => readLayers(model.config, states.ids, run);

  it('flows on the twin as in PyTorch', async () => {
    expectStates(await read(runOnExecutor(new TwinExecutor('float64', model.weights))), states, twinTolerance);
  });

  it('flows on WebAssembly as in PyTorch', async () => {
    const executor = (await testEngine(2)).executor(model.weights);
    expectStates(await read(runOnExecutor(executor)), states, floatTolerance);
    executor.destroy();
  });

  it('flows on the GPU as in PyTorch', async () => {
    const parameters = new ParameterStore(device, model.weights, false);
    const gpuStates = new StateStore(device);
    const choose = chooseBy(device.adapter.software);
    const run = runOnDevice(device, {
      pipelines: new Pipelines(device),
      parameters,
      states: gpuStates,
      choose,
      subgroups: true,
    });
    expectStates(await read(run), states, floatTolerance);
    parameters.destroy();
    gpuStates.destroy();
  });
});

it.each(fixtureNames)('shows of %s the attention that its runtime shows of the last token', async (name) => {
  const { config, weights, ids, prefixLength } = readFixture(name);
  const [text = []] = ids;
  const last = text.length - 1;
  const { attention } = await readLayers(
    config,
    text,
    runOnExecutor(new TwinExecutor('float64', weights)),
    prefixLength,
  );
  const runtime = twinRuntime(config, weights, 'float64', async () => {});
  await runtime.start(text, prefixLength);
  const explained = await runtime.explain(last, text[last] ?? 0);
  expect(attention).toHaveLength(explained.attention.length);
  attention.forEach((layer, index) => {
    for (let head = 0; head < layer.heads; head++) {
      const start = (last * layer.heads + head) * text.length;
      const row = layer.weights.subarray(start, start + text.length);
      const from = head * config.max_position_embeddings;
      const expected = explained.attention[index]?.subarray(from, from + text.length) as Float32Array;
      expect(nmse(row, expected)).toBeLessThan(twinTolerance);
    }
  });
});

it('refuses a text that is too long', async () => {
  const { config, weights } = readFixture('llama');
  const run = runOnExecutor(new TwinExecutor('float64', weights));
  await expect(readLayers(config, Array(25).fill(1), run)).rejects.toThrow('A text of 25 tokens: give 1 to 24.');
  await expect(readLayers(config, [], run)).rejects.toThrow('A text of 0 tokens: give 1 to 24.');
});
