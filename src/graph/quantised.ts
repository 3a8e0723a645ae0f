/**
 * A quantised matrix: integers of 4 or 8 bits and a scale for each row, or for each block of a row. In memory and in files it lies
 * as onnxruntime's MatMulNBits has it.
 *
 *     w'[n, k] = scales[n, ⌊k / block⌋] · (q[n, k] − zero[n, ⌊k / block⌋])
 *
 * 4 bits: byte k/2 of row n holds q[n, k] (even k, low nibble) and q[n, k + 1] (high nibble), each 0 … 15.
 * 8 bits: byte k of row n holds q[n, k], 0 … 255.
 * Symmetric schemes have the zero point 8 (128): q − 8 lies in [−7, 7], q − 128 in [−127, 127].
 *
 * K need not be a multiple of 32 or of the block (two of the shipped models have such matrices): a row is filled up with its zero
 * point to `paddedColumns` columns, so that what lies past K adds nothing, and its last block is shorter.
 */

export interface QuantisedMatrix {
  readonly bits: 4 | 8;
  readonly N: number;
  readonly K: number;
  /** Columns that share a scale: 32, 64, 128, or K where a row has one scale. */
  readonly block: number;
  /** N · paddedColumns · bits / 8 bytes, rows one after the other. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** N · ⌈K / block⌉, row major. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Beside the scales, one byte each; null where the zero point is 8 (128) everywhere. */
  readonly zeros: Uint8Array<ArrayBuffer> | null;
}

/** What decides how large the arrays of a quantised matrix are. */
export type QuantisedLayout = Pick<QuantisedMatrix, 'bits' | 'N' | 'K' | 'block'>;

/** Scales a row has. */
export function blocksOfRow({ K, block }: Pick<QuantisedLayout, 'K' | 'block'>): number {
  return Math.ceil(K / block);
}

/** Columns of a row as it is stored: K up to the next multiple of 32 (one scale a row) or of the block. */
export function paddedColumns({ K, block }: Pick<QuantisedLayout, 'K' | 'block'>): number {
  const unit = block === K ? 32 : block;
  return Math.ceil(K / unit) * unit;
}

/** Bytes of a row's integers. */
export function rowBytes(layout: Pick<QuantisedLayout, 'bits' | 'K' | 'block'>): number {
  return (paddedColumns(layout) * layout.bits) / 8;
}

/** The zero point of a symmetric scheme. */
export function middle(bits: 4 | 8): number {
  return 1 << (bits - 1);
}

/** Back to `[N, K]` in f32. */
export function dequantise(matrix: QuantisedMatrix): Float32Array<ArrayBuffer> {
  const { bits, N, K, block, packed, scales, zeros } = matrix;
  const bytes = rowBytes(matrix);
  const blocks = blocksOfRow(matrix);
  const values = new Float32Array(N * K);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const at = n * blocks + Math.floor(k / block);
      const q = bits === 8 ? (packed[n * bytes + k] ?? 0) : ((packed[n * bytes + (k >> 1)] ?? 0) >> ((k & 1) * 4)) & 15;
      values[n * K + k] = (scales[at] ?? 0) * (q - (zeros ? (zeros[at] ?? 0) : middle(bits)));
    }
  }
  return values;
}

/** Whether matrices can lie one under the other as one: with the same bits, columns and block. */
export function stacks(parts: readonly QuantisedMatrix[]): boolean {
  const [first] = parts;
  return parts.every(({ bits, K, block }) => bits === first?.bits && K === first.K && block === first.block);
}

/** Matrices one under the other as one matrix; null where they do not fit. Where one has zero points the whole has. */
export function stackQuantised(parts: readonly QuantisedMatrix[]): QuantisedMatrix | null {
  const [first] = parts;
  if (!first || !stacks(parts)) return null;
  if (parts.length === 1) return first;
  const { bits, K, block } = first;
  const N = parts.reduce((sum, part) => sum + part.N, 0);
  const blocks = blocksOfRow(first);
  const packed = new Uint8Array(N * rowBytes(first));
  const scales = new Float32Array(N * blocks);
  const zeros = parts.some((part) => part.zeros) ? new Uint8Array(N * blocks).fill(middle(bits)) : null;
  let row = 0;
  for (const part of parts) {
    packed.set(part.packed, row * rowBytes(first));
    scales.set(part.scales, row * blocks);
    if (part.zeros) zeros?.set(part.zeros, row * blocks);
    row += part.N;
  }
  return { bits, N, K, block, packed, scales, zeros };
}
