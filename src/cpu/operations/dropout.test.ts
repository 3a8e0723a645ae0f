import { describe, it } from 'vitest';
import { dropout } from '../../gpu/kernels/dropout/dropout';
import { type Given, random } from '../../gpu/kernels/parity';
import { checkWasm } from '../parity';

/** Bound on the NMSE: two products and a sum rounded at 2⁻²⁴. One element kept wrongly would be about 1 / count. */
const tolerance = 1e-13;

function drawOf(seed: number, step: number): Given {
  return { shape: [4], values: Uint32Array.of(seed, step, 0, 0), element: 'u32' };
}

describe('dropout on WebAssembly', () => {
  it.each([
    [1, 1, 0.5],
    [1, 5, 0.5],
    [3, 7, 0.1],
    [77, 13, 0.3],
    [1, 1026, 0.1],
    [64, 192, 0.9],
    [5, 8, 0],
    [768, 128, 0.1],
  ])('keeps what the twin keeps of %d rows of %d, rate %d', async (M, C, rate) => {
    const attributes = { rate, stream: 0xabcd1234, residualScale: 0.7 };
    for (const residual of [undefined, random([M, C], 2)]) {
      for (const draw of [drawOf(0xfedcba98, 7), drawOf(3, 0xffffffff)]) {
        await checkWasm(dropout, { inputs: { x: random([M, C], 1), residual, draw }, attributes }, tolerance);
      }
    }
  });
});
