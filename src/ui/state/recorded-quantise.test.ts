import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRecord, type RecordedQuantise } from './recorded-quantise';

const file = new URL('../../../public/runs/quantise.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as RecordedQuantise;

describe('the record of the Quantise panel', () => {
  it('is one, with the model as it is first, INT8 and INT4 after it, every layer, and three models', () => {
    expect(isRecord(recorded)).toBe(true);
    const [base, ...rows] = recorded.rows;
    expect(base?.scheme).toBe(null);
    expect(rows.map(({ scheme }) => scheme)).toEqual(expect.arrayContaining(['int8-row', 'int4-row', 'int4-32']));
    for (const { difference } of rows) expect(difference?.bitsPerCharacter.all).not.toBe(null);
    expect(recorded.sensitivity?.rows.at(-1)?.layer).toBe(null);
    expect(recorded.ranges?.rows).toHaveLength(3);
  });

  it('of another version, or without what is drawn, is none', () => {
    expect(isRecord({ ...recorded, version: 2 })).toBe(false);
    expect(isRecord({ ...recorded, rows: null })).toBe(false);
    expect(isRecord({ ...recorded, rows: [{ ...recorded.rows[0], scheme: 'int3' }] })).toBe(false);
    expect(isRecord(null)).toBe(false);
  });
});
