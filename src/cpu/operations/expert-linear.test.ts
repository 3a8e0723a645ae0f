import { describe, expect, it } from 'vitest';
import { noExpert } from '../../gpu/kernels/assign-experts/shape';
import { expertLinear } from '../../gpu/kernels/expert-linear/expert-linear';
import { expertLinearInputGradient } from '../../gpu/kernels/expert-linear/input-gradient';
import type { ExpertLinearAttributes } from '../../gpu/kernels/expert-linear/shape';
import { expertLinearWeightGradient } from '../../gpu/kernels/expert-linear/weight-gradient';
import { type Given, nmse, random } from '../../gpu/kernels/parity';
import { randomExperts, routing } from '../../gpu/kernels/routing-case';
import { checkWasm, randomQuantised, runWasm } from '../parity';

/** Bound on the NMSE: sums of K ≤ 1,300 products in f32, as in linear.test.ts; an activation adds far less. */
const tolerance = 1e-11;
/** Rows of x in 8 bits, as in quantised.test.ts. */
const eightBits = 1e-4;

/** What the output holds before: `runWasm` fills it. */
const untouched = 7;

interface Wanted extends Omit<ExpertLinearAttributes, 'rowsPerExpert'> {
  readonly experts?: readonly number[];
  readonly weight?: Given;
  readonly slots?: readonly number[];
  readonly window?: readonly [number, number];
  readonly integerActivations?: boolean;
}

/** A case of M rows, N rows a matrix, K columns and E experts. Rows of x follow from their number alone. */
function caseOf(M: number, N: number, K: number, E: number, wanted: Wanted = {}) {
  const { experts = randomExperts(M, E, 9), weight = random([E * N, K], 2, 'matrix'), slots, window } = wanted;
  const { gate, residualScale, integerActivations } = wanted;
  const columns = gate?.gated ? N / 2 : N;
  const series = gate && gate.branches > 1 ? [gate.branches, columns] : undefined;
  return {
    inputs: {
      ...{ x: random([M, K], 1), weight, ...routing(experts, E) },
      slots: slots && { shape: [E], values: slots, element: 'u32' as const },
      window: window && { shape: [4], values: [...window, 0, 0], element: 'u32' as const },
      residual: residualScale === undefined ? undefined : random([M, columns], 3),
      scale: series && random(series, 4, 'vector'),
      offset: series && random(series, 5, 'vector'),
    },
    attributes: { rowsPerExpert: N, gate, residualScale },
    ...(integerActivations && { integerActivations }),
  };
}

/** The rows of y, each equal to the twin's within `bound` where `counts`, and untouched elsewhere. */
async function rowsOf(test: ReturnType<typeof caseOf>, counts = (_: number) => true, bound = tolerance) {
  const [y] = await runWasm(expertLinear, test);
  if (!y) throw new Error('There is no output.');
  const M = test.inputs.x.shape[0] as number;
  const columns = y.gpu.length / M;
  const rows = Array.from({ length: M }, (_, row) => [...y.gpu.slice(row * columns, (row + 1) * columns)]);
  const computed = rows.flatMap((values, row) => (counts(row) ? values : []));
  const expected = rows.flatMap((_, row) =>
    counts(row) ? Array.from(y.twin).slice(row * columns, (row + 1) * columns) : [],
  );
  expect(nmse(computed, expected)).toBeLessThanOrEqual(bound);
  expect(rows.filter((_, row) => !counts(row)).flat()).toEqual(
    rows.flatMap((v, row) => (counts(row) ? [] : v.map(() => untouched))),
  );
  return rows;
}

/** Up to four rows an expert go another way than more. */
const shapes: [number, number, number, number][] = [
  [1, 1, 1, 1],
  [1, 21, 23, 3],
  [1, 352, 96, 16],
  [3, 18, 37, 5],
  [4, 96, 176, 64],
  [5, 17, 11, 1],
  [5, 17, 11, 2],
  [7, 3, 23, 3],
  [23, 16, 40, 5],
  [64, 352, 96, 16],
  [67, 132, 100, 4],
  [130, 66, 513, 16],
  [64, 8, 1300, 3],
  [301, 34, 9, 64],
];

const gates = [
  { kind: 'silu', gated: true, branches: 1 },
  { kind: 'gelu', gated: true, branches: 3 },
  { kind: 'relu', gated: false, branches: 1 },
  { kind: 'silu', gated: false, branches: 2 },
] as const;

describe('expertLinear on WebAssembly', () => {
  it.each(shapes)('multiplies %d rows with their matrix of %d × %d, of %d experts', async (M, N, K, E) => {
    await rowsOf(caseOf(M, N, K, E));
    await rowsOf(caseOf(M, N, K, E, { residualScale: 1 }));
    await rowsOf(caseOf(M, N, K, E, { residualScale: -0.75 }));
  });

  it.each(gates)('applies the gate of an FFN: $kind, gated $gated, $branches branches', async (gate) => {
    for (const M of [1, 3, 21, 70]) {
      for (const F of [1, 11, 176]) await rowsOf(caseOf(M, gate.gated ? 2 * F : F, 33, 5, { gate }));
    }
  });

  it.each([
    ['all rows to one expert', (_: number) => 3],
    ['every row to another', (row: number) => row % 16],
    ['long runs with short ones between', (row: number) => (row % 40 === 0 ? 1 + (row % 3) : 0)],
  ])('takes %s', async (_, expertOf) => {
    const experts = Array.from({ length: 150 }, (_, row) => expertOf(row));
    await rowsOf(caseOf(150, 40, 20, 16, { experts }));
  });

  it.each([1, 4, 30])('leaves the rows without an expert as they are, of %d', async (M) => {
    const experts = randomExperts(M, 4, 9).map((expert, row) => (row > M / 2 ? noExpert : expert));
    await rowsOf(caseOf(M, 18, 12, 4, { experts }), (row) => experts[row] !== noExpert);
    await rowsOf(caseOf(M, 18, 12, 4, { experts: Array(M).fill(noExpert) }), () => false);
  });
});

describe.each([3, 24, 100])('the bits of %d rows', (M) => {
  const [N, K, E] = [52, 600, 6];
  const gate = { kind: 'gelu', gated: true, branches: 2 } as const;
  const experts = randomExperts(M, E, 9);
  const places = experts.map((_, row) => row).sort((a, b) => (experts[a] ?? 0) - (experts[b] ?? 0) || a - b);

  it.each([{ gate }, { residualScale: 0.5 }])('are the same in every window: %o', async (wanted) => {
    const whole = await rowsOf(caseOf(M, N, K, E, wanted));
    const bounds = [0, 1, 2, Math.ceil(M / 3), M, M];
    for (const [i, first] of bounds.slice(0, -1).entries()) {
      const window = [first, bounds[i + 1] ?? M] as const;
      const inside = new Set(places.slice(...window));
      const rows = await rowsOf(caseOf(M, N, K, E, { ...wanted, window }), (row) => inside.has(row));
      for (const row of inside) expect(rows[row]).toEqual(whole[row]);
    }
  });

  it.each([{ gate }, { residualScale: 0.5 }])('are the same in every slot: %o', async (wanted) => {
    const whole = await rowsOf(caseOf(M, N, K, E, wanted));
    const weight = random([E * N, K], 2, 'matrix');
    const slots = [7, 0, 3, 6, 1, 4];
    const pool = new Float32Array(8 * N * K).fill(Number.NaN);
    slots.forEach((slot, e) => {
      pool.set(Array.from(weight.values).slice(e * N * K, (e + 1) * N * K), slot * N * K);
    });
    const moved = { shape: [8 * N, K], kind: 'matrix', values: pool } as const;
    expect(await rowsOf(caseOf(M, N, K, E, { ...wanted, weight: moved, slots }))).toEqual(whole);
    // All in turn in the same slot, as where there is only one.
    for (let e = 0; e < E; e++) {
      const inside = new Set(places.filter((row) => experts[row] === e));
      if (inside.size === 0) continue;
      const first = places.findIndex((row) => inside.has(row));
      const only = { ...weight, shape: [N, K], values: Array.from(weight.values).slice(e * N * K, (e + 1) * N * K) };
      const visit = { weight: only, slots: Array(E).fill(0), window: [first, first + inside.size] } as const;
      const rows = await rowsOf(caseOf(M, N, K, E, { ...wanted, ...visit }), (row) => inside.has(row));
      for (const row of inside) expect(rows[row]).toEqual(whole[row]);
    }
  });

  it('are the same whatever the other rows do', async () => {
    const whole = await rowsOf(caseOf(M, N, K, E, { gate }));
    for (const seed of [1, 2, 3]) {
      const others = randomExperts(M, E, seed).map((expert, row) =>
        row % 3 === 0 ? experts[row] : expert,
      ) as number[];
      const rows = await rowsOf(caseOf(M, N, K, E, { gate, experts: others }));
      rows.forEach((values, row) => {
        if (others[row] === experts[row]) expect(values).toEqual(whole[row]);
      });
    }
  });
});

describe.each([
  { bits: 4, block: 32, zeroPoint: true },
  { bits: 8, block: 0, zeroPoint: false },
] as const)('expertLinear with matrices of $bits bits', (layout) => {
  it.each([1, 3, 40])('multiplies %d rows', async (M) => {
    const [N, K, E] = [22, 160, 5];
    const weight = randomQuantised([E * N, K], layout, 2);
    const gate = { kind: 'silu', gated: true, branches: 1 } as const;
    await rowsOf(caseOf(M, N, K, E, { weight, gate }), undefined, 1e-10);
    await rowsOf(caseOf(M, N, K, E, { weight, residualScale: 2, window: [0, M] }), undefined, 1e-10);
    await rowsOf(caseOf(M, N, K, E, { weight, integerActivations: true }), undefined, eightBits);
  });
});

describe('the gradients of expertLinear on WebAssembly', () => {
  it.each(shapes)('agree with the twin for %d rows, matrices of %d × %d, %d experts', async (M, N, K, E) => {
    const { expert, places } = routing(randomExperts(M, E, 9), E);
    const gradient = random([M, N], 1);
    const weight = random([E * N, K], 2, 'matrix');
    for (const residual of [undefined, random([M, K], 3)]) {
      const inputs = { gradient, weight, expert, places, residual };
      await checkWasm(expertLinearInputGradient, { inputs, attributes: { residualScale: 0.7 } }, tolerance);
    }
    const sums = { gradient, x: random([M, K], 4), places, weightGradient: random([E * N, K], 5) };
    await checkWasm(expertLinearWeightGradient, { inputs: sums, attributes: {} }, tolerance);
  });

  it('sum over more rows than are packed at a time, and leave an expert without rows as it was', async () => {
    const [M, N, K, E] = [1300, 6, 5, 3];
    const { places } = routing(
      Array.from({ length: M }, (_, row) => (row % 13 === 0 ? 2 : 0)),
      E,
    );
    const weightGradient = random([E * N, K], 5);
    const inputs = { gradient: random([M, N], 1), x: random([M, K], 4), places, weightGradient };
    await checkWasm(expertLinearWeightGradient, { inputs, attributes: {} }, tolerance);
    const [sums] = await runWasm(expertLinearWeightGradient, { inputs, attributes: {} });
    const own = [...(sums?.gpu ?? [])].slice(N * K, 2 * N * K);
    expect(own).toEqual([...Float32Array.from(weightGradient.values)].slice(N * K, 2 * N * K));
  });
});
