import { describe, expect, it } from 'vitest';
import { runPolicy } from '../../../offload/policies';
import { presets } from '../../../offload/presets';
import { intervalsOf, lanesOf, layTimelines, meterPath, timelineHeight } from './timeline-layout';

const figure4 = presets['figure-4'].machine;
const run = (policy: 'ring' | 'infmoe', machine: Parameters<typeof runPolicy>[0] = figure4) => ({
  name: policy,
  timeline: runPolicy(machine, policy),
  slots: machine.slots,
});

describe('layTimelines', () => {
  it('puts all runs on one scale of time, with their ends and bounds inside the drawing', () => {
    const runs = [run('infmoe'), run('ring')];
    const layout = layTimelines(runs, 800);
    expect(layout.x(0)).toBe(layout.left);
    expect(layout.x(5.94)).toBeCloseTo(layout.right, 6);
    const [greedy, ring] = layout.runs;
    expect(ring?.end).toBeGreaterThan(greedy?.end ?? 0);
    expect(greedy?.bound).toBeCloseTo(ring?.bound ?? 0, 6);
    expect(layout.height).toBe(timelineHeight(runs));
    for (const { lanes } of layout.runs) {
      for (const { bars } of lanes) {
        for (const [index, { x, width }] of bars.entries()) {
          expect(x + width).toBeLessThanOrEqual(layout.right + 1e-6);
          expect(x).toBeGreaterThanOrEqual((bars[index - 1]?.x ?? 0) - 1e-6);
        }
      }
    }
  });

  it('says where more slots are used than K, and draws the disk only where it reads', () => {
    const paper = layTimelines([run('infmoe')], 400).runs[0];
    expect(paper?.meter.over).toBe(true);
    const strict = { ...figure4, rule: 'strict' as const };
    expect(layTimelines([run('infmoe', strict)], 400).runs[0]?.meter.over).toBe(false);
    expect(paper?.lanes.map(({ lane }) => lane)).toEqual(['load', 'compute']);
    const tiers = { diskTime: 1, memoryExperts: 1 };
    const { timeline } = run('ring', { ...strict, tiers });
    expect(lanesOf(timeline)).toEqual(['disk', 'load', 'compute']);
    expect(intervalsOf(timeline, 'disk')).toHaveLength(3);
  });

  it('is not upset by a layer without tokens', () => {
    const nothing = { computeTimes: [0], loadTime: 1, slots: 1, rule: 'strict' as const };
    const layout = layTimelines([run('ring', nothing)], 300);
    expect(Number.isFinite(layout.x(1))).toBe(true);
    expect(meterPath(layout.runs[0]?.meter ?? { y: 0, steps: [], limit: 0, over: false }, 0)).toBe('');
  });
});

describe('meterPath', () => {
  it('climbs and falls with the slots in use', () => {
    const [row] = layTimelines([run('ring')], 400).runs;
    const path = meterPath(row?.meter as NonNullable<typeof row>['meter'], row?.end ?? 0);
    expect(path).toMatch(/^M66\.0 [\d.]+V[\d.]+H[\d.]+V/);
    expect(path.endsWith('Z')).toBe(true);
  });
});
