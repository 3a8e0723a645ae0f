import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blocksOfRow,
  dequantise,
  middle,
  paddedColumns,
  type QuantisedMatrix,
  rowBytes,
  stackQuantised,
} from '../graph/quantised';
import { pack, QuantisationError, quantise, roundHalfToEven } from './quantise';
import { type SchemeId, schemeIds, schemes } from './schemes';

const anyScheme = fc.constantFrom(...schemeIds);
const shape = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 200 }));
// Below 1e-30 a scale has no 16 bits of mantissa any more.
const weight = fc
  .float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 })
  .map((value) => (Math.abs(value) < 1e-30 ? 0 : value));
const matrix = shape.chain(([N, K]) =>
  fc.record({
    N: fc.constant(N),
    K: fc.constant(K),
    values: fc.array(weight, { minLength: N * K, maxLength: N * K }).map((values) => Float32Array.from(values)),
  }),
);

const make = ({ N, K, values }: { N: number; K: number; values: Float32Array }, id: SchemeId) =>
  quantise(values, [N, K], schemes[id], 'w');

describe('a quantised matrix', () => {
  it('gives back every integer that was packed, whatever the shape', () => {
    const packed = fc.record({
      bits: fc.constantFrom<(4 | 8)[]>(4, 8),
      N: fc.integer({ min: 1, max: 4 }),
      K: fc.integer({ min: 1, max: 140 }),
      block: fc.constantFrom(0, 32, 64, 128),
      seed: fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
    });
    fc.assert(
      fc.property(packed, ({ bits, N, K, block, seed }) => {
        const layout = { bits, N, K, block: block || K };
        const padded = paddedColumns(layout);
        expect(padded % 32).toBe(0);
        const bytes = new Uint8Array(N * rowBytes(layout));
        const rows = Array.from({ length: N }, () =>
          Uint8Array.from({ length: padded }, () => (seed.next().value ?? 0) & (2 ** bits - 1)),
        );
        rows.forEach((row, n) => {
          pack(row, bits, bytes, n * rowBytes(layout));
        });
        const scales = new Float32Array(N * blocksOfRow(layout)).fill(1);
        const back = dequantise({ ...layout, packed: bytes, scales, zeros: null });
        expect([...back]).toEqual(rows.flatMap((row) => [...row.subarray(0, K)].map((q) => q - middle(bits))));
      }),
    );
  });

  it('differs from the weights by at most half a step', () => {
    fc.assert(
      fc.property(matrix, anyScheme, (given, id) => {
        const quantised = make(given, id);
        const back = dequantise(quantised);
        const { K, block, scales } = quantised;
        back.forEach((value, i) => {
          const scale = scales[Math.floor(i / K) * blocksOfRow(quantised) + Math.floor((i % K) / block)] ?? 0;
          expect(Math.abs(value - (given.values[i] ?? 0))).toBeLessThanOrEqual(scale * 0.5001);
        });
      }),
    );
  });

  it('is the same when it is made of what it stands for', () => {
    const symmetric = fc.constantFrom(...schemeIds.filter((id) => !schemes[id].zeroPoint));
    fc.assert(
      fc.property(matrix, symmetric, (given, id) => {
        const once = make(given, id);
        expect(make({ ...given, values: dequantise(once) }, id)).toEqual(once);
      }),
    );
  });

  it('holds its zero point past the last column', () => {
    fc.assert(
      fc.property(matrix, anyScheme, (given, id) => {
        const quantised = make(given, id);
        const wide: QuantisedMatrix = { ...quantised, K: paddedColumns(quantised), block: quantised.block };
        if (quantised.block === quantised.K) return;
        const back = dequantise(wide);
        for (let n = 0; n < wide.N; n++) {
          const past = back.subarray(n * wide.K + quantised.K, (n + 1) * wide.K);
          expect(past.every((value) => value === 0)).toBe(true);
        }
      }),
    );
  });
});

describe('quantise', () => {
  it.each(schemeIds)('gives zeros back as zeros (%s)', (id) => {
    for (const K of [1, 32, 96, 176]) {
      const back = dequantise(make({ N: 3, K, values: new Float32Array(3 * K) }, id));
      expect(back.every((value) => Object.is(value, 0) || Object.is(value, -0))).toBe(true);
    }
  });

  it('follows GLM-130B: the scale of a row is its largest weight over 7, and integers lie in −7 to 7', () => {
    const values = Float32Array.from([3.5, -1.75, 0.25, 0.2, 0, 0.75, -3.5, 1]);
    const { scales, packed, zeros } = quantise(values, [1, 8], schemes['int4-row'], 'w');
    expect([...scales]).toEqual([0.5]);
    expect(zeros).toBeNull();
    // 3.5/.5 = 7, −3.5 → −4 (even), 0.5 → 0 (even), 0.4 → 0, 0, 1.5 → 2 (even), −7, 2; each stored 8 higher.
    expect([...packed.subarray(0, 4)]).toEqual([0x4f, 0x88, 0xa8, 0xa1]);
    expect(quantise(values, [1, 8], schemes['int8-row'], 'w').scales[0]).toBeCloseTo(3.5 / 127, 6);
  });

  it('spends the levels of a zero point between the smallest and the largest weight', () => {
    const values = Float32Array.from({ length: 15 }, (_, i) => (i - 2) / 4);
    const quantised = quantise(values, [1, 15], schemes['int4-row-zero'], 'w');
    expect([...quantised.scales]).toEqual([0.25]);
    expect([...(quantised.zeros ?? [])]).toEqual([2]);
    expect(dequantise(quantised)).toEqual(values);
  });

  it.each([[[5, 6, 7]], [[-5, -6, -7]]])(
    'keeps the zero point in range where all weights of a row have one sign (%j)',
    (row) => {
      const values = Float32Array.from(row);
      const { scales, ...rest } = quantise(values, [1, 3], schemes['int4-row-zero'], 'w');
      dequantise({ scales, ...rest }).forEach((value, i) => {
        expect(Math.abs(value - (values[i] ?? 0))).toBeLessThanOrEqual((scales[0] ?? 0) * 0.5001);
      });
    },
  );

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %d and says where it is',
    (bad) => {
      const values = new Float32Array(64).fill(1);
      values[37] = bad;
      expect(() => quantise(values, [2, 32], schemes['int4-32'], 'model.norm.weight')).toThrow(
        new QuantisationError(
          `model.norm.weight holds ${bad} in row 1, column 5 (element 37): only finite weights can be quantised.`,
        ),
      );
    },
  );

  it('refuses what is no matrix', () => {
    expect(() => quantise(new Float32Array(8), [8], schemes['int8-row'], 'model.norm.weight')).toThrow(
      'model.norm.weight has shape [8] and 8 numbers: only a matrix [rows, columns] can be quantised.',
    );
    expect(() => quantise(new Float32Array(7), [2, 4], schemes['int8-row'], 'w')).toThrow('shape [2, 4] and 7 numbers');
  });

  it('rounds as torch does', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49, -0.51].map(roundHalfToEven).map((x) => x + 0)).toEqual([
      0, 2, 2, 0, -2, -2, 0, -1,
    ]);
  });
});

describe('stackQuantised', () => {
  it('lays matrices one under the other, and fills in zero points where only some have them', () => {
    const part = (N: number, id: SchemeId) =>
      make({ N, K: 96, values: Float32Array.from({ length: N * 96 }, (_, i) => Math.sin(i * N)) }, id);
    const parts = [part(2, 'int4-32'), part(3, 'int4-32-zero'), part(1, 'int4-32')];
    const whole = stackQuantised(parts);
    expect(whole && dequantise(whole)).toEqual(Float32Array.from(parts.flatMap((one) => [...dequantise(one)])));
    expect(stackQuantised([part(2, 'int4-32'), part(2, 'int8-32')])).toBeNull();
    expect(stackQuantised([part(2, 'int4-32'), part(2, 'int4-64')])).toBeNull();
  });
});
