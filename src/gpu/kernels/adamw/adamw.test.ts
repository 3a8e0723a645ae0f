import { describe, expect, it } from 'vitest';
import { optimiserGivens, parametersAfter, recordOf, rules } from '../gradient-norm/optimiser-cases';
import { checkParity, noise, runVariants } from '../parity';
import { adamw } from './adamw';

/** A dozen roundings an element of at most 2⁻²⁴ relative, and sums of 256 squares: below 3e-6, squared 1e-11. */
const tolerance = 1e-11;

const variants = ['naive', 'chunk-thread', 'group'];

const rule = {
  learningRate: 3e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clip: 0,
  momentum: 0,
  nesterov: false,
};

/** The formula of PyTorch's documentation in float64, for one group; returns the weights after `steps`. */
function pytorchAdamw(
  weights: ArrayLike<number>,
  gradientsOf: (t: number) => ArrayLike<number>,
  steps: number,
  {
    learningRate,
    decay,
    ...rule
  }: { learningRate: number; decay: number; beta1: number; beta2: number; epsilon: number },
): Float64Array {
  return Float64Array.from(weights, (start, i) => {
    let [w, m, v] = [start, 0, 0];
    for (let t = 1; t <= steps; t++) {
      const g = gradientsOf(t)[i] as number;
      w -= learningRate * decay * w;
      m = rule.beta1 * m + (1 - rule.beta1) * g;
      v = rule.beta2 * v + (1 - rule.beta2) * g * g;
      const mHat = m / (1 - rule.beta1 ** t);
      const vHat = v / (1 - rule.beta2 ** t);
      w -= (learningRate * mHat) / (Math.sqrt(vHat) + rule.epsilon);
    }
    return w;
  });
}

describe('adamw', () => {
  it.each([
    [1, 1],
    [17, 10],
    [70, 1000],
  ])('agrees with the twin for %d chunks at step %d', async (chunks, t) => {
    const inputs = optimiserGivens(chunks, recordOf(rule, t, { clip: 0.3 }));
    expect(await checkParity(adamw, { inputs, attributes: {} }, tolerance)).toEqual(variants);
  });

  it.each(variants)('takes ten steps of PyTorch’s AdamW (%s)', async (variant) => {
    const zeros = { shape: [256 * 3], values: new Float32Array(256 * 3) };
    const start = { ...optimiserGivens(3, recordOf(rule, 1)), first: zeros, second: zeros };
    const gradientsOf = (t: number) => noise(256 * 3, 100 + t).map((value) => value * 10 ** (-t % 4));
    const ours = await parametersAfter(adamw, variant, start, 10, rule, gradientsOf);
    for (const group of [0, 1, 2]) {
      const expected = pytorchAdamw(start.parameters.values, gradientsOf, 10, {
        ...rule,
        learningRate: rule.learningRate * (rules.values[4 * group] as number),
        decay: rules.values[4 * group + 1] as number,
      });
      for (let i = 256 * group; i < 256 * (group + 1); i++) {
        expect(Math.abs((ours[i] as number) - (expected[i] as number))).toBeLessThan(1e-6);
      }
    }
  });

  it('changes nothing in a step that is not finite, and keeps its gradients', async () => {
    const inputs = optimiserGivens(5, recordOf(rule, 3, { finite: false }));
    const gradients = noise(256 * 5, 2);
    gradients[700] = Number.NaN;
    const test = { inputs: { ...inputs, gradients: { shape: [256 * 5], values: gradients } }, attributes: {} };
    const comparisons = await runVariants(adamw, test);
    for (const { gpu, twin, tensor, variant } of comparisons) {
      if (tensor === adamw.name) expect(Array.from(gpu), variant).toEqual(Array(10).fill(0));
      else expect(Array.from(gpu), `${variant} ${tensor}`).toEqual(Array.from(twin));
    }
    const kept = comparisons.find(({ tensor }) => tensor === 'gradients');
    expect(kept?.gpu).toEqual(gradients);
  });

  it('leaves the chunks of another optimiser alone', async () => {
    const record = recordOf(rule, 3);
    const inputs = optimiserGivens(4, record, [1, 3]);
    for (const { gpu, twin, tensor, variant } of await runVariants(adamw, { inputs, attributes: {} })) {
      if (tensor === adamw.name) continue;
      for (const chunk of [1, 3]) {
        const own = (values: ArrayLike<number>) => Array.from(values).slice(256 * chunk, 256 * (chunk + 1));
        expect(own(gpu), `${variant} ${tensor}`).toEqual(own(inputs[tensor as keyof typeof inputs].values));
        expect(own(twin)).toEqual(own(inputs[tensor as keyof typeof inputs].values));
      }
    }
  });

  it('keeps padding at zero', async () => {
    const inputs = optimiserGivens(1, recordOf(rule, 1));
    const zeros = { shape: [256], values: new Float32Array(256) };
    const test = {
      inputs: { ...inputs, parameters: zeros, gradients: zeros, first: zeros, second: zeros },
      attributes: {},
    };
    for (const { gpu, variant, tensor } of await runVariants(adamw, test)) {
      expect(
        gpu.every((value) => value === 0),
        `${variant} ${tensor}`,
      ).toBe(true);
    }
  });

  it('gives the same bits twice', async () => {
    const test = { inputs: optimiserGivens(9, recordOf(rule, 2)), attributes: {} };
    const first = await runVariants(adamw, test);
    const second = await runVariants(adamw, test);
    expect(second.map(({ gpu }) => gpu)).toEqual(first.map(({ gpu }) => gpu));
    expect(first).toHaveLength(15);
  });

  it('refuses buffers of different lengths', async () => {
    const inputs = { ...optimiserGivens(2, recordOf(rule, 1)), first: { shape: [256], values: noise(256, 1) } };
    await expect(checkParity(adamw, { inputs, attributes: {} }, tolerance)).rejects.toThrow('as many elements');
  });
});
