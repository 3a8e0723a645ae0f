/** What `muonProduct` means, on the CPU. Sums are float64 whatever the arrays hold. */
import type { Memory, Node } from '../../../graph/operation';
import { tileLength, tileSide } from './matrices';
import {
  coefficients,
  type MuonProductAttributes,
  type MuonProductInputs,
  type MuonProductOutputs,
  normFloor,
  updateScale,
} from './product-shape';

export function muonProductTwin(
  { left, right, gram, tiles }: Memory<MuonProductInputs>,
  { out }: Memory<MuonProductOutputs>,
  { attributes: { step, last } }: Node<MuonProductInputs, MuonProductOutputs, MuonProductAttributes>,
): void {
  const [a, b, c] = coefficients;
  for (let tile = 0; tile < tiles.length; tile += tileLength) {
    const [offset, rows, columns, tileRow, tileColumn] = tiles.subarray(tile, tile + tileLength) as unknown as Tile;
    const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
    const square = (i: number, j: number) => offset + i * short + j;
    const lying = (i: number, k: number) => offset + (rows <= columns ? i * columns + k : k * columns + i);
    const factor = gram ? 1 / (Math.sqrt(traceOf(gram, offset, short)) + normFloor) : 1;
    const sum = (count: number, term: (k: number) => number) => {
      let total = 0;
      for (let k = 0; k < count; k++) total += term(k);
      return total;
    };
    const at = (array: ArrayLike<number>, index: number) => array[index] as number;
    const width = step === 'iterate' ? long : short;
    for (let i = tileRow * tileSide; i < Math.min(short, (tileRow + 1) * tileSide); i++) {
      for (let j = tileColumn * tileSide; j < Math.min(width, (tileColumn + 1) * tileSide); j++) {
        if (step === 'iterate') {
          const product = sum(short, (k) => at(left, square(i, k)) * at(right, lying(k, j)));
          const scale = last ? updateScale * Math.sqrt(long) : 1;
          out[lying(i, j)] = scale * factor * (a * at(right, lying(i, j)) + product);
          continue;
        }
        const value =
          step === 'gram'
            ? sum(long, (k) => at(left, lying(i, k)) * at(right, lying(j, k)))
            : b * factor ** 2 * at(right, square(i, j)) +
              c * factor ** 4 * sum(short, (k) => at(left, square(i, k)) * at(right, square(k, j)));
        out[square(i, j)] = value;
        out[square(j, i)] = value;
      }
    }
  }
}

type Tile = [offset: number, rows: number, columns: number, tileRow: number, tileColumn: number];

function traceOf(gram: ArrayLike<number>, offset: number, short: number): number {
  let trace = 0;
  for (let i = 0; i < short; i++) trace += gram[offset + i * (short + 1)] as number;
  return trace;
}
