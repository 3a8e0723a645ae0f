import { describe, expect, it } from 'vitest';
import { adamw } from '../../gpu/kernels/adamw/adamw';
import { optimiserGivens, type RecordCase, recordOf } from '../../gpu/kernels/gradient-norm/optimiser-cases';
import { type Given, nmse, noise, type TestedOperation } from '../../gpu/kernels/parity';
import { sgd } from '../../gpu/kernels/sgd/sgd';
import { checkWasm, runWasm } from '../parity';

/**
 * A dozen roundings an element of at most 2⁻²⁴ relative, and sums of 256 squares, 64 in a row in f32: random signs make that
 * below 1e-6, squared 1e-12.
 */
const tolerance = 1e-12;

const rule = {
  learningRate: 3e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clip: 0,
  momentum: 0.9,
  nesterov: false,
};

type Givens = Readonly<Record<string, Given>>;

interface Optimiser {
  readonly name: string;
  readonly operation: TestedOperation<object>;
  readonly nesterov: boolean;
}

const optimisers: Optimiser[] = [
  { name: 'adamw', operation: adamw, nesterov: false },
  { name: 'sgd', operation: sgd, nesterov: false },
  { name: 'sgd with Nesterov’s look ahead', operation: sgd, nesterov: true },
];

describe.each(optimisers)('$name on WebAssembly', ({ operation, nesterov }) => {
  function givens(chunks: number, t: number, step: RecordCase = {}, others: readonly number[] = []): Givens {
    const { second, ...inputs } = optimiserGivens(chunks, recordOf({ ...rule, nesterov }, t, step), others);
    return operation === adamw ? { ...inputs, second } : inputs;
  }

  it.each([
    [1, 1],
    [16, 2],
    [17, 10],
    [1031, 1000],
  ])('agrees with the twin for %d chunks at step %d', async (chunks, t) => {
    await checkWasm(operation, { inputs: givens(chunks, t, { clip: 0.3 }), attributes: {} }, tolerance);
  });

  it('takes ten steps as the twin does in float64', async () => {
    const zeros = { shape: [256 * 3], values: new Float64Array(256 * 3) };
    let own: Givens = { ...givens(3, 1), first: zeros, ...(operation === adamw && { second: zeros }) };
    let exact = own;
    for (let t = 1; t <= 10; t++) {
      const gradients = { shape: [256 * 3], values: noise(256 * 3, 100 + t).map((value) => value * 10 ** (-t % 4)) };
      const step = { gradients, record: recordOf({ ...rule, nesterov }, t) };
      const [given, twins] = [own, exact];
      for (const { tensor, gpu } of await runWasm(operation, { inputs: { ...given, ...step }, attributes: {} })) {
        if (given[tensor]) own = { ...own, [tensor]: { ...given[tensor], values: gpu } };
      }
      for (const { tensor, twin } of await runWasm(operation, { inputs: { ...twins, ...step }, attributes: {} })) {
        if (twins[tensor]) exact = { ...exact, [tensor]: { ...twins[tensor], values: Float64Array.from(twin) } };
      }
    }
    const expected = Array.from(exact.parameters?.values ?? []);
    const off = expected.map((value, i) => Math.abs(value - (own.parameters?.values[i] ?? Number.NaN)));
    // Ten roundings of a weight below 2 at most, 6e-8 each, that add like their root; the largest of 768.
    expect(Math.max(...off)).toBeLessThan(6e-7);
  });

  it('changes nothing in a step that is not finite, and keeps its gradients', async () => {
    const gradients = noise(256 * 5, 2);
    gradients[700] = Number.NaN;
    const inputs = { ...givens(5, 3, { finite: false }), gradients: { shape: [256 * 5], values: gradients } };
    for (const { gpu, tensor } of await runWasm(operation, { inputs, attributes: {} })) {
      const expected = tensor === operation.name ? new Float32Array(10) : Float32Array.from(inputsOf(inputs, tensor));
      expect(gpu, tensor).toEqual(expected);
    }
  });

  it('leaves the chunks of another optimiser alone', async () => {
    const others = [1, 3];
    const inputs = givens(4, 3, {}, others);
    for (const { gpu, twin, tensor } of await runWasm(operation, { inputs, attributes: {} })) {
      const size = tensor === operation.name ? 2 : 256;
      for (const chunk of [0, 1, 2, 3]) {
        const own = Array.from(gpu).slice(size * chunk, size * (chunk + 1));
        // The harness leaves 7 in every output.
        const before = size === 2 ? [7, 7] : Array.from(inputsOf(inputs, tensor)).slice(256 * chunk, 256 * (chunk + 1));
        if (others.includes(chunk)) expect(own, tensor).toEqual(before);
        else expect(nmse(own, Array.from(twin).slice(size * chunk, size * (chunk + 1)))).toBeLessThan(tolerance);
      }
    }
  });

  it('keeps padding at zero', async () => {
    const zeros = { shape: [256], values: new Float32Array(256) };
    const flat = { parameters: zeros, gradients: zeros, first: zeros, ...(operation === adamw && { second: zeros }) };
    for (const { gpu, tensor } of await runWasm(operation, { inputs: { ...givens(1, 1), ...flat }, attributes: {} })) {
      expect(
        gpu.every((value) => value === 0),
        tensor,
      ).toBe(true);
    }
  });
});

function inputsOf(inputs: Givens, tensor: string): ArrayLike<number> {
  const given = inputs[tensor];
  if (!given) throw new Error(`The case has no ${tensor}.`);
  return given.values;
}
