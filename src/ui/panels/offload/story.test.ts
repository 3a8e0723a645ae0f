import { describe, expect, it } from 'vitest';
import { runPolicy } from '../../../offload/policies';
import { presets } from '../../../offload/presets';
import { storyOf, timelineTable, timeTicks } from './Timeline';

const { machine } = presets['figure-4'];
const run = { name: 'Simulated', timeline: runPolicy(machine, 'infmoe'), slots: 2 };

describe('storyOf', () => {
  it('says what an expert does on each lane and what it waited for', () => {
    expect(storyOf([run], 3, 'β')).toBe(
      'Expert 4. load 0\u202fβ to 1\u202fβ, compute 1\u202fβ to 2.94\u202fβ, waits for its load 1\u202fβ.',
    );
    expect(storyOf([run, { ...run, name: 'Measured' }], 0, 'β')).toMatch(
      /^Expert 1\. Simulated: load .* Measured: load/,
    );
  });

  it('says of one that is resident that it was there', () => {
    const resident = { ...run, timeline: runPolicy(machine, 'resident') };
    expect(storyOf([resident], 0, 'β')).toContain('was there already, compute 0');
  });
});

describe('timelineTable', () => {
  it('has a row for each bar and wait, lane by lane in the order of time', () => {
    const { rows } = timelineTable([run]);
    expect(rows).toHaveLength(9);
    expect(rows[0]).toEqual(['Simulated', 'load', 4, 0, 1, 'works']);
    expect(rows[4]).toEqual(['Simulated', 'compute', 4, 0, 1, 'waits for its load']);
  });
});

describe('timeTicks', () => {
  it('gives round times at any scale', () => {
    expect(timeTicks(4.64, 5)).toEqual([0, 1, 2, 3, 4]);
    expect(timeTicks(0.0037, 4)).toEqual([0, 0.001, 0.002, 0.003]);
    expect(timeTicks(1234, 5)).toEqual([0, 500, 1000]);
    expect(timeTicks(0, 5)).toEqual([0]);
  });
});
