import { describe, expect, test } from 'vitest';
import { csv } from './csv';

describe('CSV', () => {
  test('quotes what would break a row and doubles quotes', () => {
    const rows = [
      ['a,b', 1.5],
      ['say "no"', null],
      ['two\nlines', -2],
      [' the', 0],
    ] as const;
    expect(csv({ columns: ['text', 'n'], rows })).toBe(
      'text,n\r\n"a,b",1.5\r\n"say ""no""",\r\n"two\nlines",-2\r\n" the",0\r\n',
    );
  });

  test('a text that a spreadsheet would run as a formula is disarmed', () => {
    expect(csv({ columns: ['text'], rows: [['=1+1'], ['-2']] })).toBe("text\r\n'=1+1\r\n'-2\r\n");
  });
});
