import { describe, expect, it } from 'vitest';
import { type Given, noise, runVariants } from '../parity';
import { assignExperts } from './assign-experts';
import { noExpert, pinnedRounds } from './shape';

type Scores = (row: number, e: number, random: number) => number;

interface Wanted {
  readonly balanced?: boolean;
  readonly balance?: number;
  /** Rows that count. */
  readonly rows?: number;
}

interface Assignment {
  readonly expert: readonly number[];
  readonly starts: readonly number[];
  readonly rows: readonly number[];
  readonly price: readonly number[];
}

function given(M: number, E: number, scores: Scores, seed = 1): Given {
  const values = noise(M * E, seed).map((random, i) => scores(Math.floor(i / E), i % E, random));
  return { shape: [M, E], values };
}

function words(...values: number[]): Given {
  return { shape: [4], values, element: 'u32' };
}

/** What every kernel and the twin agree on, to the last bit. */
async function assign(scores: Given, { balanced = true, balance, rows }: Wanted = {}): Promise<Assignment> {
  const [M = 0, E = 0] = scores.shape;
  const comparisons = await runVariants(assignExperts, {
    inputs: {
      scores,
      balance: balance === undefined ? undefined : words(balance, 0, 0, 0),
      cursor: rows === undefined ? undefined : words(5, rows, 0, 0),
    },
    attributes: { balanced },
  });
  const variants = new Set(comparisons.map(({ variant }) => variant));
  const small = !balanced || M * E <= 1024;
  expect([...variants]).toEqual([...(small ? ['naive'] : []), ...(M > 8 ? ['group'] : [])]);
  const scratch = ['assignExperts.candidates', 'assignExperts.offers'];
  for (const { variant, tensor, gpu, twin } of comparisons.filter((one) => !scratch.includes(one.tensor))) {
    expect(Array.from(gpu), `${variant} ${tensor}`).toEqual(Array.from(twin));
  }
  const read = (name: string): number[] =>
    Array.from(comparisons.find(({ tensor }) => tensor === `assignExperts.${name}`)?.twin ?? []);
  const places = read('places');
  return {
    expert: read('expert'),
    price: read('price'),
    starts: places.slice(0, E + 1),
    rows: places.slice(E + 1, E + 1 + (places[E] ?? 0)),
  };
}

/** Sum of the scores of what was chosen. */
function total({ values, shape: [, E = 0] }: Given, expert: readonly number[]): number {
  return expert.reduce((sum, e, row) => sum + (values[row * E + e] ?? Number.NaN), 0);
}

/** The best total of all balanced assignments, by trying every one of them: the rows one by one, the room left as the state. */
function bestTotal({ values, shape: [M = 0, E = 0] }: Given): number {
  const known = new Map<string, number>();
  const best = (row: number, room: readonly number[]): number => {
    if (row === M) return 0;
    const key = room.join(' ');
    const answer =
      known.get(key) ??
      room.reduce((most, left, e) => {
        if (left === 0) return most;
        const rest = best(row + 1, room.with(e, left - 1));
        return Math.max(most, (values[row * E + e] ?? Number.NaN) + rest);
      }, Number.NEGATIVE_INFINITY);
    known.set(key, answer);
    return answer;
  };
  return best(
    0,
    Array.from({ length: E }, () => M / E),
  );
}

function expectShares({ expert, starts, rows }: Assignment, E: number): void {
  const each = expert.length / E;
  expect(starts).toEqual(Array.from({ length: E + 1 }, (_, e) => e * each));
  expect([...rows].sort((a, b) => a - b)).toEqual(expert.map((_, row) => row));
}

const uniform: Scores = (_row, _e, random) => random;

describe('the argmax', () => {
  it.each([
    [1, 2],
    [1, 64],
    [7, 3],
    [9, 16],
    [301, 5],
    [700, 64],
    [4, 1],
    [513, 1],
  ])('sends each of %d rows to the best of %d experts, sorted by expert and row', async (M, E) => {
    const scores = given(M, E, uniform);
    const { expert, starts, rows } = await assign(scores, { balanced: false });
    expert.forEach((e, row) => {
      const own = Array.from(scores.values).slice(row * E, (row + 1) * E);
      expect(own[e]).toBe(Math.max(...own));
    });
    const sorted = expert.map((e, row) => ({ e, row })).sort((a, b) => a.e - b.e || a.row - b.row);
    expect(rows).toEqual(sorted.map(({ row }) => row));
    starts.forEach((start, e) => {
      expect(start).toBe(expert.filter((own) => own < e).length);
    });
  });

  it('takes the smaller expert of equals, and what is not a number last', async () => {
    const table = [
      [2, 2, 1],
      [Number.NaN, -5, -5],
      [Number.NaN, Number.NaN, Number.NaN],
      [Number.NaN, Number.POSITIVE_INFINITY, 3],
      [0, -0, -0],
      [-0, 0, 1e-42],
    ];
    const { expert } = await assign(
      given(6, 3, (row, e) => table[row]?.[e] ?? 0),
      { balanced: false },
    );
    expect(expert).toEqual([0, 1, 0, 1, 0, 0]);
  });

  it.each([0, 1, 17, 30, 99])('leaves out the rows that do not count, of 30 all but %d', async (rows) => {
    const assignment = await assign(given(30, 4, uniform), { balanced: false, rows });
    const counted = Math.min(rows, 30);
    expect(assignment.expert.slice(counted)).toEqual(Array(30 - counted).fill(noExpert));
    expect([...assignment.rows].sort((a, b) => a - b)).toEqual(Array.from({ length: counted }, (_, row) => row));
  });
});

describe('the auction', () => {
  it.each<[string, number, number, Scores]>([
    ['random scores', 8, 4, uniform],
    ['random scores', 12, 2, uniform],
    ['random scores', 96, 3, uniform],
    ['random scores', 320, 64, uniform],
    ['random scores', 1040, 16, uniform],
    ['scores that all prefer one expert', 64, 4, (_, e, random) => 0.2 * random + (e === 2 ? 5 : 0)],
    ['equal scores', 60, 5, () => 0.25],
    ['no scores at all', 40, 8, () => 0],
    ['scores of a few values', 96, 8, (_row, _e, random) => Math.round(2 * random)],
    ['rows that are all alike', 48, 4, (_, e) => -e],
    ['scores a thousandth apart', 64, 8, (_row, _e, random) => 3 + 0.001 * random],
    ['large scores', 64, 4, (_row, _e, random) => 1e20 * random],
    ['one expert', 20, 1, uniform],
  ])(
    'gives every expert the same share of %s (%d rows, %d experts), the same on every backend',
    async (_, M, E, of) => {
      expectShares(await assign(given(M, E, of)), E);
    },
  );

  // Each row ends within ε of what its expert would rather have.
  it.each([
    [8, 4],
    [12, 3],
    [16, 2],
    [12, 6],
  ])('finds a total within M · ε of the best, of %d rows and %d experts', async (M, E) => {
    for (let seed = 1; seed <= 5; seed++) {
      const scores = given(M, E, uniform, seed);
      const values = Array.from(scores.values);
      const epsilon = Math.max((Math.max(...values) - Math.min(...values)) * 0.02, 1e-4);
      const { expert } = await assign(scores);
      const lost = bestTotal(scores) - total(scores, expert);
      expect(lost).toBeGreaterThan(-1e-5);
      expect(lost).toBeLessThanOrEqual(M * epsilon);
    }
  });

  // Beside scores so large, prices of ε = 10⁻⁴ are lost for hundreds of rounds.
  it.each<[string, number, Scores]>([
    ['held rows are pinned no longer', 64, () => 3e5],
    ['held rows are pinned no longer', 160, (_row, _e, random) => 3e5 + Math.round(random) / 32],
    ['held rows are pinned no longer', 96, (_row, _e, random) => 1e5 + Math.round(3 * random) / 128],
    ['it is broken off', 64, () => 1e6],
    ['it is broken off', 200, () => 1e6],
  ])('shares out rows where %s, of %d rows', async (_, M, of) => {
    const assignment = await assign(given(M, 8, of));
    expectShares(assignment, 8);
    expect(Math.max(...assignment.price)).toBeGreaterThan(pinnedRounds * 1e-4);
  });

  it('is the argmax where that is balanced', async () => {
    const scores = given(24, 4, (row, e, random) => random + (row % 4 === e ? 10 : 0));
    expect((await assign(scores)).expert).toEqual(Array.from({ length: 24 }, (_, row) => row % 4));
  });

  it('gives way to the argmax while the balance switch is off', async () => {
    const scores = given(32, 4, (_, e, random) => random + (e === 1 ? 5 : 0));
    expect((await assign(scores, { balance: 0 })).expert).toEqual(Array(32).fill(1));
    const balanced = await assign(scores, { balance: 1 });
    expectShares(balanced, 4);
    expect(balanced.expert).toEqual((await assign(scores)).expert);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -3e38])('shares out rows with a score of %d', async (bad) => {
    const one = await assign(given(32, 4, (row, e, random) => (row === 3 && e === 2 ? bad : random)));
    expectShares(one, 4);
    expectShares(await assign(given(32, 4, () => bad)), 4);
    expectShares(await assign(given(32, 4, (row, _, random) => (row % 2 === 0 ? bad : random))), 4);
  });

  it('is refused where rows cannot be shared, and for a cursor', async () => {
    await expect(assign(given(10, 4, uniform))).rejects.toThrow(
      '10 rows cannot be shared equally by 4 experts: choose a multiple of 4 rows.',
    );
    await expect(assign(given(8, 4, uniform), { rows: 3 })).rejects.toThrow(/takes no cursor/);
    await expect(assign(given(8, 4, uniform), { balanced: false, balance: 1 })).rejects.toThrow(/balance switch/);
    await expect(assign(given(65, 65, uniform), { balanced: false })).rejects.toThrow('at most 64 fit');
  });
});
