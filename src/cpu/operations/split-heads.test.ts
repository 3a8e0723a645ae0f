import { describe, it } from 'vitest';
import { type Given, random } from '../../gpu/kernels/parity';
import { splitHeadsGradient } from '../../gpu/kernels/split-heads/gradient';
import { splitHeads } from '../../gpu/kernels/split-heads/split-heads';
import { ropeTurns } from '../../gpu/kernels/split-heads/turns';
import { checkWasm } from '../parity';

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
  { B: 8, T: 64, H: 8, G: 4, D: 16, R: 33 },
];

function attributesOf({ T, H, G, D, R }: Shape, rotate: boolean) {
  return { heads: H, groups: G, headSize: D, period: T, rotate, shortcut: R };
}

function projectedOf({ B, T, H, G, D, R }: Shape, separate: boolean): Given {
  return random([B * T, ((separate ? 0 : H) + 2 * G) * D + R], 1, 'state', 3);
}

function turnsOf({ T, D }: Shape): Given {
  return { shape: [T, D / 2, 2], values: ropeTurns(T, D, 10000) };
}

const forms = [
  { separate: false, rotate: true },
  { separate: true, rotate: true },
  { separate: false, rotate: false },
  { separate: true, rotate: false },
];

describe.each(forms)('on WebAssembly, separate query $separate, rotation $rotate', ({ separate, rotate }) => {
  it.each(shapes)('splitHeads takes $B·$T rows of $H/$G heads of $D and $R columns', async (shape) => {
    const { B, T, H, D } = shape;
    const inputs = {
      projected: projectedOf(shape, separate),
      query: separate ? random([B * T, H * D], 2) : undefined,
      turns: turnsOf(shape),
    };
    await checkWasm(splitHeads, { inputs, attributes: attributesOf(shape, rotate) }, tolerance);
  });

  it.each(shapes)('splitHeadsGradient brings $B·$T rows of $H/$G heads of $D and $R columns back', async (shape) => {
    const { B, T, H, G, D, R } = shape;
    const given = { projected: projectedOf(shape, separate), turns: turnsOf(shape) };
    const headsGradient = random([B * T, (H + 2 * G) * D], 3);
    const shortcutGradient = R > 0 ? random([B * T, R], 4) : undefined;
    const attributes = { ...attributesOf(shape, rotate), separateQuery: separate };
    for (const arrives of [{ headsGradient, shortcutGradient }, { headsGradient }, { shortcutGradient }]) {
      await checkWasm(splitHeadsGradient, { inputs: { ...given, ...arrives }, attributes }, tolerance);
    }
  });
});

it('stays finite where the exponential of gelu would overflow', async () => {
  const projected = { shape: [1, 8], values: [0, 0, 0, 0, 0, 0, -90, 90] };
  const sizes = { heads: 1, groups: 1, headSize: 2, period: 1, rotate: false, shortcut: 2 };
  await checkWasm(splitHeads, { inputs: { projected }, attributes: sizes }, tolerance);
  const inputs = { projected, shortcutGradient: random([1, 2], 1), headsGradient: random([1, 6], 2) };
  await checkWasm(splitHeadsGradient, { inputs, attributes: { ...sizes, separateQuery: false } }, tolerance);
});
