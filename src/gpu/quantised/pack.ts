/**
 * A quantised matrix [N, K] as the kernels read it: one array of u32, in vectors of four.
 *
 * Four rows of the matrix (four columns of a product) make a tile, N is filled up with zeros. Where all tiles lie one after the other:
 *
 *     digits   tile · step · 4 rows: a word with eight elements of 4 bits, or two steps with words of four elements of 8 bits.
 *              Byte i of a word of 4 bits holds element i low and element i + 4 high, so that one mask yields four bytes.
 *     scales   tile · block · 4 rows, f32
 *     zeros    tile · block, a byte each for 4 rows; only where the matrix has zero points
 *
 * So a vec4u load brings four columns together, and a product of x with it needs no sum over lanes.
 */
import { blocksOfRow, type QuantisedMatrix, rowBytes } from '../../graph/quantised';

export function packMatrix(matrix: QuantisedMatrix): Uint32Array<ArrayBuffer> {
  const { bits, N, K } = matrix;
  const tiles = Math.ceil(N / 4);
  const steps = Math.ceil(K / 8) * (bits / 4);
  const blocks = blocksOfRow(matrix);
  const scalesAt = tiles * steps * 4;
  const zerosAt = scalesAt + tiles * blocks * 4;
  const all = new Uint32Array(zerosAt + (matrix.zeros ? Math.ceil((tiles * blocks) / 4) * 4 : 0));
  const scales = new Float32Array(all.buffer, scalesAt * 4, tiles * blocks * 4);
  const zeros = new Uint8Array(all.buffer, zerosAt * 4);
  const words = wordsOf(matrix.packed);
  const rowWords = rowBytes(matrix) / 4;
  for (let n = 0; n < N; n++) {
    const tile = n >> 2;
    const row = n & 3;
    for (let step = 0; step < steps; step++) {
      const word = words[n * rowWords + step] ?? 0;
      all[(tile * steps + step) * 4 + row] = bits === 4 ? interleaved(word) : word;
    }
    for (let block = 0; block < blocks; block++) {
      const to = (tile * blocks + block) * 4 + row;
      scales[to] = matrix.scales[n * blocks + block] ?? 0;
      if (matrix.zeros) zeros[to] = matrix.zeros[n * blocks + block] ?? 0;
    }
  }
  return all;
}

/** Nibbles 0 to 3 go into the low halves of the bytes, 4 to 7 into the high ones. */
function interleaved(word: number): number {
  return spread(word & 0xffff) | (spread(word >>> 16) << 4);
}

/** The four nibbles of 16 bits, one a byte. */
function spread(nibbles: number): number {
  const pairs = (nibbles | (nibbles << 8)) & 0x00ff00ff;
  return (pairs | (pairs << 4)) & 0x0f0f0f0f;
}

/** Bytes of a file may begin anywhere. */
function wordsOf(bytes: Uint8Array<ArrayBuffer>): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
