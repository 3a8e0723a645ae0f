import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { weightNamed } from '../../graph/weights';
import { parameterCount, tensorTable } from '../../model/names';
import { quantiseWeights } from '../../quant/quantise-weights';
import { schemes } from '../../quant/schemes';
import { selections } from '../../quant/which-matrices';
import { cards, fits, memoryOf, paperContext, weightFormats } from './memory';
import { memoryPresets } from './memory-presets';

const gigabyte = 1e9;
const preset = (id: string) => {
  const found = memoryPresets.find((one) => one.id === id);
  if (!found) throw new Error(`${id} is no preset.`);
  return found.shape;
};
const glm = preset('glm-130b');
const one = { context: paperContext, batch: 1 } as const;

describe('memory of GLM-130B', () => {
  it('is what the paper says: 130 billion weights, 260 GB in 16 bits, about 70 GB in 4', () => {
    const full = memoryOf(glm, { ...one, weights: 'fp16' });
    expect(full.parameters / 1e9).toBeGreaterThan(128);
    expect(full.parameters / 1e9).toBeLessThan(131);
    expect(full.weightBytes / gigabyte).toBeGreaterThan(255);
    expect(full.weightBytes / gigabyte).toBeLessThan(262);
    const four = memoryOf(glm, { ...one, weights: 'int4' });
    expect(four.weightBytes / gigabyte).toBeGreaterThan(66);
    expect(four.weightBytes / gigabyte).toBeLessThan(70);
    expect(four.integerBytes / gigabyte).toBeCloseTo((full.parameters - 150_528 * 12_288) / 2e9, 1);
    const eight = memoryOf(glm, { ...one, weights: 'int8' });
    expect(eight.weightBytes / gigabyte).toBeGreaterThan(129);
    expect(eight.weightBytes / gigabyte).toBeLessThan(132);
  });

  it('holds keys and values of 70 layers for every token of every text', () => {
    const { cacheBytes } = memoryOf(glm, { weights: 'fp16', context: 2048, batch: 3 });
    expect(cacheBytes).toBe(2 * 70 * 12_288 * 2048 * 3 * 2);
    expect(memoryOf(glm, { weights: 'fp16', context: 2048, batch: 3, cacheBits: 32 }).cacheBytes).toBe(2 * cacheBytes);
  });

  it('fits the machines of its paper with the weights that it names, and not with wider ones', () => {
    const named = cards.filter(({ paper }) => paper !== null);
    expect(named).toHaveLength(5);
    for (const machine of named) {
      const held = weightFormats.filter((weights) => fits(memoryOf(glm, { ...one, weights }), machine));
      expect(held[0], machine.name).toBe(machine.paper);
      expect(held).toEqual(weightFormats.slice(weightFormats.indexOf(held[0] ?? 'fp16')));
    }
  });
});

describe('memory of other shapes', () => {
  it('has a billion weights for PanGu-π-1B Pro, and a quarter of the bytes in INT4 but for embedding and head', () => {
    const shape = preset('pangu-pi-1b-pro');
    const full = memoryOf(shape, { ...one, weights: 'fp16' });
    expect(full.parameters / 1e9).toBeCloseTo(0.95, 1);
    expect(full.weightBytes).toBe(2 * full.parameters);
    const four = memoryOf(shape, { ...one, weights: 'int4' });
    const vocabulary = 2 * 2 * 48_000 * 1792;
    expect((four.weightBytes - vocabulary) / (full.weightBytes - vocabulary)).toBeCloseTo(0.25, 2);
    const all = memoryOf(shape, { ...one, weights: 'int4', selection: 'all' });
    expect(all.keptBytes).toBeLessThan(vocabulary / 1000);
    expect(all.weightBytes / full.weightBytes).toBeCloseTo(0.25, 2);
  });

  it('is that of the models that come with the page', () => {
    const folder = path.resolve(import.meta.dirname, '..', '..', '..', 'public', 'models');
    const { models } = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
    for (const { id, parameters } of models) expect(parameterCount(preset(id)), id).toBe(parameters);
  });

  it.each([
    ['int4-row', 'row', false],
    ['int8-row-zero', 'row', true],
    ['int4-32-zero', 32, true],
    ['int8-64', 64, false],
  ] as const)('counts the arrays of %s, padding included', (id, block, zeroPoint) => {
    const shape = preset('story-nano');
    const weights = new Map(
      tensorTable(shape).map(({ name, shape: sizes }) => [
        name,
        { values: new Float32Array(sizes.reduce((product, size) => product * size, 1)).fill(0.5) },
      ]),
    );
    const quantised = quantiseWeights(shape, weights, schemes[id], { kinds: selections.glm });
    let bytes = 0;
    for (const name of quantised.keys()) {
      const weight = weightNamed(quantised, name);
      if (!('quantised' in weight)) continue;
      const { packed, scales, zeros } = weight.quantised;
      bytes += packed.byteLength + scales.byteLength + (zeros?.byteLength ?? 0);
    }
    const format = schemes[id].bits === 8 ? 'int8' : 'int4';
    const sum = memoryOf(shape, { ...one, weights: format, block, zeroPoint });
    expect(sum.integerBytes + sum.scaleBytes).toBe(bytes);
    expect(sum.totalBytes).toBe(sum.weightBytes + sum.cacheBytes);
  });
});
