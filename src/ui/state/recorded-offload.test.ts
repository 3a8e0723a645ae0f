import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRecordedOffload, type RecordedOffload } from './recorded-offload';

const file = new URL('../../../public/runs/offload.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as RecordedOffload;

describe('the record of the Offload panel', () => {
  it('is one, with a layer under the orders that load, and a text under every policy and with all resident', () => {
    expect(isRecordedOffload(recorded)).toBe(true);
    expect(recorded.layer.rows.map(({ policy }) => policy)).toEqual(expect.arrayContaining(['ring', 'infmoe']));
    const policies = recorded.rows.map(({ policy }) => policy);
    expect(policies).toEqual(expect.arrayContaining(['resident', 'lru', 'pinned', 'predicted', 'belady', 'infmoe']));
  });

  it('keeps to what cannot be otherwise: never more than K experts, and no cache moves less than Belady’s optimum', () => {
    const moved = new Map(recorded.rows.map(({ policy, cost }) => [policy, cost?.bytesMoved]));
    for (const { slots, cost } of recorded.rows) {
      if (cost) expect(cost.peakResidency).toBeLessThanOrEqual(slots);
    }
    for (const cache of ['lru', 'pinned', 'predicted'] as const) {
      expect(moved.get(cache)).toBeGreaterThanOrEqual(moved.get('belady') ?? Number.POSITIVE_INFINITY);
    }
  });

  it('of another version, or without what is shown, is none', () => {
    expect(isRecordedOffload({ ...recorded, version: 2 })).toBe(false);
    expect(isRecordedOffload({ ...recorded, rows: null })).toBe(false);
    expect(isRecordedOffload({ ...recorded, rows: [{ ...recorded.rows[0], policy: 'fifo' }] })).toBe(false);
    expect(
      isRecordedOffload({ ...recorded, layer: { ...recorded.layer, rows: [{ policy: 'ring', makespans: [] }] } }),
    ).toBe(false);
    expect(isRecordedOffload(null)).toBe(false);
  });
});
