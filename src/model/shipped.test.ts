/**
 * The shipped models, whole: logits against PyTorch (`python/reference.py`), greedy text on the GPU against the twin.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { testEngine } from '../cpu/parity';
import { dawnDevice } from '../gpu/dawn';
import { nmse } from '../gpu/kernels/parity';
import { Pipelines } from '../gpu/pipelines';
import { readModelWeights } from './folder';
import { GpuRuntime } from './gpu-runtime';
import { openHostRuntime, twinRuntime } from './host-runtime';
import { parameterCount } from './names';
import type { Runtime } from './runtime';

const modelsFolder = path.resolve(import.meta.dirname, '..', '..', 'public', 'models');
const fixturesFolder = path.join(import.meta.dirname, 'shipped-fixtures');
const manifest = JSON.parse(readFileSync(path.join(modelsFolder, 'manifest.json'), 'utf8'));

/** PyTorch and the engine read the same f16 weights and compute in f32; the order of sums is all that differs. */
const logitTolerance = 1e-8;

interface Prompt {
  readonly language: string;
  readonly ids: readonly number[];
  readonly logits: readonly number[];
}

function readShipped(id: string) {
  const folder = path.join(modelsFolder, id);
  const names = ['config.json', 'model.safetensors'];
  const files = Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(path.join(folder, name)))]));
  const { prompts } = JSON.parse(readFileSync(path.join(fixturesFolder, `${id}.json`), 'utf8'));
  return { ...readModelWeights(files, id), prompts: prompts as readonly Prompt[] };
}

async function greedyIds(runtime: Runtime, prompt: readonly number[]): Promise<number[]> {
  await runtime.start(prompt);
  const ids: number[] = [];
  for await (const { id } of runtime.tokens(64, { temperature: 0, topK: 0, topP: 1, seed: 0 })) ids.push(id);
  return ids;
}

describe.each(manifest.models.map(({ id }: { id: string }) => id) as string[])('%s', (id) => {
  const { config, weights, prompts } = readShipped(id);

  it('has the parameters and size that the page shows', () => {
    const entry = manifest.models.find((model: { id: string }) => model.id === id);
    expect(entry).toMatchObject({
      parameters: parameterCount(config),
      bytes: statSync(path.join(modelsFolder, id, 'model.safetensors')).size,
      context: config.max_position_embeddings,
    });
    expect(config.series_branches).toBe(2);
    expect(config.shortcut_size).toBeGreaterThan(0);
  });

  it.each(prompts.map((prompt) => [prompt.language, prompt] as const))(
    'has PyTorch’s logits after its %s prompt',
    async (_, prompt) => {
      const device = await dawnDevice();
      const gpu = await GpuRuntime.open(device, new Pipelines(device), config, weights, {
        half: true,
        subgroups: true,
      });
      const twin = twinRuntime(config, weights, 'float64', async () => {});
      const wasm = openHostRuntime(await testEngine(2), config, weights);
      for (const runtime of [gpu, twin, wasm]) {
        await runtime.start(prompt.ids);
        expect(nmse(await runtime.logits(), prompt.logits)).toBeLessThan(logitTolerance);
      }
      gpu.destroy();
      wasm.destroy();
    },
  );

  it('writes the same 64 greedy tokens on the GPU, on WebAssembly and on the twin', async () => {
    const device = await dawnDevice();
    const gpu = await GpuRuntime.open(device, new Pipelines(device), config, weights, { half: true, subgroups: true });
    const twin = twinRuntime(config, weights, 'float32', async () => {});
    const wasm = openHostRuntime(await testEngine(2), config, weights);
    for (const { ids } of prompts) {
      const written = await greedyIds(gpu, ids);
      expect(written).toHaveLength(64);
      expect(written).toEqual(await greedyIds(twin, ids));
      expect(written).toEqual(await greedyIds(wasm, ids));
    }
    gpu.destroy();
    wasm.destroy();
  });
});

it('keeps all of public/models under 60 MB', () => {
  const bytes = readdirSync(modelsFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
  expect(bytes).toBeLessThan(60e6);
});
