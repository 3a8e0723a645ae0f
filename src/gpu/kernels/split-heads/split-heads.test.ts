import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../graph/graph';
import { checkGradients } from '../finite-differences';
import { checkParity, type Given, random } from '../parity';
import { splitHeadsGradient } from './gradient';
import type { SplitHeadsAttributes } from './shape';
import { splitHeads } from './split-heads';
import { ropeTurns, turnsState } from './turns';

/** A turn is two products and a sum, off by 2⁻²⁴ each; gelu's exponential by a few units in the last place. */
const tolerance = 1e-12;

interface Shape {
  readonly B: number;
  readonly T: number;
  readonly H: number;
  readonly G: number;
  readonly D: number;
  readonly R: number;
}

const shapes: Shape[] = [
  { B: 1, T: 1, H: 1, G: 1, D: 2, R: 0 },
  { B: 2, T: 5, H: 4, G: 2, D: 6, R: 3 },
  { B: 3, T: 7, H: 3, G: 1, D: 10, R: 0 },
  { B: 2, T: 16, H: 4, G: 4, D: 32, R: 20 },
  { B: 1, T: 3, H: 2, G: 1, D: 256, R: 1 },
];

function attributes({ T, H, G, D, R }: Shape, rotate: boolean): SplitHeadsAttributes {
  return { heads: H, groups: G, headSize: D, period: T, rotate, shortcut: R };
}

function turnsOf({ T, D }: Shape, rotate: boolean): Given | undefined {
  return rotate ? { shape: [T, D / 2, 2], values: ropeTurns(T, D, 10000) } : undefined;
}

function inputs(shape: Shape, separate: boolean, rotate: boolean): Record<string, Given | undefined> {
  const { B, T, H, G, D, R } = shape;
  return {
    projected: random([B * T, ((separate ? 0 : H) + 2 * G) * D + R], 1, 'state', 3),
    query: separate ? random([B * T, H * D], 2) : undefined,
    turns: turnsOf(shape, rotate),
  };
}

const forms = [
  { separate: false, rotate: true },
  { separate: true, rotate: true },
  { separate: false, rotate: false },
  { separate: true, rotate: false },
];

describe.each(forms)('with separate query $separate and rotation $rotate', ({ separate, rotate }) => {
  it.each(shapes)('splits $B·$T rows into $H/$G heads of $D and $R columns', async (shape) => {
    const test = { inputs: inputs(shape, separate, rotate), attributes: attributes(shape, rotate) };
    expect(await checkParity(splitHeads, test, tolerance)).toEqual(['naive', 'thread']);
  });

  it.each(shapes)('brings gradients of $B·$T rows of $H/$G heads of $D and $R columns back', async (shape) => {
    const { projected, turns } = inputs(shape, separate, rotate);
    const { B, T, H, G, D, R } = shape;
    const headsGradient = random([B * T, (H + 2 * G) * D], 3);
    const shortcutGradient = R > 0 ? random([B * T, R], 4) : undefined;
    const test = {
      inputs: { headsGradient, shortcutGradient, projected, turns },
      attributes: { ...attributes(shape, rotate), separateQuery: separate },
    };
    expect(await checkParity(splitHeadsGradient, test, tolerance)).toEqual(['naive', 'thread']);
    if (R === 0) return;
    for (const absent of ['headsGradient', 'shortcutGradient']) {
      const without = { ...test, inputs: { ...test.inputs, [absent]: undefined } };
      await checkParity(splitHeadsGradient, without, tolerance);
    }
  });

  it('has the gradient of central differences', () => {
    const shape = { B: 2, T: 3, H: 4, G: 2, D: 6, R: 5 };
    const given = inputs(shape, separate, rotate);
    const differentiate = separate ? ['projected', 'query'] : ['projected'];
    const test = { inputs: given, attributes: attributes(shape, rotate), differentiate };
    expect(checkGradients(splitHeads, test).sort()).toEqual(differentiate);
    expect(checkGradients(splitHeads, { ...test, outputs: ['heads'] }).sort()).toEqual(differentiate);
    expect(checkGradients(splitHeads, { ...test, outputs: ['shortcut'] }).sort()).toEqual(differentiate);
  });
});

it('stays finite where the exponential of gelu would overflow', async () => {
  const projected = { shape: [1, 8], values: [0, 0, 0, 0, 0, 0, -90, 90] };
  const sizes = { heads: 1, groups: 1, headSize: 2, period: 1, rotate: false, shortcut: 2 };
  await checkParity(splitHeads, { inputs: { projected }, attributes: sizes }, tolerance);
  const given = { projected, shortcutGradient: random([1, 2], 1), headsGradient: random([1, 6], 2) };
  const backwards = { inputs: given, attributes: { ...sizes, separateQuery: false } };
  await checkParity(splitHeadsGradient, backwards, tolerance);
});

it('shares one table of turns between layers', () => {
  const builder = new GraphBuilder();
  const turns = turnsState(builder, 4, 6, 10000);
  expect(turnsState(builder, 4, 6, 10000)).toBe(turns);
  expect(turns.name).toBe('turns.6.10000.4');
  expect(turns.shape).toEqual([4, 3, 2]);
  const [cos, sin] = [turns.initial?.[(3 * 3 + 1) * 2], turns.initial?.[(3 * 3 + 1) * 2 + 1]];
  expect(cos).toBeCloseTo(Math.cos(3 / 10000 ** (1 / 3)), 6);
  expect(sin).toBeCloseTo(Math.sin(3 / 10000 ** (1 / 3)), 6);
});

it.each([
  [{ G: 3 }, '4 query heads cannot share 3 KV heads'],
  [{ D: 5 }, 'a head of 5 is not even'],
  [{ R: 1 }, 'projected [10, 48] must have 49 columns'],
  [{ T: 4 }, 'projected has 10 rows, not a multiple of the 4 tokens'],
] as const)('refuses %o', async (change, sentence) => {
  const shape: Shape = { B: 2, T: 5, H: 4, G: 2, D: 6, R: 0 };
  const test = { inputs: inputs(shape, false, true), attributes: attributes({ ...shape, ...change }, true) };
  await expect(checkParity(splitHeads, test, tolerance)).rejects.toThrow(sentence);
});

it('refuses to turn without a table', async () => {
  const shape: Shape = { B: 1, T: 2, H: 1, G: 1, D: 2, R: 0 };
  const test = { inputs: inputs(shape, false, false), attributes: attributes(shape, true) };
  await expect(checkParity(splitHeads, test, tolerance)).rejects.toThrow('need the table of turns');
});
