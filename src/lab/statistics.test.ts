import { describe, expect, it } from 'vitest';
import { proportion } from './statistics';

describe('proportion', () => {
  it('gives the Wilson interval of the textbook example 81 of 263', () => {
    // Brown, Cai and DasGupta's formula evaluated by hand: centre 0.31083, half width 0.05561.
    const { share, interval } = proportion(81, 263);
    expect(share).toBeCloseTo(0.30798, 5);
    expect(interval[0]).toBeCloseTo(0.2553, 3);
    expect(interval[1]).toBeCloseTo(0.3662, 3);
  });

  it('stays inside [0, 1] at the ends', () => {
    expect(proportion(0, 10).interval[0]).toBeCloseTo(0, 12);
    expect(proportion(10, 10).interval[1]).toBeCloseTo(1, 12);
    expect(proportion(10, 10).interval[0]).toBeCloseTo(0.7225, 3);
  });

  it('refuses what is not a proportion', () => {
    expect(() => proportion(3, 2)).toThrow('3 of 2 is not a proportion');
  });
});
