import { describe, expect, it } from 'vitest';
import { checkParity, type Given, random } from '../parity';
import { linear } from './linear';
import type { LinearAttributes } from './shape';

/**
 * Bound on Σ(gpu − twin)² / Σ twin². The kernels sum K products in f32: each rounding is at most 2⁻²⁴ of the partial sum, and
 * for random signs the errors of K ≤ 600 terms add like √K, so the relative error is near √600 · 2⁻²⁴ ≈ 1.5e-6 and its
 * square 2e-12. The bound leaves a factor of five for exp and inverseSqrt, which WGSL allows a few units in the last place.
 */
const tolerance = 1e-11;

type Inputs = Record<string, Given>;

/** x, weight and the optional inputs of a case, random, with the shapes that the node asks for. */
function inputs(M: number, K: number, N: number, optional: Record<string, readonly number[]> = {}): Inputs {
  const given: Inputs = { x: random([M, K], 1), weight: random([N, K], 2, 'matrix') };
  Object.entries(optional).forEach(([name, shape], index) => {
    const kind = name === 'weight2' ? 'matrix' : name === 'x2' || name === 'residual' ? 'state' : 'vector';
    given[name] = random(shape, 3 + index, kind);
  });
  return given;
}

function variantsOf(given: Inputs, attributes: LinearAttributes, half: boolean): Promise<string[]> {
  return checkParity(linear, { inputs: given, attributes, half }, tolerance);
}

describe.each([
  ['f32', false],
  ['packed f16', true],
])('linear with %s weights', (_, half) => {
  it.each([
    [1, 1, 1],
    [1, 7, 5],
    [2, 13, 3],
    [5, 17, 11],
    [1, 8, 1],
    [1, 8, 7],
    [2, 24, 13],
    [3, 40, 17],
    [4, 64, 33],
    [1, 256, 301],
  ])('multiplies %d rows of %d by a weight of %d rows', async (M, K, N) => {
    const used = await variantsOf(inputs(M, K, N), {}, half);
    expect(used).toContain('naive');
    if (M <= 4 && K % 8 === 0) expect(used).toContain('matvec-thread');
  });
});
