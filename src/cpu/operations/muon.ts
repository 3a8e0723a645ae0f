/**
 * Muon's step: `muonLook` and `muonApply` over the chunks, and between them `muonProduct` for all matrices of a model at once.
 *
 * The table of tiles says which matrices there are; their products become one command, in blocks of this backend's own. Both
 * square products are symmetric: stripes from the diagonal on are computed, and mirrored. A standing matrix is stored as
 * the transpose of the lying one that the formulas speak of. Where the first iteration divides by the norm it does so before it
 * multiplies, so that squares of squares stay within f32.
 */
import type { MuonApplyAttributes, MuonApplyInputs } from '../../gpu/kernels/muon/apply';
import type { MuonLookAttributes, MuonLookInputs, MuonLookOutputs } from '../../gpu/kernels/muon/look';
import { tileLength } from '../../gpu/kernels/muon/matrices';
import {
  coefficients,
  type MuonProductAttributes,
  type MuonProductInputs,
  type MuonProductOutputs,
  updateScale,
} from '../../gpu/kernels/muon/product-shape';
import type { Tensor } from '../../graph/tensor';
import type { Lowering } from '../command';
import { chunksCommand } from './chunks';
import { factorsCommand, mirrorCommand, type Square, scaleCommand, stripesOf } from './muon-squares';
import type { ProductOperand } from './product';
import { productsCommand } from './products';

export const muonLook: Lowering<MuonLookInputs, MuonLookOutputs, MuonLookAttributes> = (node, at) => {
  const { gradients, first, lengths, record } = node.inputs;
  const tensors = [gradients, first, lengths, record, node.outputs.look];
  const momentum = { f32: node.attributes.momentum };
  return [chunksCommand('muonLook', first, (chunks) => [...tensors.map(at), chunks, momentum])];
};

export const muonApply: Lowering<MuonApplyInputs, object, MuonApplyAttributes> = ({ inputs }, at) => {
  const { parameters, iterate, groups, lengths, rules, record, changes } = inputs;
  const tensors = [parameters, iterate, groups, lengths, rules, record, changes];
  return [chunksCommand('muonApply', parameters, (chunks) => [...tensors.map(at), chunks])];
};

type ProductLowering = Lowering<MuonProductInputs, MuonProductOutputs, MuonProductAttributes>;

export const muonProduct: ProductLowering = (...node) => steps[node[0].attributes.step](...node);

const [a, b, c] = coefficients;

/** A = X Xᵀ. */
const gram: ProductLowering = ({ inputs: { left, right, tiles }, outputs: { out } }, at) => {
  const matrices = matricesOf(tiles);
  const products = matrices.flatMap((matrix) => {
    const { offset, s, l, isStanding } = matrix;
    const rowsFrom = (X: Tensor, row: number) => ({
      at: at(X) + offset + 4 * row * (isStanding ? 1 : l),
      stride: isStanding ? s : l,
    });
    return stripesOf(s).map(({ row, rows }) => ({
      shape: { M: rows, N: s - row, K: l },
      a: { ...rowsFrom(left, row), transposed: isStanding },
      b: { ...rowsFrom(right, row), transposed: !isStanding },
      c: fromDiagonal(squareIn(at(out), matrix), row),
    }));
  });
  const mirrorings = matrices.map((matrix) => ({ out: squareIn(at(out), matrix) }));
  return [productsCommand(products), mirrorCommand(mirrorings)];
};

/** B = b A + c A², in the first iteration of A divided by its trace. */
const polynomial: ProductLowering = ({ inputs: { right, gram: first, tiles }, outputs: { out } }, at, scratch) => {
  const given = matricesOf(tiles).map((matrix) => ({
    source: squareIn(at(right), matrix),
    out: squareIn(at(out), matrix),
  }));
  const scaled = first ? withRoom(given, scratch).map((entry) => ({ ...entry, scale: 1 })) : [];
  const squares = first ? scaled.map((entry) => ({ ...entry, source: entry.target })) : given;
  const products = squares.flatMap(({ source: { at: A, s }, out: B }) =>
    stripesOf(s).map(({ row, rows }) => ({
      shape: { M: rows, N: s - row, K: s },
      a: { at: A + 4 * row * s, stride: s },
      b: { at: A + 4 * row, stride: s },
      c: fromDiagonal(B, row),
    })),
  );
  const before = first ? [factorsCommand(scaled), scaleCommand(scaled, 0, 2)] : [];
  return [...before, productsCommand(products), mirrorCommand(squares, c, b)];
};

/** (B + a I) X, in the first iteration of X divided by its norm, in the last one times what makes it an update. */
const iterate: ProductLowering = ({ inputs, outputs: { out }, attributes: { last } }, at, scratch) => {
  const { left, right, gram: first, tiles } = inputs;
  const matrices = matricesOf(tiles);
  const lifted = withRoom(
    matrices.map((matrix) => ({
      matrix,
      source: squareIn(at(left), matrix),
      scale: last ? updateScale * Math.sqrt(matrix.l) : 1,
    })),
    scratch,
  );
  const products = lifted.map(({ matrix: { offset, s, l, isStanding }, target }) => {
    const square = { at: target.at, stride: s };
    const X = { at: at(right) + offset, stride: isStanding ? s : l };
    const next = { at: at(out) + offset, stride: isStanding ? s : l };
    return isStanding
      ? { shape: { M: l, N: s, K: s }, a: X, b: { ...square, transposed: true }, c: next }
      : { shape: { M: s, N: l, K: s }, a: square, b: X, c: next };
  });
  const scale = scaleCommand(lifted, a, first ? 1 : 0);
  if (!first) return [scale, productsCommand(products)];
  const grams = lifted.map(({ matrix, factor }) => ({ source: squareIn(at(first), matrix), factor }));
  return [factorsCommand(grams), scale, productsCommand(products)];
};

const steps = { gram, polynomial, iterate } satisfies Record<MuonProductAttributes['step'], ProductLowering>;

/** A matrix lying down, X [s,l] with s ≤ l. */
interface Lying {
  /** Of its first element in a flat buffer, in bytes. */
  readonly offset: number;
  readonly s: number;
  readonly l: number;
  /** Stored as [l,s]. */
  readonly isStanding: boolean;
}

/** Throws when the graph does not hold the table. */
function matricesOf(tiles: Tensor): Lying[] {
  const { initial } = tiles;
  if (!initial)
    throw new Error(`${tiles.name} has no initial values: Muon's products need the tiles when the graph is built.`);
  const matrices = new Map<number, Lying>();
  for (let tile = 0; tile < initial.length; tile += tileLength) {
    const [offset = 0, rows = 0, columns = 0] = initial.subarray(tile, tile + 3);
    const [s, l] = [Math.min(rows, columns), Math.max(rows, columns)];
    matrices.set(offset, { offset: offset * 4, s, l, isStanding: rows > columns });
  }
  return [...matrices.values()];
}

function squareIn(buffer: number, { offset, s }: Lying): Square {
  return { at: buffer + offset, s };
}

/** The elements [row, row] and on. */
function fromDiagonal({ at, s }: Square, row: number): ProductOperand {
  return { at: at + 4 * row * (s + 1), stride: s };
}

/** Scratch for a square and a factor of each. */
function withRoom<T extends { readonly source: Square }>(
  entries: readonly T[],
  scratch: (bytes: number) => number,
): (T & { readonly target: Square; readonly factor: number })[] {
  const squares = entries.reduce((sum, { source: { s } }) => sum + 4 * s * s, 0);
  const start = scratch(squares + 4 * entries.length);
  let place = start;
  return entries.map((entry, index) => {
    const { s } = entry.source;
    const target = { at: place, s };
    place += 4 * s * s;
    return { ...entry, target, factor: start + squares + 4 * index };
  });
}
