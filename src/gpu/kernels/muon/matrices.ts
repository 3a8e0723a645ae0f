/**
 * Where Muon's matrices lie in the flat buffers, as tables that its kernels read: one dispatch then serves all matrices of a
 * model, whatever their shapes.
 *
 * A matrix [rows, columns] is seen lying down, as [s, l] with s ≤ l: a standing one is read by its transpose. Its Gram matrix
 * [s, s] is no larger than itself, so every scratch buffer has the layout of the flat buffers.
 */
import { chunkSize } from '../../../graph/flat';
import { otherOptimiser } from '../gradient-norm/record';

export interface MuonMatrix {
  /** First element in the flat buffers. */
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
}

/** Rows and columns of a tile of a product. */
export const tileSide = 32;

/** Numbers of a tile in a table: offset, rows and columns of its matrix, row and column of the tile. */
export const tileLength = 5;

/** Tiles of the products [s, s] on and above the diagonal: both products are symmetric. */
export function squareTiles(matrices: readonly MuonMatrix[]): Uint32Array<ArrayBuffer> {
  return tilesOf(matrices, (short) => short, true);
}

/** Tiles of the products [s, l]. */
export function lyingTiles(matrices: readonly MuonMatrix[]): Uint32Array<ArrayBuffer> {
  return tilesOf(matrices, (_, long) => long, false);
}

function tilesOf(
  matrices: readonly MuonMatrix[],
  widthOf: (short: number, long: number) => number,
  isSymmetric: boolean,
): Uint32Array<ArrayBuffer> {
  const tiles: number[] = [];
  for (const { offset, rows, columns } of matrices) {
    const short = Math.min(rows, columns);
    const width = widthOf(short, Math.max(rows, columns));
    for (let row = 0; row * tileSide < short; row++) {
      for (let column = isSymmetric ? row : 0; column * tileSide < width; column++) {
        tiles.push(offset, rows, columns, row, column);
      }
    }
  }
  return Uint32Array.from(tiles);
}

/**
 * How many elements of each chunk belong to a matrix, from the chunk's start on; what follows is padding. Throws a sentence
 * when the matrices overlap or leave elements before them out: nothing would update those.
 */
export function lengthsOf(matrices: readonly MuonMatrix[], chunks: number): Uint32Array<ArrayBuffer> {
  const lengths = new Uint32Array(chunks);
  const sorted = matrices.toSorted((a, b) => a.offset - b.offset);
  for (const { offset, rows, columns } of sorted) {
    const end = offset + rows * columns;
    if (end > chunks * chunkSize) {
      throw new RangeError(`A matrix [${rows}, ${columns}] at ${offset} ends behind ${chunks} chunks of ${chunkSize}.`);
    }
    for (let start = offset; start < end; ) {
      const chunk = Math.floor(start / chunkSize);
      if (lengths[chunk] !== start % chunkSize) {
        throw new RangeError(
          `A matrix [${rows}, ${columns}] starts at ${offset}, but element ${lengths[chunk]} of chunk ${chunk} belongs to no matrix or to two: list every matrix of a parameter once.`,
        );
      }
      const next = Math.min(end, (chunk + 1) * chunkSize);
      lengths[chunk] = next - chunk * chunkSize;
      start = next;
    }
  }
  return lengths;
}

/** The groups without the chunks that hold matrices: what is left to AdamW. */
export function groupsWithout(groups: Uint32Array, lengths: Uint32Array): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(groups, (group, chunk) => ((lengths[chunk] as number) > 0 ? otherOptimiser : group));
}

/** Whether all matrices can be read four elements at a time, across and down. */
export function isAligned(matrices: readonly MuonMatrix[]): boolean {
  return matrices.every(({ offset, rows, columns }) => [offset, rows, columns].every((size) => size % 4 === 0));
}
