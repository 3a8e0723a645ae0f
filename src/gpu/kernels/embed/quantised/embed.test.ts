import { describe, expect, it } from 'vitest';
import { checkParity, type Given, random } from '../../parity';
import { randomMatrix, type SchemeLayout } from '../../quantised-case';
import { embed } from '../embed';

/** Difference, product and sum of stored numbers: at most three roundings of 2⁻²⁴ each. */
const tolerance = 1e-13;

const [V, S] = [23, 11];

function words(values: readonly number[]): Given {
  return { shape: [values.length], values, element: 'u32' };
}

describe.each<[string, SchemeLayout]>([
  ['int4 by row', { bits: 4, block: 'row', zeros: false }],
  ['int4 by 32 with zero points', { bits: 4, block: 32, zeros: true }],
  ['int8 by 64', { bits: 8, block: 64, zeros: false }],
  ['int8 by row with zero points', { bits: 8, block: 'row', zeros: true }],
])('embed from a table in %s', (_, scheme) => {
  it.each([
    [1, 32, 5],
    [3, 7, 2],
    [5, 96, 9],
    [13, 165, 4],
  ])('agrees with the twin for %d rows of %d from position %d on', async (T, C, position) => {
    const inputs: Record<string, Given> = {
      ids: words(Array.from({ length: T }, (_, t) => (7 * t + 3) % V)),
      table: randomMatrix(V, C, scheme, 1),
      cursor: words([position, T, 0, 0]),
    };
    const positions = random([S, C], 2, 'matrix');
    const prompt = random([2, C], 3, 'vector');
    for (const more of [{}, { positions }, { positions, prompt }]) {
      for (const half of [false, true]) {
        const used = await checkParity(
          embed,
          { inputs: { ...inputs, ...more }, attributes: { tokens: T }, half },
          tolerance,
        );
        expect(used).toEqual(['quantised-thread']);
      }
    }
  });

  it('reads the last row for an id past the vocabulary', async () => {
    const inputs = { ids: words([V, 0xffffffff]), table: randomMatrix(V, 32, scheme, 1), cursor: words([0, 2, 0, 0]) };
    expect(await checkParity(embed, { inputs, attributes: { tokens: 2 } }, tolerance)).toEqual(['quantised-thread']);
  });
});

it('has no kernel for a quantised table of positions', async () => {
  const positions = randomMatrix(S, 32, { bits: 4, block: 32, zeros: false }, 1);
  const inputs = { positions, cursor: words([0, 2, 0, 0]) };
  expect(await checkParity(embed, { inputs, attributes: { tokens: 2 } }, tolerance)).toEqual([]);
});
