import { describe, expect, it } from 'vitest';
import { assignExperts } from '../../gpu/kernels/assign-experts/assign-experts';
import { noExpert, pinnedRounds } from '../../gpu/kernels/assign-experts/shape';
import { type Given, noise } from '../../gpu/kernels/parity';
import { runWasm } from '../parity';

type Scores = (random: number, row: number, expert: number) => number;

const uniform: Scores = (random) => random;

function given(M: number, E: number, scores: Scores, seed = 1): Given {
  const values = noise(M * E, seed).map((random, i) => scores(random, Math.floor(i / E), i % E));
  return { shape: [M, E], values };
}

function words(...values: number[]): Given {
  return { shape: [4], values, element: 'u32' };
}

interface Switches {
  readonly balanced: boolean;
  readonly balance?: number;
  /** Rows that count. */
  readonly counted?: number;
}

/** Experts and places of WebAssembly, and the prices of an auction, each equal to the twin's in every number that is written. */
async function assign(scores: Given, { balanced, balance, counted }: Switches) {
  const inputs = {
    scores,
    cursor: counted === undefined ? undefined : words(9, counted, 0, 0),
    balance: balance === undefined ? undefined : words(balance, 0, 0, 0),
  };
  const [M = 0, E = 0] = scores.shape;
  const comparisons = await runWasm(assignExperts, { inputs, attributes: { balanced } });
  const written = { expert: M, places: E + 1 + Math.min(counted ?? M, M), price: M };
  if (!balanced || balance === 0 || E === 1) written.price = 0;
  return Object.entries(written).map(([name, count]) => {
    const output = comparisons.find(({ tensor }) => tensor === `assignExperts.${name}`);
    const numbers = [...(output?.gpu ?? [])];
    expect(numbers.length, name).toBeGreaterThanOrEqual(count);
    expect(numbers.slice(0, count), name).toEqual(Array.from(output?.twin ?? []).slice(0, count));
    return numbers;
  });
}

describe('assignExperts on WebAssembly', () => {
  it.each([
    [1, 1],
    [1, 16],
    [7, 3],
    [301, 5],
    [130, 64],
  ])('takes the argmax of %d rows of %d scores', async (M, E) => {
    await assign(given(M, E, uniform), { balanced: false });
    await assign(
      given(M, E, (random) => Math.round(2 * random)),
      { balanced: false },
    );
  });

  it('takes the smaller expert of equals, and a score that is not a number last', async () => {
    const table = [
      [2, 2, 1],
      [Number.NaN, -5, -5],
      [Number.NaN, Number.NaN, Number.NaN],
      [Number.NaN, Number.POSITIVE_INFINITY, 3],
      [-0, 0, 1e-42],
    ];
    const scores = given(5, 3, (_, row, expert) => table[row]?.[expert] ?? 0);
    const [expert] = await assign(scores, { balanced: false });
    expect(expert).toEqual([0, 1, 0, 1, 0]);
  });

  it.each([0, 1, 17, 30, 99])('leaves out the rows after the first %d', async (counted) => {
    const [expert = []] = await assign(given(30, 4, uniform), { balanced: false, counted });
    expect(expert.filter((own) => own === noExpert)).toHaveLength(Math.max(0, 30 - counted));
  });

  it.each<[string, number, number, Scores]>([
    ['random scores', 6, 3, uniform],
    ['random scores', 8, 2, uniform],
    ['random scores', 63, 7, uniform],
    ['random scores', 1040, 16, uniform],
    ['random scores', 640, 64, uniform],
    ['one expert', 20, 1, uniform],
    ['whole numbers', 96, 8, (random) => Math.round(2 * random)],
    ['equal scores', 60, 5, () => 0.25],
    ['scores that all prefer one expert', 256, 4, (random, _, expert) => 0.2 * random + (expert === 2 ? 5 : 0)],
    ['rows that are all alike', 48, 4, (_, __, expert) => -expert],
    ['scores a thousandth apart', 64, 8, (random) => 3 + 0.001 * random],
    ['large scores', 64, 4, (random) => 1e20 * random],
    ['rows of a few kinds', 320, 16, (random, row, expert) => (((row % 5) * expert) % 7) + 0.01 * random],
  ])('holds the same auction as the twin with %s (%d rows, %d experts)', async (_, M, E, scores) => {
    for (const seed of [1, 2, 3]) {
      const [expert = []] = await assign(given(M, E, scores, seed), { balanced: true });
      for (let e = 0; e < E; e++) expect(expert.filter((own) => own === e)).toHaveLength(M / E);
    }
  });

  // Beside scores so large, prices of ε = 10⁻⁴ are lost for hundreds of rounds.
  it.each<[number, Scores]>([
    [64, () => 3e5],
    [64, () => 1e6],
    [96, (random) => 3e5 + Math.round(random) / 32],
    [96, (random) => 1e5 + Math.round(3 * random) / 128],
  ])('agrees with the twin where held rows are no longer pinned, %d rows', async (M, scores) => {
    const [, , price = []] = await assign(given(M, 8, scores), { balanced: true });
    expect(Math.max(...price)).toBeGreaterThan(pinnedRounds * 1e-4);
  });

  it('shares out what nobody has bid on when the auction is broken off', async () => {
    const [expert = [], , price = []] = await assign(
      given(64, 8, () => 1e6),
      { balanced: true },
    );
    expect(Math.min(...price)).toBe(0);
    for (let e = 0; e < 8; e++) expect(expert.filter((own) => own === e)).toHaveLength(8);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -3e38])('shares rows out where a score is %d', async (bad) => {
    const scores = given(32, 4, (random, row, expert) => (row === 3 && expert === 2 ? bad : random));
    const [expert = []] = await assign(scores, { balanced: true });
    for (let e = 0; e < 4; e++) expect(expert.filter((own) => own === e)).toHaveLength(8);
  });

  it('takes the argmax while the balance switch is off', async () => {
    const scores = given(32, 4, (random, _, expert) => random + (expert === 1 ? 5 : 0));
    const [off] = await assign(scores, { balanced: true, balance: 0 });
    expect(off).toEqual(Array(32).fill(1));
    const [on] = await assign(scores, { balanced: true, balance: 1 });
    expect(on).not.toEqual(off);
  });
});
