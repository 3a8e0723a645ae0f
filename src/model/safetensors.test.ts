import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elements } from '../graph/tensor';
import { type DType, readSafetensors, SafetensorsError, type StoredTensor, writeSafetensors } from './safetensors';

const file = 'story/model.safetensors';
const bytesOf: Record<DType, number> = { F32: 4, F16: 2, BF16: 2, U8: 1 };

const anyTensor: fc.Arbitrary<StoredTensor> = fc
  .record({
    dtype: fc.constantFrom<DType>('F32', 'F16', 'BF16', 'U8'),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    seed: fc.uint8Array({ minLength: 1, maxLength: 9 }),
  })
  .map(({ dtype, shape, seed }) => {
    const data = Uint8Array.from({ length: elements(shape) * bytesOf[dtype] }, (_, i) => seed[i % seed.length] ?? 0);
    return { dtype, shape, data };
  });

const anyTensors = fc
  .array(fc.tuple(fc.string({ unit: 'grapheme' }), anyTensor), { maxLength: 4 })
  .map((entries) => new Map(entries));
const anyMetadata = fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 });

/** A file from a header text and a number of data bytes. */
function fileOf(header: string | Uint8Array, dataLength: number): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function entry(shape: unknown, begin: unknown, end: unknown, dtype: unknown = 'F32'): string {
  return JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
}

/** Reads, and fails unless the file is well formed or refused by a SafetensorsError that names it. */
function readOrRefuse(bytes: Uint8Array): void {
  try {
    const { tensors, metadata } = readSafetensors(bytes, file);
    for (const { dtype, shape, data } of tensors.values()) {
      expect(data.length).toBe(elements(shape) * bytesOf[dtype]);
    }
    expect(Object.values(metadata).every((value) => typeof value === 'string')).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(SafetensorsError);
    expect((error as Error).message).toMatch(/^story\/model\.safetensors: .*\.$/s);
  }
}

describe('readSafetensors and writeSafetensors', () => {
  it('give back what was written', () => {
    fc.assert(
      fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
        fc.pre(!tensors.has('__metadata__'));
        const read = readSafetensors(writeSafetensors(tensors, metadata), file);
        expect(new Map(read.tensors)).toEqual(tensors);
        expect({ ...read.metadata }).toEqual({ ...metadata });
      }),
    );
  });

  it('align the data to 8 bytes and every tensor to its type', () => {
    const half: StoredTensor = { dtype: 'F16', shape: [1], data: new Uint8Array(2) };
    const single: StoredTensor = { dtype: 'F32', shape: [2], data: new Uint8Array(8) };
    const bytes = writeSafetensors(
      new Map([
        ['a', half],
        ['b', single],
      ]),
    );
    const { tensors } = readSafetensors(bytes, file);
    const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(start % 8).toBe(0);
    expect(tensors.get('b')?.data.byteOffset).toBe(start);
    expect(tensors.get('a')?.data.byteOffset).toBe(start + 8);
  });

  it('read the bytes where they lie', () => {
    const bytes = writeSafetensors(new Map([['a', { dtype: 'F32', shape: [1], data: new Uint8Array(4) }]]));
    const inside = new Uint8Array(bytes.length + 3);
    inside.set(bytes, 3);
    const { tensors } = readSafetensors(inside.subarray(3), file);
    expect(tensors.get('a')?.data.buffer).toBe(inside.buffer);
  });

  const folder = new URL('./fixtures/', import.meta.url);
  it.each(readdirSync(folder))('write the same bytes as the PyTorch side for %s', (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(`${name}/model.safetensors`, folder)));
    const { tensors, metadata } = readSafetensors(bytes, name);
    expect(Buffer.compare(writeSafetensors(tensors, metadata), bytes)).toBe(0);
  });

  it('refuse to write a tensor whose bytes do not fill its shape', () => {
    const short: StoredTensor = { dtype: 'F32', shape: [2, 2], data: new Uint8Array(12) };
    expect(() => writeSafetensors(new Map([['a', short]]))).toThrow(
      'Tensor a has 12 bytes, but [2, 2] in F32 needs 16: give one number for each element.',
    );
  });
});

describe('readSafetensors', () => {
  it.each([
    ['a file of 3 bytes', new Uint8Array(3), 'the file has 3 bytes, a safetensors file has at least 10.'],
    [
      'a header longer than the file',
      fileOf('{}', 0).subarray(0, 9),
      'the header says it is 2 bytes long, but only 1 bytes follow: the file is cut short or no safetensors file.',
    ],
    [
      'an absurd header length',
      new Uint8Array(16).fill(255),
      'the header says it is 18446744073709551615 bytes long, but only 8 bytes follow: the file is cut short or no safetensors file.',
    ],
    ['a header that is no JSON', fileOf('{"a"', 0), 'the header is not JSON ('],
    ['a header that is no text', fileOf(Uint8Array.of(255, 254), 0), 'the header is not UTF-8 text'],
    ['a header that is a list', fileOf('[]', 0), 'the header is JSON but not an object.'],
    [
      'metadata that are no strings',
      fileOf('{"__metadata__":{"a":1}}', 0),
      '__metadata__ must be an object of strings.',
    ],
    ['a tensor that is no object', fileOf('{"a":3}', 0), 'tensor a is described by something other than an object.'],
    [
      'an unknown dtype',
      fileOf(`{"a":${entry([1], 0, 8, 'I64')}}`, 8),
      'tensor a has dtype "I64": only F32, F16, BF16, U8 can be read.',
    ],
    ['no dtype', fileOf('{"a":{}}', 0), 'tensor a has dtype missing: only F32, F16, BF16, U8 can be read.'],
    [
      'a negative size',
      fileOf(`{"a":${entry([-1], 0, 4)}}`, 4),
      'tensor a has shape [-1]: whole numbers from 0 are needed.',
    ],
    [
      'a fraction as size',
      fileOf(`{"a":${entry([0.5], 0, 2)}}`, 2),
      'tensor a has shape [0.5]: whole numbers from 0 are needed.',
    ],
    [
      'an absurd size',
      fileOf(`{"a":${entry([2 ** 52, 2 ** 52], 0, 4)}}`, 4),
      'tensor a has shape [4503599627370496, 4503599627370496] in F32, 8.112963841460668e+31 bytes, but lies at bytes 0 to 4, 4 bytes.',
    ],
    [
      'offsets that are text',
      fileOf(`{"a":${entry([1], '0', 4)}}`, 4),
      'tensor a has data_offsets ["0",4]: two whole numbers from 0 are needed.',
    ],
    [
      'offsets the wrong way round',
      fileOf(`{"a":${entry([1], 4, 0)}}`, 4),
      'tensor a lies at bytes 4 to 0 of the data, which has 4 bytes',
    ],
    [
      'offsets past the end',
      fileOf(`{"a":${entry([2], 0, 8)}}`, 4),
      'tensor a lies at bytes 0 to 8 of the data, which has 4 bytes: the file is cut short or damaged.',
    ],
    [
      'a shape that does not fit its offsets',
      fileOf(`{"a":${entry([2], 0, 4)}}`, 4),
      'tensor a has shape [2] in F32, 8 bytes, but lies at bytes 0 to 4, 4 bytes.',
    ],
    [
      'overlapping tensors',
      fileOf(`{"a":${entry([2], 0, 8)},"b":${entry([2], 4, 12)}}`, 12),
      'tensor b begins at byte 4 of the data, inside a, which ends at 8.',
    ],
    [
      'a hole',
      fileOf(`{"a":${entry([1], 0, 4)},"b":${entry([1], 8, 12)}}`, 12),
      'tensor b begins at byte 8 of the data, but bytes 4 to 8 belong to no tensor.',
    ],
    [
      'a shape nested deeper than the stack',
      fileOf(`{"a":${entry(0, 0, 4).replace('"shape":0', `"shape":${'['.repeat(200_000)}${']'.repeat(200_000)}`)}}`, 4),
      'tensor a has shape a value that is nested too deeply: whole numbers from 0 are needed.',
    ],
    [
      'bytes after the last tensor',
      fileOf(`{"a":${entry([1], 0, 4)}}`, 6),
      'the data has 6 bytes, but its tensors end at byte 4: the rest belongs to no tensor.',
    ],
    [
      'a name that stands twice',
      fileOf(`{"a":${entry([1], 0, 4)},"\\u0061":${entry([1], 4, 8)}}`, 8),
      'the header has the key a twice in one object.',
    ],
    [
      'a key that stands twice',
      fileOf('{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}', 4),
      'the header has the key shape twice in one object.',
    ],
  ])('refuses %s', (_, bytes, sentence) => {
    expect(() => readSafetensors(bytes, file)).toThrow(SafetensorsError);
    expect(() => readSafetensors(bytes, file)).toThrow(`${file}: ${sentence}`);
  });

  it('does not take a key for repeated that stands in two objects, or a value for a key', () => {
    const bytes = fileOf(`{"dtype":${entry([1], 0, 4)},"__metadata__":{"dtype":"dtype","x":"dtype: \\"dtype\\""}}`, 4);
    expect([...readSafetensors(bytes, file).tensors.keys()]).toEqual(['dtype']);
  });

  it('keeps a tensor with a name that objects reserve', () => {
    const bytes = fileOf(`{"__proto__":${entry([1], 0, 4)}}`, 4);
    expect([...readSafetensors(bytes, file).tensors.keys()]).toEqual(['__proto__']);
  });

  it('survives every truncation', () => {
    fc.assert(
      fc.property(anyTensors, fc.nat(), (tensors, cut) => {
        fc.pre(!tensors.has('__metadata__'));
        const bytes = writeSafetensors(tensors);
        readOrRefuse(bytes.subarray(0, cut % bytes.length));
      }),
    );
  });

  it('survives every change of every one byte of the header', () => {
    const tensors = new Map<string, StoredTensor>([
      ['model.norm.weight', { dtype: 'F32', shape: [2], data: new Uint8Array(8) }],
      ['b', { dtype: 'F16', shape: [1, 2], data: new Uint8Array(4) }],
    ]);
    const whole = writeSafetensors(tensors, { format: 'pt' });
    const headerEnd = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
    for (let index = 0; index < headerEnd; index++) {
      for (let value = 0; value < 256; value++) {
        const changed = whole.slice();
        changed[index] = value;
        readOrRefuse(changed);
      }
    }
  });

  it('survives any header', () => {
    const anyEntry = fc.record(
      { dtype: fc.constantFrom('F32', 'F16', 'I64', 4), shape: fc.jsonValue(), data_offsets: fc.jsonValue() },
      { requiredKeys: [] },
    );
    const anyHeader = fc.oneof(
      fc.json(),
      fc.dictionary(fc.string(), anyEntry).map((header) => JSON.stringify(header)),
    );
    fc.assert(fc.property(anyHeader, fc.nat(16), (header, dataLength) => readOrRefuse(fileOf(header, dataLength))));
  });
});
