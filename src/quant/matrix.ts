/**
 * A quantised matrix: integers of 4 or 8 bits and a scale for each row, or for each block of a row. In memory and in files it lies
 * as onnxruntime's MatMulNBits has it.
 *
 *     w'[n, k] = scales[n, ⌊k / block⌋] · (q[n, k] − zero[n, ⌊k / block⌋])
 *
 * 4 bits: byte k/2 of row n holds q[n, k] (even k, low nibble) and q[n, k + 1] (high nibble), each 0 … 15.
 * 8 bits: byte k of row n holds q[n, k], 0 … 255.
 * Symmetric schemes have the zero point 8 (128): q − 8 lies in [−7, 7], q − 128 in [−127, 127].
 */

export interface QuantisedMatrix {
  readonly bits: 4 | 8;
  readonly N: number;
  readonly K: number;
  /** Columns that share a scale: 32, 64, 128, or K where a row has one scale. K is a multiple of it; of 32 in any case. */
  readonly block: number;
  /** N · K · bits / 8 bytes, rows one after the other. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** N · K / block, row major. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Beside the scales, one byte each; null where the zero point is 8 (128) everywhere. */
  readonly zeros: Uint8Array<ArrayBuffer> | null;
}
