/**
 * IEEE 754 half precision: whole arrays between f32 and f16 bits, rounding to nearest, ties to even.
 * Subnormals, infinities and NaN are kept.
 */

import { powerOfTwo } from './exact-math';

const view = new DataView(new ArrayBuffer(4));

/** f16 bits of each value; what is too large becomes an infinity. */
export function encodeHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = halfOf(bits[i] ?? 0);
  return halves;
}

/** f32 value of each f16 bit pattern; exact. */
export function decodeHalf(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < values.length; i++) values[i] = halfValues[halves[i] ?? 0] ?? 0;
  return values;
}

function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Rebias the exponent from 127 to 15 and round away 13 bits of the mantissa.
    const rounded = magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1);
    return sign | (rounded >>> 13);
  }
  view.setUint32(0, magnitude);
  return sign | roundToEven(view.getFloat32(0) * 2 ** 24);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

const halfValues = Float32Array.from({ length: 65536 }, (_, half) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 1023;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * powerOfTwo(exponent - 15);
});
