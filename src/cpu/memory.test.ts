import { describe, expect, it } from 'vitest';
import { expertLinear } from '../gpu/kernels/expert-linear/expert-linear';
import { noise } from '../gpu/kernels/parity';
import { GraphBuilder } from '../graph/graph';
import { bytesOf } from '../graph/tensor';
import { TwinExecutor } from '../graph/twin-executor';
import { bytesPerWeightOf, type Weights } from '../graph/weights';
import { randomQuantised, testEngine } from './parity';

/** A weight of another tensor of the same checkpoint: a pool has none in it, whatever the others are. */
const quantised = randomQuantised([8, 32], { bits: 4, block: 32, zeroPoint: false }, 1).quantised;
const checkpoints: [string, Weights][] = [
  ['of numbers', new Map([['other', { values: new Float32Array(4) }]])],
  ['of halves', new Map([['other', { half: new Uint16Array(4) }]])],
  ['of quantised matrices', new Map(quantised && [['other', { quantised }]])],
];

/** Three rows that go to expert 0, whose matrix lies in slot 1 of two. */
function pooled() {
  const [M, N, K] = [3, 6, 5];
  const builder = new GraphBuilder();
  const pool = builder.pool('experts', [2 * N, K]);
  const x = builder.state('x', [M, K]);
  const expert = builder.state('expert', [M], 'u32');
  const places = builder.state('places', [2 + M], 'u32');
  const slots = builder.state('slots', [1], 'u32');
  const { y } = builder.add(expertLinear, 'product', { x, weight: pool, expert, places, slots }, { rowsPerExpert: N });
  builder.result(y);
  return { graph: builder.build(), pool, x, places, slots, y, sizes: { M, N, K } };
}

describe.each(checkpoints)('a pool beside a checkpoint %s', (_, weights) => {
  it.each(['wasm', 'twin'] as const)('starts as zeros on %s, and counts when it is written', async (backend) => {
    const { graph, pool, x, places, slots, y, sizes } = pooled();
    const { M, N, K } = sizes;
    const executor =
      backend === 'wasm' ? (await testEngine(1)).executor(weights) : new TwinExecutor('float32', weights);
    const program = executor.compile(graph);
    executor.numbers(x).set(noise(M * K, 1));
    executor.numbers(places).set([0, M, 0, 1, 2]);
    executor.numbers(slots).set([1]);
    expect([...executor.numbers(pool)]).toEqual(Array(2 * N * K).fill(0));
    program.run();
    expect([...program.read(y)]).toEqual(Array(M * N).fill(0));

    const matrix = noise(N * K, 2);
    executor.numbers(pool).set(matrix, N * K);
    program.run();
    const at = (values: Float32Array, index: number) => values[index] ?? Number.NaN;
    const input = noise(M * K, 1);
    program.read(y).forEach((value, i) => {
      const [row, n] = [Math.floor(i / N), i % N];
      let sum = 0;
      for (let k = 0; k < K; k++) sum += at(input, row * K + k) * at(matrix, n * K + k);
      expect(value).toBeCloseTo(sum, 5);
    });
    program.destroy();
    executor.destroy();
  });

  it('takes its bytes', () => {
    const { pool, sizes } = pooled();
    expect(bytesOf(pool, bytesPerWeightOf(weights, false))).toBe(4 * 2 * sizes.N * sizes.K);
    expect(bytesOf(pool, bytesPerWeightOf(weights, true))).toBe(2 * 2 * sizes.N * sizes.K);
  });
});
