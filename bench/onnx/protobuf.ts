/**
 * Protocol Buffers' wire format, as much of it as ONNX files need: a field is a tag (number and wire type), then a
 * varint, four bytes, or a length and bytes. Source: https://protobuf.dev/programming-guides/encoding/.
 */

export type Bytes = Uint8Array<ArrayBuffer>;

const wireTypes = { varint: 0, bytes: 2, fixed32: 5 } as const;

/** A message is its fields one after the other. */
export function message(...fields: readonly Bytes[]): Bytes {
  const all = new Uint8Array(fields.reduce((sum, field) => sum + field.length, 0));
  let offset = 0;
  for (const field of fields) {
    all.set(field, offset);
    offset += field.length;
  }
  return all;
}

/** int32, int64, bool and enums; a negative number takes ten bytes, as its 64-bit two's complement. */
export function integer(field: number, value: number): Bytes {
  return message(tag(field, 'varint'), varint(BigInt.asUintN(64, BigInt(value))));
}

export function float(field: number, value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return message(tag(field, 'fixed32'), bytes);
}

/** An embedded message, or a `bytes` field. */
export function bytes(field: number, value: Bytes): Bytes {
  return message(tag(field, 'bytes'), varint(BigInt(value.length)), value);
}

export function text(field: number, value: string): Bytes {
  return bytes(field, new TextEncoder().encode(value));
}

function tag(field: number, type: keyof typeof wireTypes): Bytes {
  return varint(BigInt(field * 8 + wireTypes[type]));
}

/** Seven bits a byte, lowest first; the top bit says that another byte follows. */
function varint(value: bigint): Bytes {
  const digits: number[] = [];
  let rest = value;
  do {
    const more = rest > 0x7fn ? 0x80 : 0;
    digits.push(Number(rest & 0x7fn) | more);
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(digits);
}
