/**
 * The safetensors file: eight bytes little-endian header length, JSON header, data. Reading copies nothing.
 *
 * Format: huggingface.co/docs/safetensors. Numbers are little-endian, as is every machine that runs WebGPU.
 * Whatever a file holds, reading it either succeeds or throws a SafetensorsError that names the file and the tensor.
 */
import { elements, shapeText } from '../graph/tensor';
import { SafetensorsError } from './safetensors-error';
import { type DType, dtypeBytes, parseHeader } from './safetensors-header';

export { SafetensorsError } from './safetensors-error';
export type { DType, FloatDType } from './safetensors-header';

export interface StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The raw numbers, row major. A view into the file: its offset need not be a multiple of the element's size. */
  readonly data: Uint8Array;
}

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads a whole file; `source` names it in errors. Throws SafetensorsError. */
export function readSafetensors(file: ArrayBuffer | Uint8Array, source: string): SafetensorsFile {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const fail = (rest: string) => new SafetensorsError(`${source}: ${rest}`);
  if (bytes.length < 8) throw fail(`the file has ${bytes.length} bytes, a safetensors file has at least 10.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(bytes.length - 8)) {
    throw fail(
      `the header says it is ${headerLength} bytes long, but only ${bytes.length - 8} bytes follow: the file is cut short or no safetensors file.`,
    );
  }
  const dataStart = 8 + Number(headerLength);
  const header = parseHeader(bytes.subarray(8, dataStart), bytes.length - dataStart, source);
  const tensors = new Map(
    header.entries.map(({ name, dtype, shape, begin, end }): [string, StoredTensor] => [
      name,
      { dtype, shape, data: bytes.subarray(dataStart + begin, dataStart + end) },
    ]),
  );
  return { tensors, metadata: header.metadata };
}

/**
 * Writes tensors as a safetensors file: wider types first, then by name, so that every tensor is aligned to its type and
 * the same tensors give the same bytes. The header is padded with spaces to a multiple of 8.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) => dtypeBytes[b.dtype] - dtypeBytes[a.dtype] || (nameA < nameB ? -1 : 1),
  );
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  let offset = 0;
  for (const [name, tensor] of sorted) {
    checkWritable(name, tensor);
    entries.push([
      name,
      { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [offset, offset + tensor.data.length] },
    ]);
    offset += tensor.data.length;
  }
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const dataStart = 8 + Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(dataStart + offset).fill(0x20, 8, dataStart);
  new DataView(file.buffer).setBigUint64(0, BigInt(dataStart - 8), true);
  file.set(header, 8);
  let position = dataStart;
  for (const [, { data }] of sorted) {
    file.set(data, position);
    position += data.length;
  }
  return file;
}

function checkWritable(name: string, { dtype, shape, data }: StoredTensor): void {
  if (name === '__metadata__') throw new SafetensorsError('A tensor cannot be called __metadata__: rename it.');
  const bytes = elements(shape) * dtypeBytes[dtype];
  if (data.length !== bytes) {
    throw new SafetensorsError(
      `Tensor ${name} has ${data.length} bytes, but ${shapeText(shape)} in ${dtype} needs ${bytes}: give one number for each element.`,
    );
  }
}
