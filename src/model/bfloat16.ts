/**
 * bfloat16: the upper half of an f32. Whole arrays between f32 and bf16 bits, rounding to nearest, ties to even.
 * Subnormals and infinities are kept, NaN stays NaN. Half precision is in src/graph/float16.ts.
 */

/** bf16 bits of each value; what rounds beyond the largest bf16 becomes an infinity. */
export function encodeBfloat(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bfloats = new Uint16Array(values.length);
  for (let i = 0; i < bfloats.length; i++) bfloats[i] = bfloatOf(bits[i] ?? 0);
  return bfloats;
}

/** f32 value of each bf16 bit pattern; exact. */
export function decodeBfloat(bfloats: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(bfloats.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (bfloats[i] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}

function bfloatOf(bits: number): number {
  // A NaN whose payload lies in the lower half would round to an infinity: bit 6 keeps it a NaN.
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
