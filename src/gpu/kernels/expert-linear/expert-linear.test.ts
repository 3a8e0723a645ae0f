import { describe, expect, it } from 'vitest';
import { checkGradients } from '../finite-differences';
import type { LinearActivation } from '../linear/shape';
import { type Comparison, checkParity, type Given, random, runVariants } from '../parity';
import { randomExperts, routing } from '../routing-case';
import { expertLinear } from './expert-linear';
import type { ExpertLinearAttributes } from './shape';

/** Of the NMSE: sums of K ≤ 300 products in f32, as in linear.test.ts. */
const tolerance = 1e-11;

const all = ['naive', 'matmul-thread', 'matmul-group'];

interface Wanted {
  readonly left?: number;
  readonly residual?: boolean;
  /** Where the matrix of each expert lies; in their order unless given. */
  readonly slots?: readonly number[];
  readonly pool?: number;
  readonly window?: readonly [number, number];
  readonly gate?: { readonly kind: LinearActivation; readonly gated: boolean; readonly branches: number };
  readonly half?: boolean;
  readonly experts?: readonly number[];
  /** Row r stands where row order[r] would. */
  readonly order?: readonly number[];
}

function testOf(M: number, N: number, K: number, E: number, wanted: Wanted = {}) {
  const { left = 0, residual, slots, pool = E, window, gate, half = false } = wanted;
  const { order = Array.from({ length: M }, (_, row) => row), experts = randomExperts(M, E, 9, left) } = wanted;
  const columns = gate?.gated ? N / 2 : N;
  const series = gate && gate.branches > 1;
  const vector = (seed: number): Given | undefined =>
    series ? random([gate.branches, columns], seed, 'vector') : undefined;
  const attributes: ExpertLinearAttributes = { rowsPerExpert: N, residualScale: residual ? -0.75 : undefined, gate };
  return {
    inputs: {
      x: reordered(random([M, K], 1), order),
      weight: inSlots(random([E * N, K], 2, 'matrix', 0.3), N, slots, pool),
      ...routing(
        order.map((row) => experts[row] as number),
        E,
      ),
      slots: slots && { shape: [E], values: slots, element: 'u32' as const },
      window: window && { shape: [4], values: [...window, 0, 0], element: 'u32' as const },
      residual: residual ? reordered(random([M, columns], 3), order) : undefined,
      scale: vector(4),
      offset: vector(5),
    },
    attributes,
    half,
  };
}

function reordered(given: Given, order: readonly number[]): Given {
  const width = given.shape[1] as number;
  const values = Array.from(given.values);
  return { ...given, values: order.flatMap((row) => values.slice(row * width, (row + 1) * width)) };
}

/** The matrices of a weight in a pool of slots; those that nobody uses hold 7. */
function inSlots(weight: Given, N: number, slots: readonly number[] | undefined, pool: number): Given {
  if (!slots) return weight;
  const [, K = 0] = weight.shape;
  const size = N * K;
  const values = new Float32Array(pool * size).fill(7);
  slots.forEach((slot, e) => {
    values.set(Array.from(weight.values).slice(e * size, (e + 1) * size), slot * size);
  });
  return { ...weight, shape: [pool * N, K], values };
}

function check(M: number, N: number, K: number, E: number, wanted: Wanted = {}): Promise<string[]> {
  return checkParity(expertLinear, testOf(M, N, K, E, wanted), tolerance);
}

async function outputs(M: number, N: number, K: number, E: number, wanted: Wanted): Promise<Comparison[]> {
  return runVariants(expertLinear, testOf(M, N, K, E, wanted));
}

const gates: readonly (readonly [string, NonNullable<Wanted['gate']>])[] = [
  ['SwiGLU', { kind: 'silu', gated: true, branches: 1 }],
  ['GELU', { kind: 'gelu', gated: false, branches: 1 }],
  ['a series of two SwiGLU branches', { kind: 'silu', gated: true, branches: 2 }],
  ['a series of three ReLU branches', { kind: 'relu', gated: false, branches: 3 }],
];

describe('expertLinear', () => {
  it.each([
    [2, 3, 4, 2],
    [5, 16, 8, 3],
    [67, 20, 36, 4],
    [130, 37, 100, 5],
    [200, 96, 64, 16],
    [40, 8, 12, 1],
    [70, 12, 8, 64],
    [9, 5, 300, 2],
  ])('multiplies %d rows with their matrix of %d × %d, of %d experts', async (M, N, K, E) => {
    for (const half of [false, true]) expect(await check(M, N, K, E, { half })).toEqual(all);
  });

  it('takes rows of any length in the naive kernel', async () => {
    for (const half of [false, true]) expect(await check(11, 6, 7, 3, { half, residual: true })).toEqual(['naive']);
  });

  it.each(gates)('applies %s', async (_, gate) => {
    for (const half of [false, true]) expect(await check(45, 36, 32, 3, { gate, half })).toEqual(all);
    expect(await check(45, 38, 32, 3, { gate })).toEqual(all);
  });

  it('adds a scaled residual, and leaves rows without an expert alone', async () => {
    expect(await check(50, 24, 16, 4, { residual: true, left: 7 })).toEqual(all);
    expect(await check(50, 24, 16, 4, { left: 50 })).toEqual(all);
  });

  it('finds matrices in slots, and computes the rows of a window alone', async () => {
    const slots = [3, 0, 6, 2];
    for (const half of [false, true]) {
      expect(await check(60, 24, 16, 4, { slots, pool: 7, half, residual: true })).toEqual(all);
      const gate = { kind: 'silu' as const, gated: true, branches: 2 };
      expect(await check(60, 24, 16, 4, { slots, pool: 7, half, gate, window: [5, 41] })).toEqual(all);
    }
    for (const window of [
      [0, 60],
      [20, 21],
      [30, 30],
      [50, 99],
    ] as const) {
      expect(await check(60, 24, 16, 4, { window, left: 6 })).toEqual(all);
    }
  });

  it.each([
    ['for one token', 1],
    ['for many rows', 75],
  ])('gives a row the same bits in every slot %s', async (_, M) => {
    for (const half of [false, true]) {
      const gate = { kind: 'gelu' as const, gated: true, branches: 2 };
      const [own, moved] = [
        await outputs(M, 40, 64, 4, { half, gate }),
        await outputs(M, 40, 64, 4, { half, gate, slots: [5, 2, 0, 3], pool: 6 }),
      ];
      expect(own.length).toBe(3);
      expect(moved.map(({ gpu }) => gpu)).toEqual(own.map(({ gpu }) => gpu));
    }
  });

  it('gives a row the same bits in every window, and wherever it stands among others', async () => {
    const M = 75;
    const columns = 40;
    const experts = randomExperts(M, 4, 9);
    const whole = await outputs(M, columns, 64, 4, { experts, residual: true });
    const windows = [
      [0, 13],
      [13, 14],
      [14, 60],
      [60, 75],
    ] as const;
    const parts = await Promise.all(
      windows.map((window) => outputs(M, columns, 64, 4, { experts, residual: true, window })),
    );
    const order = Array.from({ length: M }, (_, row) => M - 1 - row);
    const turned = await outputs(M, columns, 64, 4, { experts, residual: true, order });
    // Every third row alone, the others without an expert.
    const sparse = experts.map((e, row) => (row % 3 === 0 ? e : 0xffff_ffff));
    const alone = await outputs(M, columns, 64, 4, { experts: sparse, residual: true });
    whole.forEach(({ gpu, variant }, index) => {
      const rowOf = (values: ArrayLike<number> | undefined, row: number) =>
        Array.from(values ?? []).slice(row * columns, (row + 1) * columns);
      for (let row = 0; row < M; row++) {
        const own = rowOf(gpu, row);
        // A window leaves the other rows at zero, where memory starts.
        const windowed = parts.map((part) => rowOf(part[index]?.gpu, row)).filter((values) => values.some(Boolean));
        expect(windowed, variant).toEqual([own]);
        expect(rowOf(turned[index]?.gpu, M - 1 - row), variant).toEqual(own);
        expect(rowOf(alone[index]?.gpu, row), variant).toEqual(row % 3 === 0 ? own : Array(columns).fill(0));
      }
    });
    expect(whole.length).toBe(all.length);
  });
});

describe('expertLinear for one token', () => {
  const token = ['naive', 'matvec-thread', 'matvec-group'];

  it.each([
    [3, 8, 2],
    [20, 40, 4],
    [37, 264, 64],
    [130, 1024, 3],
  ])('multiplies it with a matrix of %d × %d, of %d experts', async (N, K, E) => {
    for (const half of [false, true]) {
      for (const e of [0, E - 1]) {
        expect(await check(1, N, K, E, { half, experts: [e] })).toEqual(token);
        expect(await check(1, N, K, E, { half, experts: [e], residual: true })).toEqual(token);
      }
    }
  });

  it.each(gates)('applies %s', async (_, gate) => {
    for (const half of [false, true]) {
      expect(await check(1, 36, 32, 3, { gate, half, experts: [2] })).toEqual(token);
      expect(await check(1, 38, 264, 3, { gate, half, experts: [1], slots: [4, 1, 0], pool: 5 })).toEqual(token);
    }
  });

  it('computes nothing outside of the window, and nothing without an expert', async () => {
    for (const window of [
      [0, 1],
      [0, 0],
      [1, 2],
    ] as const) {
      expect(await check(1, 12, 16, 2, { window, experts: [1] })).toEqual(token);
    }
    expect(await check(1, 12, 16, 2, { left: 1 })).toEqual(token);
  });
});

describe('the gradient of expertLinear', () => {
  const { inputs } = testOf(13, 5, 4, 3, { residual: true });
  const attributes: ExpertLinearAttributes = { rowsPerExpert: 5, residualScale: -1.5 };

  it('reaches x, the matrices of all experts and a scaled residual', () => {
    const compared = checkGradients(expertLinear, { inputs, attributes, differentiate: ['x', 'residual'] });
    expect(compared.sort()).toEqual(['residual', 'weight', 'x']);
  });

  it('leaves out matrices that are frozen, and an input that nothing learns from', () => {
    const frozen = { inputs, attributes, differentiate: ['x'], frozen: ['weight'] };
    expect(checkGradients(expertLinear, frozen)).toEqual(['x']);
    expect(checkGradients(expertLinear, { inputs, attributes })).toEqual(['weight']);
  });

  it('is refused for a gate and for slots', () => {
    const gate = { kind: 'silu', gated: false, branches: 1 } as const;
    const without = { ...inputs, residual: undefined };
    expect(() => checkGradients(expertLinear, { inputs: without, attributes: { rowsPerExpert: 5, gate } })).toThrow(
      /with a gate has no gradient/,
    );
    const slots: Given = { shape: [3], values: [0, 1, 2], element: 'u32' };
    expect(() => checkGradients(expertLinear, { inputs: { ...inputs, slots }, attributes })).toThrow(
      /experts in slots/,
    );
  });
});

describe('the shape rule of expertLinear', () => {
  it('says what does not fit', async () => {
    const { inputs, attributes } = testOf(6, 4, 4, 2);
    const refused = (changed: Record<string, Given>, more: Partial<ExpertLinearAttributes> = {}) =>
      expect(runVariants(expertLinear, { inputs: { ...inputs, ...changed }, attributes: { ...attributes, ...more } }))
        .rejects;
    await refused({ weight: random([9, 4], 1, 'matrix') }).toThrow(
      'weight has 9 rows: no whole number of matrices of 4 rows.',
    );
    await refused({ weight: random([12, 4], 1, 'matrix') }).toThrow('2 experts of 4 rows need 8, or a slot table.');
    await refused({ weight: random([8, 5], 1, 'matrix') }).toThrow(/as many columns as x has/);
    await refused({ residual: random([6, 3], 1) }).toThrow(/the shape of the output/);
    const gate = { kind: 'silu', gated: false, branches: 1 } as const;
    await refused({ residual: random([6, 4], 1) }, { gate }).toThrow(/takes no residual/);
    await refused({ scale: random([2, 4], 1, 'vector') }, { gate: { ...gate, branches: 2 } }).toThrow(/come together/);
  });
});
