import { describe, it } from 'vitest';
import { embed } from '../../gpu/kernels/embed/embed';
import { embedGradient } from '../../gpu/kernels/embed/gradient';
import { orderOf } from '../../gpu/kernels/embed/order';
import { type Given, random } from '../../gpu/kernels/parity';
import { checkWasm } from '../parity';

/** One sum of two exactly stored numbers: at most one rounding of 2⁻²⁴, squared 3.6e-15. */
const tolerance = 1e-14;

/** Runs of up to 260 numbers are summed in f32: errors of about √260 · 2⁻²⁴ relative, squared 1e-12. */
const gradientTolerance = 1e-11;

const V = 23;
const S = 11;

function words(values: ArrayLike<number>): Given {
  return { shape: [values.length], values, element: 'u32' };
}

/** Every third id is the same one, as spaces are in text. */
function idsOf(M: number): Uint32Array {
  return Uint32Array.from({ length: M }, (_, row) => (row % 3 === 0 ? 4 : (7 * row + 3) % V));
}

describe('embed on WebAssembly', () => {
  it.each([
    [1, 1, 1, 0, 0],
    [1, 8, 1, 5, 0],
    [3, 7, 3, 2, 2],
    [13, 33, 13, 4, 1],
    [20, 7, 5, 1, 2],
    [12, 16, 6, 0, 6],
    [768, 131, 96, 0, 0],
  ])('takes %d rows of %d in sequences of %d from position %d on, prompt %d', async (M, C, period, position, P) => {
    const cursor = words([position, M, 0, 0]);
    const tokens = { ids: words(idsOf(M)), table: random([V, C], 1, 'matrix') };
    const positions = random([S, C], 2, 'matrix');
    const prompt = P > 0 ? random([P, C], 3, 'vector') : undefined;
    for (const inputs of [
      { cursor, ...tokens, prompt },
      { cursor, positions },
      { cursor, ...tokens, positions, prompt },
    ]) {
      await checkWasm(embed, { inputs, attributes: { tokens: M, period } }, tolerance);
    }
  });

  it('reads the last row for an id past the vocabulary', async () => {
    const inputs = { ids: words([V, 0xffffffff]), table: random([V, 16], 1, 'matrix'), cursor: words([0, 2, 0, 0]) };
    await checkWasm(embed, { inputs, attributes: { tokens: 2 } }, tolerance);
  });
});

describe('embedGradient on WebAssembly', () => {
  it.each([
    [1, 1, 1, 0],
    [6, 8, 3, 0],
    [35, 7, 7, 3],
    [40, 20, 8, 2],
    [120, 13, 60, 0],
    [66, 67, 11, 4],
    [768, 128, 96, 0],
  ])('agrees with the twin for %d rows of %d in sequences of %d, prompt %d', async (M, C, period, prompt) => {
    const ids = idsOf(M);
    const gradient = random([M, C], 1);
    const table = { ids: words(ids), order: words(orderOf(ids)), tableGradient: random([V, C], 2) };
    const positions = { positionsGradient: random([period + 2, C], 3) };
    const soft = prompt > 0 ? { promptGradient: random([prompt, C], 4) } : undefined;
    const attributes = { period, prompt, scale: 0.25 };
    for (const tables of [table, positions, ...(soft ? [soft] : []), { ...table, ...positions, ...soft }]) {
      await checkWasm(embedGradient, { inputs: { gradient, ...tables }, attributes }, gradientTolerance);
    }
  });

  it('adds the gradient of an id past the vocabulary to the last row', async () => {
    const ids = Uint32Array.of(0xffffffff, 2, V, V - 1, 0xffffffff);
    const table = { ids: words(ids), order: words(orderOf(ids)), tableGradient: random([V, 8], 2) };
    const attributes = { period: 5, prompt: 0, scale: 1 };
    await checkWasm(
      embedGradient,
      { inputs: { gradient: random([5, 8], 1), ...table }, attributes },
      gradientTolerance,
    );
  });
});
