import { describe, expect, it } from 'vitest';
import { nmse } from '../../gpu/kernels/parity';
import { TwinExecutor } from '../../graph/twin-executor';
import { floatsOf, type Weights, weightNamed } from '../../graph/weights';
import type { ModelConfig } from '../../model/config';
import { readFixture } from '../../model/fixture-folder';
import { readLayers } from './layer-states';
import { runOnExecutor } from './run-graph';
import { withoutPart } from './without-parts';

const { config, weights } = readFixture('pangu-pi');
const ids = [1, 5, 9, 5, 2, 7, 5, 9];

async function outcome(of: ModelConfig, given: Weights): Promise<Float32Array> {
  const { residuals } = await readLayers(of, ids, runOnExecutor(new TwinExecutor('float64', given)));
  return residuals.at(-1) as Float32Array;
}

/** The weights with the first branch as a plain activation: a scale of 1 and no bias. */
const plainFirst: Weights = new Map(
  [...weights].map(([name, weight]) => {
    const branch = /\.series\.(scale|bias)$/.exec(name)?.[1];
    if (!branch) return [name, weight];
    const values = floatsOf(weight).slice();
    values.fill(branch === 'scale' ? 1 : 0, 0, config.intermediate_size);
    return [name, { values }];
  }),
);

describe('withoutPart', () => {
  it('without the shortcut is the model whose config has none', async () => {
    const expected = await outcome({ ...config, shortcut_size: 0 }, weights);
    expect(nmse(await outcome(config, withoutPart(config, weights, 'shortcut')), expected)).toBeLessThan(1e-13);
  });

  it('without the series is the model whose config has one branch', async () => {
    const expected = await outcome({ ...config, series_branches: 1 }, plainFirst);
    expect(nmse(await outcome(config, withoutPart(config, plainFirst, 'series')), expected)).toBeLessThan(1e-13);
  });

  it('without both is the plain model, and each part matters', async () => {
    const plain = await outcome({ ...config, series_branches: 1, shortcut_size: 0 }, plainFirst);
    const whole = await outcome(config, plainFirst);
    expect(nmse(await outcome(config, withoutPart(config, plainFirst, 'both')), plain)).toBeLessThan(1e-13);
    expect(nmse(whole, plain)).toBeGreaterThan(1e-3);
    for (const part of ['series', 'shortcut'] as const) {
      expect(nmse(await outcome(config, withoutPart(config, plainFirst, part)), whole)).toBeGreaterThan(1e-3);
    }
  });

  it('leaves the given weights as they are', () => {
    const name = 'model.layers.0.mlp.series.scale';
    const before = floatsOf(weightNamed(weights, name)).slice();
    withoutPart(config, weights, 'both');
    expect(floatsOf(weightNamed(weights, name))).toEqual(before);
  });

  it('refuses a model that does not have the part', () => {
    const plain = readFixture('llama');
    expect(() => withoutPart(plain.config, plain.weights, 'series')).toThrow('no series activation');
    expect(() => withoutPart(plain.config, plain.weights, 'shortcut')).toThrow('no augmented shortcut');
    const half = readFixture('shortcut');
    expect(() => withoutPart(half.config, half.weights, 'both')).toThrow('no series activation');
  });
});
