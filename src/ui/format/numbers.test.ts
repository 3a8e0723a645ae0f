import { describe, expect, test } from 'vitest';
import {
  fixed,
  formatBytes,
  formatCount,
  formatInteger,
  formatMilliseconds,
  formatPercent,
  formatQuantity,
  signed,
} from './numbers';

/** Written with plain spaces here; the page uses no-break ones. */
const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('numbers as people read them', () => {
  test.each([
    [0, '0'],
    [9999, '9,999'],
    [2.5, '2.5'],
    [512_000, '512 k'],
    [999_600, '1 M'],
    [3_100_000, '3.1 M'],
    [16_800_000, '17 M'],
    [1.3e9, '1.3 G'],
  ])('count %d is %s', (value, text) => expect(plain(formatCount(value))).toBe(text));

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1024, '1 KiB'],
    [1_033_216, '1 MiB'],
    [1_468_006, '1.4 MiB'],
    [50_331_648, '48 MiB'],
    [1_073_741_824, '1 GiB'],
  ])('%d bytes are %s', (value, text) => expect(plain(formatBytes(value))).toBe(text));

  test.each([
    [0.0124, '12.4 µs'],
    [7.56, '7.56 ms'],
    [241.4, '241 ms'],
    [2350, '2.35 s'],
  ])('%d ms are %s', (value, text) => expect(plain(formatMilliseconds(value))).toBe(text));

  test.each([
    [0, '0 %'],
    [0.0004, '< 0.1 %'],
    [0.042, '4.2 %'],
    [0.42, '42 %'],
    [1, '100 %'],
  ])('share %d is %s', (value, text) => expect(plain(formatPercent(value))).toBe(text));

  test.each([
    [0.12, '+0.120'],
    [-1.5, '−1.500'],
    [0, '0.000'],
    [-0.000041, '−0.000041'],
  ])('a difference of %d is %s', (value, text) => expect(signed(value, 3)).toBe(text));

  test('a number keeps its digits in a column', () => expect(fixed(2, 3)).toBe('2.000'));

  test('a quantity carries its prefix', () => {
    expect(plain(formatQuantity(6.7e9, 'FLOP/s'))).toBe('6.7 GFLOP/s');
    expect(formatInteger(1234567)).toBe('1,234,567');
  });

  test('a number never parts from its unit', () => {
    for (const text of [formatBytes(5e6), formatCount(5e6), formatMilliseconds(5), formatPercent(0.5)]) {
      expect(text).not.toContain(' ');
    }
  });
});
