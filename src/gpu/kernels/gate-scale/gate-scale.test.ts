import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../graph/graph';
import { TwinMemory, TwinProgram } from '../../../graph/twin';
import { checkGradients } from '../finite-differences';
import { checkParity, type Given, random } from '../parity';
import { randomExperts, routing } from '../routing-case';
import { gateScale } from './gate-scale';
import { gateScaleGradient } from './gradient';

/** Of the NMSE: a softmax, whose exponentials WGSL rounds by 3 + 2|x| ulp, and a product; as for activate. */
const tolerance = 1e-12;

const sizes: [number, number, number][] = [
  [1, 16, 2],
  [3, 5, 3],
  [70, 48, 4],
  [9, 100, 64],
  [130, 32, 16],
];

const lossWeight: Given = { shape: [4], values: [1 / 200, 0, 0, 0] };

function inputsOf(M: number, F: number, E: number, left = 0) {
  return { h: random([M, F], 1), scores: random([M, E], 2, 'state', 3), ...routing(randomExperts(M, E, 7, left), E) };
}

describe('gateScale', () => {
  it.each(sizes)('scales %d rows of %d by the share of their expert, of %d', async (M, F, E) => {
    const variants = F % 16 === 0 ? ['naive', 'vector-thread'] : ['naive'];
    for (const left of [0, Math.floor(M / 3)]) {
      const test = { inputs: inputsOf(M, F, E, left), attributes: { coefficient: 0 } };
      expect(await checkParity(gateScale, test, tolerance)).toEqual(variants);
    }
  });

  it('has the gradient of central differences', () => {
    const test = {
      inputs: { ...inputsOf(7, 6, 4), lossWeight },
      attributes: { coefficient: 0 },
      differentiate: ['h', 'scores'],
    };
    expect(checkGradients(gateScale, test).sort()).toEqual(['h', 'scores']);
    expect(checkGradients(gateScale, { ...test, frozen: ['h'] })).toEqual(['scores']);
    expect(checkGradients(gateScale, { ...test, frozen: ['scores'] })).toEqual(['h']);
  });

  it('says what does not fit', () => {
    const refused = (changed: Record<string, Given>) =>
      expect(() =>
        checkGradients(gateScale, {
          inputs: { ...inputsOf(6, 4, 3), ...changed },
          attributes: { coefficient: 0.01 },
          differentiate: ['h'],
        }),
      );
    refused({ scores: random([5, 3], 1) }).toThrow(/as many rows as h has/);
    refused({ places: { shape: [9], values: Array(9).fill(0), element: 'u32' } }).toThrow(/starts and rows/);
    refused({}).toThrow(/needs lossWeight/);
  });
});

describe('gateScaleGradient', () => {
  it.each(sizes)('agrees with the twin for %d rows of %d, %d experts', async (M, F, E) => {
    for (const coefficient of [0, 0.5]) {
      for (const left of [0, Math.floor(M / 3)]) {
        const inputs = { ...inputsOf(M, F, E, left), lossWeight, gradient: random([M, F], 3) };
        const test = { inputs, attributes: { coefficient } };
        expect(await checkParity(gateScaleGradient, test, tolerance)).toEqual(['naive', 'group']);
      }
    }
  });

  it('adds the derivative of the load-balancing loss', () => {
    const [M, F, E] = [9, 4, 3];
    const coefficient = 0.7;
    const inputs = { ...inputsOf(M, F, E), lossWeight, gradient: random([M, F], 3) };
    const scores = Array.from(inputs.scores.values);
    const starts = Array.from(inputs.places.values);
    /** Switch Transformer, equation 4, of these scores. */
    const loss = (values: readonly number[]): number => {
      let sum = 0;
      for (let row = 0; row < M; row++) {
        const exponentials = values.slice(row * E, (row + 1) * E).map(Math.exp);
        const total = exponentials.reduce((all, value) => all + value, 0);
        exponentials.forEach((value, e) => {
          const share = ((starts[e + 1] as number) - (starts[e] as number)) / M;
          sum += share * (lossWeight.values[0] as number) * (value / total);
        });
      }
      return coefficient * E * sum;
    };
    const dscores = (own: number): number[] => {
      const builder = new GraphBuilder();
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, { shape, element }]) => [
          name,
          builder.state(name, shape, element ?? 'f32'),
        ]),
      ) as unknown as Parameters<typeof gateScaleGradient.outputs>[0];
      const outputs = builder.add(gateScaleGradient, 'gradient', tensors, { coefficient: own });
      builder.result(outputs.dscores);
      const memory = new TwinMemory('float64', new Map());
      const graph = builder.build();
      for (const state of graph.states) {
        memory.numbers(state).set(Array.from(inputs[state.name as keyof typeof inputs].values));
      }
      const program = new TwinProgram(graph, memory);
      program.run();
      return Array.from(program.read(outputs.dscores));
    };
    const without = dscores(0);
    const step = 1e-5;
    dscores(coefficient).forEach((value, index) => {
      const moved = (by: number) => loss(scores.with(index, (scores[index] as number) + by));
      const difference = (moved(step) - moved(-step)) / (2 * step);
      // Both are near 10⁻⁴; central differences are good to 10⁻¹¹ here.
      expect(Math.abs(value - (without[index] as number) - difference)).toBeLessThan(1e-10);
    });
    expect(
      Math.max(
        ...scores.map((_, index) => Math.abs((dscores(coefficient)[index] as number) - (without[index] as number))),
      ),
    ).toBeGreaterThan(1e-4);
  });
});
