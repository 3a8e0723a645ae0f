import { describe, it } from 'vitest';
import { add } from '../../gpu/kernels/add/add';
import { random } from '../../gpu/kernels/parity';
import { checkWasm } from '../parity';

/** Bound on the NMSE: two products and a sum, each rounded at 2⁻²⁴. */
const tolerance = 1e-13;

describe('add on WebAssembly', () => {
  it.each([
    [1, 1],
    [1, 4],
    [3, 7],
    [1, 1023],
    [1, 1025],
    [77, 12],
    [768, 131],
  ])('agrees with the twin for %d rows of %d', async (M, C) => {
    const attributes = { scaleA: 0.7, scaleB: -1.3 };
    const a = random([M, C], 1);
    await checkWasm(add, { inputs: { a, b: random([M, C], 2) }, attributes }, tolerance);
    await checkWasm(add, { inputs: { a }, attributes }, tolerance);
  });
});
