import { describe, expect, it } from 'vitest';
import { shortJson } from './short-json';

describe('shortJson', () => {
  it.each([
    ['silu', '"silu"'],
    [null, 'null'],
    [undefined, 'missing'],
    [Number.NaN, 'NaN'],
    [{ type: 'linear' }, '{"type":"linear"}'],
    ['x'.repeat(70), `"${'x'.repeat(56)}...`],
  ])('shows %j as %s', (value, text) => {
    expect(shortJson(value)).toBe(text);
  });

  it('survives a value nested deeper than the stack', () => {
    expect(shortJson(JSON.parse('['.repeat(200_000) + ']'.repeat(200_000)))).toBe('a value that is nested too deeply');
  });
});
