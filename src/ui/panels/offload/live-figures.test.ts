import { describe, expect, it } from 'vitest';
import type { MeasuredMachine } from '../../../offload/measured-machine';
import { bothUses, distance, expected, sharesOf, specialisation } from './live-figures';

const use = (first: readonly number[], second: readonly number[]) => ({
  rows: new Map([[0, first.map((count, index) => count + (second[index] ?? 0))]]),
  halves: [new Map([[0, first]]), new Map([[0, second]])] as const,
  tokens: 8,
});

describe('distance', () => {
  it('is 0 for the same shares, 1 for none in common', () => {
    expect(distance([1, 2, 3], [2, 4, 6])).toBeCloseTo(0, 12);
    expect(distance([4, 0], [0, 2])).toBe(1);
    expect(distance([1, 1], [3, 1])).toBeCloseTo(0.25, 12);
    expect(distance([0, 0], [1, 1])).toBe(0);
  });
});

describe('specialisation', () => {
  it('holds languages against what chance does to one text', () => {
    const english = use([5, 5, 0, 0], [5, 5, 0, 0]);
    const chinese = use([0, 0, 5, 5], [0, 0, 5, 5]);
    expect(specialisation(english, chinese)).toEqual({ apart: 1, chance: 0 });
    const random = use([6, 2, 1, 1], [1, 1, 2, 6]);
    expect(specialisation(random, random).apart).toBeLessThanOrEqual(specialisation(random, random).chance);
  });

  it('leaves out layers that only one text has', () => {
    expect(
      bothUses(
        new Map([
          [0, [1]],
          [2, [1]],
        ]),
        new Map([[2, [3]]]),
      ),
    ).toEqual([{ layer: 2, a: [1], b: [3] }]);
  });
});

describe('sharesOf', () => {
  it('adds up to 1, and is 0 where nothing was counted', () => {
    expect(sharesOf([1, 3])).toEqual([0.25, 0.75]);
    expect(sharesOf([0, 0])).toEqual([0, 0]);
  });
});

describe('expected', () => {
  const visit = (expert: number, rows: number) => ({ layer: 0, expert, rows, hit: false, loadMs: 1, computeMs: 1 });
  const timeline = {
    ...{ order: [2, 0], reads: [], loads: [], computes: [], waits: [], makespan: 5, bound: 5 },
    ...{ residency: [], peakResidency: 2 },
  };
  const run = { step: 0, layer: 0, visits: [visit(0, 1), visit(2, 4)], timeline };
  const machine: MeasuredMachine = {
    ...{
      backend: 'cpu',
      adapter: 'test',
      bytesPerExpert: 1,
      timestamps: null,
      restingTimes: [],
      latency: 0,
      diskTime: null,
      readOverlap: null,
      overlap: 1,
    },
    ...{
      loadTime: 2,
      computeTimes: [
        { rows: 1, milliseconds: 1 },
        { rows: 4, milliseconds: 3 },
      ],
    },
  };

  it('simulates the layer from the measured machine under an order', () => {
    expect(expected(run, 'johnson', machine, { slots: 2, tier: 'memory' }, 4)).toMatchObject({
      order: [2, 0],
      makespan: 6,
    });
    expect(expected(run, 'on-demand', machine, { slots: 2, tier: 'memory' }, 4)?.makespan).toBe(8);
  });

  it('has nothing to say of a cache', () => {
    expect(expected(run, 'lru', machine, { slots: 2, tier: 'memory' }, 4)).toBeNull();
  });
});
