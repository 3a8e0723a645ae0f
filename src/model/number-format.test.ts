import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberFormats } from './number-format';
import type { FloatDType } from './safetensors';

/** What a 16-bit format is: sign, then exponent, then mantissa. */
const layouts = { F16: { mantissaBits: 10, bias: 15 }, BF16: { mantissaBits: 7, bias: 127 } } as const;
type Half = keyof typeof layouts;

/** The value of a bit pattern by the definition of IEEE 754. */
function definedValue(pattern: number, { mantissaBits, bias }: (typeof layouts)[Half]): number {
  const sign = pattern >= 0x8000 ? -1 : 1;
  const scale = 2 ** mantissaBits;
  const exponent = Math.floor((pattern % 0x8000) / scale);
  const mantissa = pattern % scale;
  if (exponent === 2 * bias + 1) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * (mantissa / scale) * 2 ** (1 - bias);
  return sign * (1 + mantissa / scale) * 2 ** (exponent - bias);
}

function decodeShorts(dtype: Half, patterns: Uint16Array): Float32Array {
  return numberFormats[dtype].decode(new Uint8Array(patterns.buffer));
}

function encodeShorts(dtype: Half, values: Float32Array): Uint16Array {
  const bytes = numberFormats[dtype].encode(values);
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

const allPatterns = Uint16Array.from({ length: 65_536 }, (_, pattern) => pattern);

/** Index of the first element that is not the same value (NaN equals NaN, −0 is not 0), or −1. */
function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).findIndex((value, i) => !Object.is(value, b[i]));
}

describe.each(['F16', 'BF16'] as const)('%s', (dtype) => {
  const layout = layouts[dtype];
  const infinity = (2 * layout.bias + 1) * 2 ** layout.mantissaBits;

  it('decodes every one of the 65,536 patterns to the value of its definition', () => {
    const expected = Float64Array.from(allPatterns, (pattern) => definedValue(pattern, layout));
    expect(firstDifference(decodeShorts(dtype, allPatterns), expected)).toBe(-1);
  });

  it('encodes every decoded pattern back to itself, and every NaN to a NaN', () => {
    const again = encodeShorts(dtype, decodeShorts(dtype, allPatterns));
    const wrong = allPatterns.filter((pattern, i) => {
      const back = again[i] ?? 0;
      return Number.isNaN(definedValue(pattern, layout)) ? !Number.isNaN(definedValue(back, layout)) : back !== pattern;
    });
    expect(wrong).toEqual(new Uint16Array());
  });

  it('rounds what lies between any two neighbours to the nearer, and halfway to the even one', () => {
    // The value after the largest finite one would be the power of two at which rounding gives infinity.
    const patterns = Array.from({ length: infinity }, (_, pattern) => pattern);
    const upper = (pattern: number) =>
      pattern + 1 === infinity ? 2 ** (layout.bias + 1) : definedValue(pattern + 1, layout);
    const middles = Float32Array.from(patterns, (pattern) => definedValue(pattern, layout) / 2 + upper(pattern) / 2);
    const neighbour = (step: number) =>
      new Float32Array(Uint32Array.from(new Uint32Array(middles.buffer), (bits) => bits + step).buffer);
    const even = patterns.map((pattern) => pattern + (pattern % 2));
    expect(firstDifference(encodeShorts(dtype, middles), even)).toBe(-1);
    expect(firstDifference(encodeShorts(dtype, neighbour(-1)), patterns)).toBe(-1);
    expect(
      firstDifference(
        encodeShorts(dtype, neighbour(1)),
        patterns.map((pattern) => pattern + 1),
      ),
    ).toBe(-1);
    const negative = even.map((pattern) => pattern + 0x8000);
    expect(
      firstDifference(
        encodeShorts(
          dtype,
          middles.map((value) => -value),
        ),
        negative,
      ),
    ).toBe(-1);
  });

  it('turns what is too large into an infinity, and keeps NaN whatever its payload', () => {
    const largest = new Float32Array([3.4028234663852886e38, Number.POSITIVE_INFINITY]);
    expect([...encodeShorts(dtype, largest)]).toEqual([infinity, infinity]);
    const nans = new Float32Array(Uint32Array.of(0x7f800001, 0xffc00000, 0x7fffffff).buffer);
    expect([...decodeShorts(dtype, encodeShorts(dtype, nans))]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe('numberFormats', () => {
  it.each<FloatDType>(['F32', 'F16', 'BF16'])('read %s wherever its bytes lie', (dtype) => {
    fc.assert(
      fc.property(fc.nat(7), (offset) => {
        const bytes = numberFormats[dtype].encode(new Float32Array([1, -2.5, 0]));
        const moved = new Uint8Array(offset + bytes.length);
        moved.set(bytes, offset);
        expect([...numberFormats[dtype].decode(moved.subarray(offset))]).toEqual([1, -2.5, 0]);
      }),
    );
  });
});
