/** A random quantised matrix as an input of a kernel test: every digit, every zero point, scales over a factor of ten. */
import { blocksOfRow, dequantise, middle, paddedColumns, type QuantisedMatrix, rowBytes } from '../../graph/quantised';
import { type Given, noise } from './parity';

export interface SchemeLayout {
  readonly bits: 4 | 8;
  readonly block: 'row' | 32 | 64 | 128;
  readonly zeros: boolean;
}

export function randomMatrix(N: number, K: number, scheme: SchemeLayout, seed: number): Given {
  const quantised = randomQuantised(N, K, scheme, seed);
  return { shape: [N, K], values: dequantise(quantised), kind: 'matrix', quantised };
}

export function randomQuantised(
  N: number,
  K: number,
  { bits, block, zeros }: SchemeLayout,
  seed: number,
): QuantisedMatrix {
  const layout = { bits, N, K, block: block === 'row' ? K : block };
  const levels = 1 << bits;
  const digit = (value: number) => Math.min(levels - 1, Math.floor(((value + 1) / 2) * levels));
  const columns = paddedColumns(layout);
  const blocks = blocksOfRow(layout);
  const zeroPoints = Uint8Array.from(noise(N * blocks, seed + 100), (value) => (zeros ? digit(value) : middle(bits)));
  // Past K a row holds the zero point of its last block.
  const digits = Uint8Array.from(noise(N * columns, seed), (value, index) =>
    index % columns < K ? digit(value) : (zeroPoints[(Math.floor(index / columns) + 1) * blocks - 1] ?? 0),
  );
  const packed =
    bits === 8
      ? digits
      : Uint8Array.from(
          { length: N * rowBytes(layout) },
          (_, i) => (digits[2 * i] ?? 0) | ((digits[2 * i + 1] ?? 0) << 4),
        );
  const scales = noise(N * blocks, seed + 200).map(
    (value) => (0.11 + 0.1 * value) / levels,
  ) as Float32Array<ArrayBuffer>;
  return { ...layout, packed, scales, zeros: zeros ? zeroPoints : null };
}
