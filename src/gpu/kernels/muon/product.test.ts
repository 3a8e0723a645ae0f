import { describe, expect, it } from 'vitest';
import { checkParity, type Given, noise, random } from '../parity';
import { lyingTiles, type MuonMatrix, squareTiles, tileLength } from './matrices';
import { muonProduct } from './product';

/** Sums of K ≤ 100 products in f32 are off by about √K · 2⁻²⁴ relative, squared 4e-13. */
const tolerance = 4e-12;

/** Lying, standing, square, smaller and larger than a tile; the second and third are parts of one stack. */
const aligned: readonly MuonMatrix[] = [
  { offset: 0, rows: 12, columns: 40 },
  { offset: 512, rows: 100, columns: 36 },
  { offset: 512 + 3600, rows: 8, columns: 36 },
  { offset: 4608, rows: 32, columns: 32 },
  { offset: 5632, rows: 4, columns: 4 },
];

const odd: readonly MuonMatrix[] = [
  { offset: 0, rows: 7, columns: 41 },
  { offset: 287, rows: 35, columns: 3 },
  { offset: 512, rows: 1, columns: 9 },
  { offset: 768, rows: 33, columns: 33 },
];

const P = 23 * 256;

function tilesOf(table: Uint32Array): Given {
  return { shape: [table.length / tileLength, tileLength], values: table, element: 'u32' };
}

/** A matrix [s, s] in each place that is exactly symmetric, with a positive diagonal. */
function symmetric(matrices: readonly MuonMatrix[], seed: number): Given {
  const values = new Float32Array(P);
  const random = noise(P, seed);
  for (const { offset, rows, columns } of matrices) {
    const short = Math.min(rows, columns);
    for (let i = 0; i < short; i++) {
      for (let j = 0; j < short; j++) {
        const value = random[offset + Math.max(i, j) * short + Math.min(i, j)] as number;
        values[offset + i * short + j] = i === j ? 1 + value * value : value;
      }
    }
  }
  return { shape: [P], values };
}

describe.each([
  ['multiples of four', true, aligned],
  ['any size', false, odd],
] as const)('muonProduct of matrices of %s', (_, isAligned, matrices) => {
  const variants = isAligned ? ['naive', 'tile-thread', 'group'] : ['naive', 'group'];
  const x = random([P], 1);
  const symmetricTiles = tilesOf(squareTiles(matrices));

  it('takes the Gram matrix', async () => {
    const inputs = { left: x, right: x, tiles: symmetricTiles };
    const attributes = { step: 'gram', last: false, aligned: isAligned } as const;
    expect(await checkParity(muonProduct, { inputs, attributes }, tolerance)).toEqual(variants);
  });

  it.each([false, true])('takes the polynomial, in the first iteration %s', async (isFirst) => {
    const gram = symmetric(matrices, 2);
    const inputs = { left: gram, right: gram, gram: isFirst ? gram : undefined, tiles: symmetricTiles };
    const attributes = { step: 'polynomial', last: false, aligned: isAligned } as const;
    expect(await checkParity(muonProduct, { inputs, attributes }, tolerance)).toEqual(variants);
  });

  it.each([
    [true, false],
    [false, false],
    [false, true],
  ])('takes the next iterate, in the first iteration %s, in the last %s', async (isFirst, last) => {
    const gram = isFirst ? symmetric(matrices, 2) : undefined;
    const inputs = { left: symmetric(matrices, 3), right: x, gram, tiles: tilesOf(lyingTiles(matrices)) };
    const attributes = { step: 'iterate', last, aligned: isAligned } as const;
    expect(await checkParity(muonProduct, { inputs, attributes }, tolerance)).toEqual(variants);
  });
});
