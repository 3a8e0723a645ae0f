import { describe, expect, it } from 'vitest';
import { checkGradients } from '../finite-differences';
import { checkParity, type Given, random } from '../parity';
import { normGradient } from './gradient';
import { norm } from './norm';
import { normTwin } from './twin';

/**
 * Bound on the NMSE. Sums over rows and columns of up to 600 terms in f32, as for `norm`; where they cancel, the error
 * stays relative to the terms: dx of LayerNorm is the small rest of three terms, which costs about a factor of ten.
 */
const tolerance = 1e-10;

interface Options {
  readonly kind: 'rms' | 'layer';
  readonly residual?: boolean;
  readonly gain?: boolean;
  readonly shift?: boolean;
}

/** Accumulators start at noise, so that a kernel that overwrites instead of adding is seen. */
function inputs(M: number, C: number, { kind, residual, gain, shift }: Options): Record<string, Given | undefined> {
  const x = Array.from(random([M, C], 1).values, (value) => value + 0.5);
  return {
    gradient: random([M, C], 2),
    x: { shape: [M, C], values: x },
    statistics: { shape: [M, 2], values: statisticsOf(x, C, kind) },
    gain: random([C], 3, 'vector'),
    residual: residual ? random([M, C], 4) : undefined,
    gainGradient: gain ? random([C], 5) : undefined,
    shiftGradient: shift ? random([C], 6) : undefined,
  };
}

function statisticsOf(x: readonly number[], C: number, kind: 'rms' | 'layer'): Float64Array {
  const statistics = new Float64Array((x.length / C) * 2);
  const node = { attributes: { kind, epsilon: 1e-5 } } as Parameters<typeof normTwin>[2];
  const numbers = { x: Float64Array.from(x), gain: new Float64Array(C), shift: undefined, residual: undefined };
  normTwin(numbers, { y: new Float64Array(x.length), statistics }, node);
  return statistics;
}

describe.each(['rms', 'layer'] as const)('normGradient %s', (kind) => {
  it.each([
    // The gradient of a row of one cancels to almost nothing: the residual gives it a size.
    [1, 1, { gain: true, shift: true, residual: true }],
    [1, 256, { gain: true }],
    [3, 7, { gain: true, shift: true, residual: true }],
    [77, 24, { gain: true, shift: true, residual: true }],
    [77, 65, { shift: true }],
    [64, 192, { residual: true }],
    [130, 12, { gain: true }],
    [2, 600, { gain: true, shift: true }],
  ])('agrees with the twin for %d rows of %d with %o', async (M, C, options) => {
    const attributes = { kind, residualScale: 0.7 };
    const used = await checkParity(normGradient, { inputs: inputs(M, C, { kind, ...options }), attributes }, tolerance);
    expect(used).toEqual(C % 4 === 0 ? ['naive', 'row-thread', 'group'] : ['naive', 'group']);
  });

  it('is the derivative of norm', () => {
    const test = {
      inputs: {
        x: random([5, 6], 1),
        gain: random([6], 2, 'vector'),
        shift: random([6], 3, 'vector'),
        residual: random([5, 6], 4),
      },
      attributes: { kind, epsilon: 1e-5, keepStatistics: true },
      differentiate: ['x', 'residual'],
      outputs: ['y'],
    };
    expect(checkGradients(norm, test).sort()).toEqual(['gain', 'residual', 'shift', 'x']);
  });

  it('gives a frozen gain nothing, and x its own when only x learns', () => {
    const test = {
      inputs: { x: random([3, 5], 1), gain: random([5], 2, 'vector') },
      attributes: { kind, epsilon: 1e-5, keepStatistics: true },
      differentiate: ['x'],
      outputs: ['y'],
    };
    expect(checkGradients(norm, { ...test, frozen: ['gain'] })).toEqual(['x']);
    expect(checkGradients(norm, { ...test, frozen: ['x'] })).toEqual(['gain']);
  });
});

describe('normGradient', () => {
  it('asks for the statistics', () => {
    const test = {
      inputs: { x: random([2, 4], 1), gain: random([4], 2, 'vector') },
      attributes: { kind: 'rms', epsilon: 1e-5 } as const,
      differentiate: ['x'],
    };
    expect(() => checkGradients(norm, test)).toThrow('norm kept no statistics: build the graph with keepStatistics');
  });

  it('refuses statistics of another number of rows', async () => {
    const test = {
      inputs: { ...inputs(4, 8, { kind: 'rms' }), statistics: random([3, 2], 1) },
      attributes: { kind: 'rms', residualScale: 0 } as const,
    };
    await expect(checkParity(normGradient, test, tolerance)).rejects.toThrow('statistics has shape [3, 2]');
  });
});
