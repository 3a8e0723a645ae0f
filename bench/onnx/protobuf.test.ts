import { expect, test } from 'vitest';
import { bytes, float, integer, message, text } from './protobuf';

const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');

test('encodes the examples of the format’s own description', () => {
  expect(hex(integer(1, 150))).toBe('089601');
  expect(hex(text(2, 'testing'))).toBe('120774657374696e67');
  expect(hex(bytes(3, integer(1, 150)))).toBe('1a03089601');
});

test('writes a negative integer as ten bytes of two’s complement', () => {
  expect(hex(integer(1, -2))).toBe('08feffffffffffffffff01');
});

test('writes zero as one byte and a field above 15 with a tag of two', () => {
  expect(hex(integer(20, 0))).toBe('a00100');
});

test('writes floats as four bytes, lowest first', () => {
  expect(hex(float(2, 1))).toBe('150000803f');
});

test('puts fields one after the other', () => {
  expect(hex(message(integer(1, 1), integer(2, 300)))).toBe('080110ac02');
});
