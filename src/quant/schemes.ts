/**
 * How a matrix becomes integers: schemes as values in a table. All round to nearest, ties to even, and learn nothing from data.
 *
 * absmax:     scale = max |w| / (2^(bits−1) − 1), q = round(w / scale), from −7 to 7 (−127 to 127).
 * zero point: scale = (max − min) / (2^bits − 2), zero = −round(min / scale), q = round(w / scale) + zero, from 0.
 *
 * GLM-130B takes both over a row of the weight, that is, over everything that makes one output. The same over blocks of 32, 64
 * or 128 columns follows single weights more closely, for more scales: that is ours, and what llama.cpp and onnxruntime do.
 * Its code keeps scales as f16; here they are f32 with 16 bits of mantissa, so that every product scale · q is exact in f32.
 */

export interface Scheme {
  readonly bits: 4 | 8;
  /** Columns that share a scale, or all of a row. */
  readonly block: 'row' | 32 | 64 | 128;
  /** Fits the levels between the smallest and the largest weight, instead of on both sides of zero alike. */
  readonly zeroPoint: boolean;
  readonly source: string;
}

const glm = 'GLM-130B, App. B.7';

export const schemes = {
  'int8-row': { bits: 8, block: 'row', zeroPoint: false, source: glm },
  'int4-row': { bits: 4, block: 'row', zeroPoint: false, source: glm },
  'int8-row-zero': { bits: 8, block: 'row', zeroPoint: true, source: glm },
  'int4-row-zero': { bits: 4, block: 'row', zeroPoint: true, source: glm },
  'int8-32': { bits: 8, block: 32, zeroPoint: false, source: 'ours' },
  'int8-64': { bits: 8, block: 64, zeroPoint: false, source: 'ours' },
  'int8-128': { bits: 8, block: 128, zeroPoint: false, source: 'ours' },
  'int4-32': { bits: 4, block: 32, zeroPoint: false, source: 'ours' },
  'int4-64': { bits: 4, block: 64, zeroPoint: false, source: 'ours' },
  'int4-128': { bits: 4, block: 128, zeroPoint: false, source: 'ours' },
  'int4-32-zero': { bits: 4, block: 32, zeroPoint: true, source: 'ours' },
} as const satisfies Record<string, Scheme>;

export type SchemeId = keyof typeof schemes;

export const schemeIds = Object.keys(schemes) as SchemeId[];

export function isSchemeId(text: string): text is SchemeId {
  return Object.hasOwn(schemes, text);
}

/** Columns that share a scale in a matrix of K columns. */
export function blockOf({ block }: Scheme, K: number): number {
  return block === 'row' ? K : block;
}
