/**
 * The JSON header of a safetensors file, checked: `{ name: { dtype, shape, data_offsets: [begin, end] }, ... }` and
 * optionally `__metadata__`, a record of strings. Offsets count bytes from the end of the header.
 *
 * As in the reference implementation the tensors must cover the data exactly, without hole, overlap or rest.
 */
import { shapeText } from '../graph/tensor';
import { duplicateKey } from './duplicate-key';
import { SafetensorsError } from './safetensors-error';
import { shortJson } from './short-json';

/** Bytes of one number of each type that is read and written. */
export const dtypeBytes = { F32: 4, F16: 2, BF16: 2, U8: 1 } as const;

export type DType = keyof typeof dtypeBytes;

/** Types of plain weights; U8 holds quantised ones. */
export type FloatDType = Exclude<DType, 'U8'>;

interface HeaderEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

interface Header {
  /** In the order of the data. */
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** The limit of the reference implementation. */
const longestHeader = 100_000_000;

/** Parses and checks the header of a file whose data has `dataLength` bytes. Throws SafetensorsError. */
export function parseHeader(bytes: Uint8Array, dataLength: number, source: string): Header {
  if (bytes.length > longestHeader) {
    throw new SafetensorsError(
      `${source}: the header has ${bytes.length} bytes, at most ${longestHeader} are allowed.`,
    );
  }
  const json = parseJson(bytes, source);
  if (!isObject(json)) throw new SafetensorsError(`${source}: the header is JSON but not an object.`);
  const { __metadata__: metadata = {}, ...rest } = json;
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw new SafetensorsError(`${source}: __metadata__ must be an object of strings.`);
  }
  const entries = Object.entries(rest).map(([name, entry]) => parseEntry(name, entry, dataLength, source));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(entries, dataLength, source);
  return { entries, metadata: metadata as Readonly<Record<string, string>> };
}

function parseJson(bytes: Uint8Array, source: string): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SafetensorsError(`${source}: the header is not UTF-8 text: the file is damaged or no safetensors file.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SafetensorsError(
      `${source}: the header is not JSON (${error instanceof Error ? error.message : error}).`,
    );
  }
  const twice = duplicateKey(text);
  if (twice !== null) throw new SafetensorsError(`${source}: the header has the key ${twice} twice in one object.`);
  return json;
}

function parseEntry(name: string, entry: unknown, dataLength: number, source: string): HeaderEntry {
  const fail = (rest: string) => new SafetensorsError(`${source}: tensor ${name} ${rest}`);
  if (!isObject(entry)) throw fail('is described by something other than an object.');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDType(dtype)) {
    throw fail(`has dtype ${shortJson(dtype)}: only ${Object.keys(dtypeBytes).join(', ')} can be read.`);
  }
  if (!isSizes(shape)) throw fail(`has shape ${shortJson(shape)}: whole numbers from 0 are needed.`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw fail(`has data_offsets ${shortJson(offsets)}: two whole numbers from 0 are needed.`);
  }
  const [begin = 0, end = 0] = offsets;
  if (begin > end || end > dataLength) {
    throw fail(
      `lies at bytes ${begin} to ${end} of the data, which has ${dataLength} bytes: the file is cut short or damaged.`,
    );
  }
  // In floating point, so that an absurd shape gives a large number and not one that wrapped around.
  const needed = shape.reduce((product, size) => product * size, dtypeBytes[dtype]);
  if (needed !== end - begin) {
    throw fail(
      `has shape ${shapeText(shape)} in ${dtype}, ${needed} bytes, but lies at bytes ${begin} to ${end}, ${end - begin} bytes.`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function checkCover(entries: readonly HeaderEntry[], dataLength: number, source: string): void {
  let covered = 0;
  let before = '';
  for (const { name, begin, end } of entries) {
    if (begin < covered) {
      throw new SafetensorsError(
        `${source}: tensor ${name} begins at byte ${begin} of the data, inside ${before}, which ends at ${covered}.`,
      );
    }
    if (begin > covered) {
      throw new SafetensorsError(
        `${source}: tensor ${name} begins at byte ${begin} of the data, but bytes ${covered} to ${begin} belong to no tensor.`,
      );
    }
    covered = end;
    before = name;
  }
  if (covered !== dataLength) {
    throw new SafetensorsError(
      `${source}: the data has ${dataLength} bytes, but its tensors end at byte ${covered}: the rest belongs to no tensor.`,
    );
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(dtypeBytes, value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
