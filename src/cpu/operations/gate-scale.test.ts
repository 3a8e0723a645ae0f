import { describe, expect, it } from 'vitest';
import { noExpert } from '../../gpu/kernels/assign-experts/shape';
import { gateScale } from '../../gpu/kernels/gate-scale/gate-scale';
import { gateScaleGradient } from '../../gpu/kernels/gate-scale/gradient';
import { type Given, nmse, random } from '../../gpu/kernels/parity';
import { randomExperts, routing } from '../../gpu/kernels/routing-case';
import { checkWasm, runWasm } from '../parity';

/** Bound on the NMSE: the exponential is off by 2 units in the last place, the rest rounds at 2⁻²⁴ a few times: squared 1e-13. */
const tolerance = 1e-12;

/** Sums of F products with random signs, and differences of shares: a hundred times more. */
const gradientTolerance = 1e-10;

const shapes: [number, number, number][] = [
  [1, 1, 1],
  [1, 176, 16],
  [2, 5, 2],
  [7, 9, 3],
  [130, 23, 5],
  [301, 64, 64],
];

function caseOf(M: number, F: number, E: number, experts: readonly number[] = randomExperts(M, E, 9)) {
  const lossWeight: Given = { shape: [4], values: [1 / (2 * M), 0, 0, 0] };
  return { h: random([M, F], 1), scores: random([M, E], 2, 'state', 4), ...routing(experts, E), lossWeight };
}

describe('gateScale on WebAssembly', () => {
  it.each(shapes)('scales %d rows of %d by the share of one of %d experts', async (M, F, E) => {
    await checkWasm(gateScale, { inputs: caseOf(M, F, E), attributes: { coefficient: 0 } }, tolerance);
  });

  it('leaves rows without an expert as they are', async () => {
    const inputs = caseOf(10, 6, 4, [0, 3, noExpert, 2, 2, 1, 0, noExpert, noExpert, noExpert]);
    const [out] = await runWasm(gateScale, { inputs, attributes: { coefficient: 0 } });
    const rows = (values: ArrayLike<number>, wanted: readonly number[]) =>
      wanted.flatMap((row) => Array.from(values).slice(row * 6, (row + 1) * 6));
    const [counted, others] = [
      [0, 1, 3, 4, 5, 6],
      [2, 7, 8, 9],
    ] as const;
    expect(nmse(rows(out?.gpu ?? [], counted), rows(out?.twin ?? [], counted))).toBeLessThan(tolerance);
    // What the outputs of a test hold before.
    expect(rows(out?.gpu ?? [], others)).toEqual(Array(24).fill(7));
  });

  it('keeps shares of far scores finite', async () => {
    const scores: Given = { shape: [3, 3], values: [500, -500, 0, -1e30, 1e30, 0, 90, 90, 90] };
    const inputs = { ...caseOf(3, 5, 3, [0, 1, 2]), scores };
    await checkWasm(gateScale, { inputs, attributes: { coefficient: 0 } }, tolerance);
  });
});

describe('the gradient of gateScale on WebAssembly', () => {
  it.each(shapes)('agrees with the twin for %d rows of %d, %d experts', async (M, F, E) => {
    const inputs = { ...caseOf(M, F, E), gradient: random([M, F], 3) };
    for (const coefficient of [0, 0.01, 30]) {
      await checkWasm(gateScaleGradient, { inputs, attributes: { coefficient } }, gradientTolerance);
    }
    const { lossWeight: _, ...without } = inputs;
    await checkWasm(gateScaleGradient, { inputs: without, attributes: { coefficient: 0 } }, gradientTolerance);
  });

  it('is the load-balancing loss alone where nothing else comes down', async () => {
    const gradient: Given = { shape: [40, 8], values: new Float32Array(320) };
    const inputs = { ...caseOf(40, 8, 5), gradient };
    await checkWasm(gateScaleGradient, { inputs, attributes: { coefficient: 0.01 } }, gradientTolerance);
  });

  it('is 0 for rows without an expert', async () => {
    const experts = [0, 3, noExpert, 2, 2, 1, 0, noExpert, noExpert, noExpert];
    const inputs = { ...caseOf(10, 6, 4, experts), gradient: random([10, 6], 3) };
    await checkWasm(gateScaleGradient, { inputs, attributes: { coefficient: 0.5 } }, gradientTolerance);
  });
});
