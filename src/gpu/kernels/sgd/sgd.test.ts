import { describe, expect, it } from 'vitest';
import { optimiserGivens, parametersAfter, recordOf, rules } from '../gradient-norm/optimiser-cases';
import { checkParity, noise, runVariants } from '../parity';
import { sgd } from './sgd';

/** A handful of roundings an element of at most 2⁻²⁴ relative, and sums of 256 squares: below 3e-6, squared 1e-11. */
const tolerance = 1e-11;

const variants = ['naive', 'chunk-thread', 'group'];

const rule = { learningRate: 0.05, beta1: 0, beta2: 0, epsilon: 0, clip: 0, momentum: 0.9, nesterov: false };

/** What `optimiserGivens` makes, without the second moment, which SGD does not have. */
function givens(chunks: number, record: ReturnType<typeof recordOf>, others: readonly number[] = []) {
  const { second: _, ...inputs } = optimiserGivens(chunks, record, others);
  return inputs;
}

/** The formula of PyTorch's documentation in float64 with dampening 0, and decoupled decay. */
function pytorchSgd(
  weights: ArrayLike<number>,
  gradientsOf: (t: number) => ArrayLike<number>,
  steps: number,
  learningRate: number,
  decay: number,
  nesterov: boolean,
): Float64Array {
  return Float64Array.from(weights, (start, i) => {
    let [w, buffer] = [start, 0];
    for (let t = 1; t <= steps; t++) {
      const g = gradientsOf(t)[i] as number;
      buffer = t === 1 ? g : rule.momentum * buffer + g;
      w -= learningRate * decay * w;
      w -= learningRate * (nesterov ? g + rule.momentum * buffer : buffer);
    }
    return w;
  });
}

describe.each([false, true])('sgd with nesterov %s', (nesterov) => {
  it.each([1, 17, 70])('agrees with the twin for %d chunks', async (chunks) => {
    const inputs = givens(chunks, recordOf({ ...rule, nesterov }, 2, { clip: 0.3 }));
    expect(await checkParity(sgd, { inputs, attributes: {} }, tolerance)).toEqual(variants);
  });

  it.each(variants)('takes ten steps of PyTorch’s SGD (%s)', async (variant) => {
    const zeros = { shape: [256 * 3], values: new Float32Array(256 * 3) };
    const start = { ...givens(3, recordOf(rule, 1)), first: zeros };
    const gradientsOf = (t: number) => noise(256 * 3, 100 + t);
    const ours = await parametersAfter(sgd, variant, start, 10, { ...rule, nesterov }, gradientsOf);
    for (const group of [0, 1, 2]) {
      const [factor, decay] = [rules.values[4 * group] as number, rules.values[4 * group + 1] as number];
      const weights = start.parameters.values;
      const expected = pytorchSgd(weights, gradientsOf, 10, rule.learningRate * factor, decay, nesterov);
      for (let i = 256 * group; i < 256 * (group + 1); i++) {
        expect(Math.abs((ours[i] as number) - (expected[i] as number))).toBeLessThan(2e-6);
      }
    }
  });
});

describe('sgd', () => {
  it('changes nothing in a step that is not finite, and leaves chunks of another optimiser alone', async () => {
    for (const { finite, kept } of [
      { finite: false, kept: [0, 1, 2] },
      { finite: true, kept: [1] },
    ]) {
      const inputs = givens(3, recordOf(rule, 3, { finite }), [1]);
      for (const { gpu, tensor, variant } of await runVariants(sgd, { inputs, attributes: {} })) {
        if (tensor === sgd.name) continue;
        for (const chunk of kept) {
          const own = (values: ArrayLike<number>) => Array.from(values).slice(256 * chunk, 256 * (chunk + 1));
          expect(own(gpu), `${variant} ${tensor}`).toEqual(own(inputs[tensor as keyof typeof inputs].values));
        }
      }
    }
  });

  it('gives the same bits twice', async () => {
    const test = { inputs: givens(9, recordOf(rule, 2)), attributes: {} };
    const first = await runVariants(sgd, test);
    const second = await runVariants(sgd, test);
    expect(second.map(({ gpu }) => gpu)).toEqual(first.map(({ gpu }) => gpu));
  });
});
