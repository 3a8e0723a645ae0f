/**
 * The number formats of a checkpoint as bytes: f32 values from the bytes of a tensor, and bytes from f32 values.
 *
 * Little-endian, as in the file and on every machine that runs WebGPU. Encoding rounds to nearest, ties to even.
 */
import { decodeHalf, encodeHalf } from '../graph/float16';
import { decodeBfloat, encodeBfloat } from './bfloat16';
import type { DType, FloatDType } from './safetensors';

interface NumberFormat {
  decode(data: Uint8Array): Float32Array;
  encode(values: Float32Array): Uint8Array;
}

/** `F32` shares memory with what it is given where alignment allows; the others copy. */
export const numberFormats: Readonly<Record<FloatDType, NumberFormat>> = {
  F32: { decode: floatsOf, encode: bytesOf },
  F16: { decode: (data) => decodeHalf(shortsOf(data)), encode: (values) => bytesOf(encodeHalf(values)) },
  BF16: { decode: (data) => decodeBfloat(shortsOf(data)), encode: (values) => bytesOf(encodeBfloat(values)) },
};

/** Whether tensors of this type hold plain numbers. */
export function isFloat(dtype: DType): dtype is FloatDType {
  return dtype !== 'U8';
}

/** The 16-bit words behind bytes: a view where they are aligned, else a copy. */
export function shortsOf(data: Uint8Array): Uint16Array {
  const { buffer, byteOffset, byteLength } = data.byteOffset % 2 === 0 ? data : new Uint8Array(data);
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}

function floatsOf(data: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = data.byteOffset % 4 === 0 ? data : new Uint8Array(data);
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
