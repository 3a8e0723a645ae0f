/** A matrix of floats as integers and scales, by one of the schemes. What comes back is `dequantise` of src/graph/quantised.ts. */
import { blocksOfRow, middle, paddedColumns, type QuantisedMatrix, rowBytes } from '../graph/quantised';
import { shapeText } from '../graph/tensor';
import { blockOf, type Scheme } from './schemes';

/** Weights that cannot be quantised. */
export class QuantisationError extends Error {
  override readonly name = 'QuantisationError';
}

/** What a scheme says about one block of a row. */
interface Levels {
  readonly scale: number;
  /** Of the stored, unsigned integers. */
  readonly zero: number;
}

/**
 * `values` `[N, K]`, row major; `name` is the tensor's, for errors. A block of zeros gets the scale 0 and comes back as zeros.
 * Throws QuantisationError when a weight is not finite or the shape does not fit.
 */
export function quantise(
  values: Float32Array,
  shape: readonly number[],
  scheme: Scheme,
  name: string,
): QuantisedMatrix {
  const [N = 0, K = 0] = shape;
  if (shape.length !== 2 || N * K !== values.length || values.length === 0) {
    throw new QuantisationError(
      `${name} has shape ${shapeText(shape)} and ${values.length} numbers: only a matrix [rows, columns] can be quantised.`,
    );
  }
  checkFinite(values, K, name);
  const { bits, zeroPoint } = scheme;
  const layout = { bits, N, K, block: blockOf(scheme, K) };
  const blocks = blocksOfRow(layout);
  const scales = new Float32Array(N * blocks);
  const zeros = new Uint8Array(N * blocks).fill(middle(bits));
  const row = new Uint8Array(paddedColumns(layout));
  const packed = new Uint8Array(N * rowBytes(layout));
  for (let n = 0; n < N; n++) {
    for (let b = 0; b < blocks; b++) {
      const first = b * layout.block;
      const end = Math.min(first + layout.block, K);
      const block = values.subarray(n * K + first, n * K + end);
      const { scale, zero } = (zeroPoint ? zeroPointLevels : absmaxLevels)(block, bits);
      scales[n * blocks + b] = scale;
      zeros[n * blocks + b] = zero;
      // Past K a row holds its zero point.
      row.fill(zero, first, b === blocks - 1 ? row.length : end);
      if (scale === 0) continue;
      block.forEach((value, k) => {
        row[first + k] = roundHalfToEven(value / scale) + zero;
      });
    }
    pack(row, bits, packed, n * rowBytes(layout));
  }
  return { ...layout, packed, scales, zeros: zeroPoint ? zeros : null };
}

/** −7 to 7 (−127 to 127) on both sides of zero. */
function absmaxLevels(block: Float32Array, bits: 4 | 8): Levels {
  let largest = 0;
  for (const value of block) largest = Math.max(largest, Math.abs(value));
  return { scale: shortMantissa(largest / (2 ** (bits - 1) - 1)), zero: middle(bits) };
}

/**
 * From the smallest to the largest weight. Rounding both ends may need a level more than the formula counts; unsigned
 * integers have it. GLM's formula lets the zero point leave their range where all weights have one sign: here zero counts as a weight.
 */
function zeroPointLevels(block: Float32Array, bits: 4 | 8): Levels {
  let [least, most] = [0, 0];
  for (const value of block) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const scale = shortMantissa((most - least) / (2 ** bits - 2));
  return { scale, zero: scale === 0 ? middle(bits) : -roundHalfToEven(least / scale) };
}

/** Integers, one an element, as nibbles (even k low) or bytes. */
export function pack(integers: Uint8Array, bits: 4 | 8, packed: Uint8Array, at: number): void {
  if (bits === 8) {
    packed.set(integers, at);
    return;
  }
  for (let k = 0; k < integers.length; k += 2) {
    packed[at + k / 2] = (integers[k] ?? 0) | ((integers[k + 1] ?? 0) << 4);
  }
}

/** As `torch.round`. */
export function roundHalfToEven(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

const scaleFloat = new Float32Array(1);
const scaleBits = new Uint32Array(scaleFloat.buffer);

/** Towards zero to the nearest f32 whose last 8 bits are zero, so that its product with any 8 bits is exact. */
function shortMantissa(value: number): number {
  scaleFloat[0] = value;
  scaleBits[0] = (scaleBits[0] ?? 0) & 0xffffff00;
  return scaleFloat[0] ?? 0;
}

function checkFinite(values: Float32Array, K: number, name: string): void {
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new QuantisationError(
    `${name} holds ${values[wrong]} in row ${Math.floor(wrong / K)}, column ${wrong % K} (element ${wrong}): only finite weights can be quantised.`,
  );
}
