import { describe, expect, it } from 'vitest';
import { checkGradients } from '../finite-differences';
import { checkParity, type Given, random, runVariants } from '../parity';
import { embed } from './embed';
import { embedGradient } from './gradient';
import { orderName, orderOf } from './order';

/** Runs of up to 40 numbers are summed in f32: errors of about √40 · 2⁻²⁴ relative, squared 1.5e-13. */
const tolerance = 1e-12;

const V = 23;

function words(values: ArrayLike<number>): Given {
  return { shape: [values.length], values, element: 'u32' };
}

/** Every third id is the same one, as spaces are in text. */
function idsOf(M: number): Uint32Array {
  return Uint32Array.from({ length: M }, (_, row) => (row % 3 === 0 ? 4 : (7 * row + 3) % V));
}

function inputsOf(M: number, C: number, period: number, prompt: number) {
  const ids = idsOf(M);
  return {
    gradient: random([M, C], 1),
    table: { ids: words(ids), order: words(orderOf(ids)), tableGradient: random([V, C], 2) },
    positions: { positionsGradient: random([period + 2, C], 3) },
    prompt: prompt > 0 ? { promptGradient: random([prompt, C], 4) } : {},
  };
}

describe('embedGradient', () => {
  it.each([
    [1, 1, 1, 0],
    [6, 8, 3, 0],
    [35, 7, 7, 3],
    [40, 20, 8, 2],
    [120, 12, 60, 0],
    [66, 64, 11, 4],
  ])('agrees with the twin for %d rows of %d in sequences of %d, prompt %d', async (M, C, period, prompt) => {
    const { gradient, table, positions, prompt: soft } = inputsOf(M, C, period, prompt);
    const variants = C % 4 === 0 ? ['naive', 'vector-thread'] : ['naive'];
    const attributes = { period, prompt, scale: 0.25 };
    for (const inputs of [
      { gradient, ...table },
      { gradient, ...positions },
      { gradient, ...soft },
      { gradient, ...table, ...positions, ...soft },
    ]) {
      if (Object.keys(inputs).length === 1) continue;
      expect(await checkParity(embedGradient, { inputs, attributes }, tolerance)).toEqual(variants);
    }
  });

  it('adds the gradient of an id past the vocabulary to the last row', async () => {
    const ids = Uint32Array.of(0xffffffff, 2, V, V - 1, 0xffffffff);
    const { gradient, table } = inputsOf(5, 8, 5, 0);
    const inputs = { gradient, ...table, ids: words(ids), order: words(orderOf(ids)) };
    const attributes = { period: 5, prompt: 0, scale: 1 };
    expect(await checkParity(embedGradient, { inputs, attributes }, tolerance)).toHaveLength(2);
  });

  it('gives the same bits twice', async () => {
    const { gradient, table, positions } = inputsOf(120, 12, 60, 0);
    const test = { inputs: { gradient, ...table, ...positions }, attributes: { period: 60, prompt: 0, scale: 1 } };
    const first = await runVariants(embedGradient, test);
    const second = await runVariants(embedGradient, test);
    expect(second.map(({ gpu }) => gpu)).toEqual(first.map(({ gpu }) => gpu));
  });

  it('refuses sequences longer than the table of positions', async () => {
    const inputs = { gradient: random([8, 4], 1), positionsGradient: random([3, 4], 2) };
    const test = { inputs, attributes: { period: 4, prompt: 0, scale: 1 } };
    await expect(checkParity(embedGradient, test, tolerance)).rejects.toThrow('sequences of 4 tokens do not fit');
  });
});

describe('the reverse rule of embed', () => {
  const M = 12;
  const ids = idsOf(M);
  const cursor = words([0, M, 0, 0]);
  const prepared = { [orderName({ name: 'ids' } as never)]: orderOf(ids) };
  const table = random([V, 5], 1, 'matrix');
  const positions = random([8, 5], 2, 'matrix');
  const prompt = random([2, 5], 3, 'vector');

  it('agrees with finite differences', () => {
    const inputs = { ids: words(ids), table, positions, prompt, cursor };
    const test = { inputs, attributes: { tokens: M, period: 6 }, prepared };
    expect(checkGradients(embed, test).sort()).toEqual(['positions', 'prompt', 'table']);
  });

  it('shrinks the gradient of the table alone', () => {
    const inputs = { ids: words(ids), positions, table, cursor };
    const attributes = { tokens: M, period: 6, gradientScale: 0.1 };
    expect(checkGradients(embed, { inputs, attributes, frozen: ['table'] })).toEqual(['positions']);
    let message = '';
    try {
      checkGradients(embed, { inputs, attributes, frozen: ['positions'], prepared });
    } catch (error) {
      message = String(error);
    }
    const [, own, expected] = /gradient of table.* is (\S+), central differences give (\S+)/.exec(message) ?? [];
    expect(Number(own) / Number(expected)).toBeCloseTo(0.1, 6);
  });

  it('leaves frozen tables alone and still knows the prompt', () => {
    const inputs = { ids: words(ids), table, prompt, cursor };
    const attributes = { tokens: M, period: 4 };
    expect(checkGradients(embed, { inputs, attributes, frozen: ['table'] })).toEqual(['prompt']);
    expect(checkGradients(embed, { inputs, attributes, frozen: ['prompt'], prepared })).toEqual(['table']);
  });
});

describe('orderOf', () => {
  it('sorts rows by id, ties by row', () => {
    expect([...orderOf(Uint32Array.of(3, 0xffffffff, 0, 3, 0))]).toEqual([2, 4, 0, 3, 1]);
  });
});
