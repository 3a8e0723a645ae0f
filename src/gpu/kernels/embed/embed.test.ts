import { describe, expect, it } from 'vitest';
import { checkParity, type Given, random } from '../parity';
import { embed } from './embed';

/** One sum of two exactly stored numbers: at most one rounding of 2⁻²⁴, squared 3.6e-15. */
const tolerance = 1e-14;

const V = 23;
const S = 11;

function words(values: readonly number[]): Given {
  return { shape: [values.length], values, element: 'u32' };
}

function tables(T: number, C: number, position: number): Record<string, Given> {
  return {
    ids: words(Array.from({ length: T }, (_, t) => (7 * t + 3) % V)),
    table: random([V, C], 1, 'matrix'),
    positions: random([S, C], 2, 'matrix'),
    cursor: words([position, T, 0, 0]),
  };
}

describe.each([
  ['f32', false],
  ['packed f16', true],
])('embed from %s tables', (_, half) => {
  it.each([
    [1, 1, 0],
    [1, 8, 5],
    [3, 7, 2],
    [5, 24, 9],
    [9, 40, 0],
    [13, 33, 4],
  ])('agrees with the twin for %d rows of %d from position %d on', async (T, C, position) => {
    const { ids, table, positions, cursor } = tables(T, C, position);
    const variants = C % 8 === 0 ? ['naive', 'vector-thread'] : ['naive'];
    for (const inputs of [
      { ids, table, cursor },
      { positions, cursor },
      { ids, table, positions, cursor },
    ]) {
      expect(await checkParity(embed, { inputs, attributes: { tokens: T }, half }, tolerance)).toEqual(variants);
    }
  });

  it('reads the last row for an id past the vocabulary', async () => {
    const inputs = { ...tables(2, 16, 0), ids: words([V, 0xffffffff]) };
    expect(await checkParity(embed, { inputs, attributes: { tokens: 2 }, half }, tolerance)).toHaveLength(2);
  });
});

describe('embed', () => {
  it.each([
    [6, 8, 3, 1],
    [20, 7, 5, 2],
    [12, 16, 6, 6],
  ])('takes %d rows of %d in sequences of %d, prompt %d', async (M, C, period, prompt) => {
    const inputs = { ...tables(M, C, 1), prompt: random([prompt, C], 3, 'vector') };
    const used = await checkParity(embed, { inputs, attributes: { tokens: M, period } }, tolerance);
    expect(used).toHaveLength(C % 8 === 0 ? 2 : 1);
  });

  it('refuses a prompt without a table and sequences that do not fill the rows', async () => {
    const { positions, cursor, ids, table } = tables(6, 8, 0);
    const prompt = random([2, 8], 3, 'vector');
    const alone = { inputs: { positions, cursor, prompt }, attributes: { tokens: 6 } };
    await expect(checkParity(embed, alone, tolerance)).rejects.toThrow('soft prompt');
    const uneven = { inputs: { ids, table, cursor }, attributes: { tokens: 6, period: 4 } };
    await expect(checkParity(embed, uneven, tolerance)).rejects.toThrow('no whole number of sequences');
  });

  it('refuses ids without a table', async () => {
    const { ids, positions, cursor } = tables(2, 8, 0);
    const test = { inputs: { ids, positions, cursor }, attributes: { tokens: 2 } };
    await expect(checkParity(embed, test, tolerance)).rejects.toThrow('come together');
  });

  it('refuses tables of different widths', async () => {
    const inputs = { ...tables(2, 8, 0), positions: random([S, 16], 2, 'matrix') };
    await expect(checkParity(embed, { inputs, attributes: { tokens: 2 } }, tolerance)).rejects.toThrow('as wide as');
  });
});
