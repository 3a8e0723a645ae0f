import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blocksOfRow, dequantise, middle, type QuantisedMatrix } from '../../graph/quantised';
import { randomQuantised, type SchemeLayout } from '../kernels/quantised-case';
import { packMatrix } from './pack';

/** Element k of row n, read back as the header of pack.ts says. */
function read(words: Uint32Array, { bits, N, K, block, zeros }: QuantisedMatrix, n: number, k: number): number {
  const tiles = Math.ceil(N / 4);
  const steps = Math.ceil(K / 8) * (bits / 4);
  const blocks = Math.ceil(K / block);
  const [tile, row] = [Math.floor(n / 4), n % 4];
  const word = words[(tile * steps + Math.floor((k * bits) / 32)) * 4 + row] ?? 0;
  const shift = (k % 4) * 8 + (bits === 4 && k % 8 >= 4 ? 4 : 0);
  const at = tile * blocks + Math.floor(k / block);
  const scales = new Float32Array(words.buffer, tiles * steps * 16, tiles * blocks * 4);
  const points = new Uint8Array(words.buffer, (tiles * steps + tiles * blocks) * 16);
  const zero = zeros ? (points[at * 4 + row] ?? 0) : middle(bits);
  return Math.fround((scales[at * 4 + row] ?? 0) * (((word >>> shift) & (2 ** bits - 1)) - zero));
}

const layouts = fc.record({
  bits: fc.constantFrom(4, 8),
  block: fc.constantFrom('row', 32, 64, 128),
  zeros: fc.boolean(),
}) as fc.Arbitrary<SchemeLayout>;

it('lays out every element where the kernels look for it', () => {
  fc.assert(
    fc.property(layouts, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 200 }), (layout, N, K) => {
      const matrix = randomQuantised(N, K, layout, N * 1000 + K);
      const words = packMatrix(matrix);
      const values = dequantise(matrix);
      for (let n = 0; n < N; n++) {
        for (let k = 0; k < K; k++) expect(read(words, matrix, n, k)).toBe(values[n * K + k]);
      }
    }),
  );
});

it('takes the same space as the matrix, but for rows up to four and columns up to eight', () => {
  const matrix = randomQuantised(8, 64, { bits: 4, block: 32, zeros: true }, 1);
  const bytes = matrix.packed.byteLength + matrix.scales.byteLength + (matrix.zeros?.byteLength ?? 0);
  expect(packMatrix(matrix).byteLength).toBe(bytes);
  expect(blocksOfRow(matrix)).toBe(2);
});

it('reads digits that begin at any byte of a file', () => {
  const matrix = randomQuantised(5, 96, { bits: 4, block: 'row', zeros: false }, 2);
  const file = new Uint8Array(matrix.packed.length + 3);
  file.set(matrix.packed, 3);
  expect(packMatrix({ ...matrix, packed: file.subarray(3) })).toEqual(packMatrix(matrix));
});
