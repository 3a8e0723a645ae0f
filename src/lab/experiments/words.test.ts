import { describe, expect, it } from 'vitest';
import { amountText, durationText, percentText } from './words';

describe('durationText', () => {
  it.each([
    [0.2, '1 second'],
    [45, '45 seconds'],
    [89, '89 seconds'],
    [90, '2 minutes'],
    [3569, '59 minutes'],
    [3600, '1 hour'],
    [3 * 3600 + 1100, '3 hours 20 minutes'],
    [86_000, '23 hours 50 minutes'],
    [86_200, '1 day'],
    [90_000, '1 day 1 hour'],
    [187_200, '2 days 4 hours'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});

describe('amountText', () => {
  it('never makes a need smaller or a limit larger', () => {
    expect(amountText('parameters', 1_231_001, Math.ceil)).toBe('1.24 M parameters');
    expect(amountText('parameters', 1_239_999, Math.floor)).toBe('1.23 M parameters');
    expect(amountText('parameters', 999, Math.floor)).toBe('999 parameters');
    expect(amountText('flops', 3_100_000, Math.ceil)).toBe('3.1 MFLOP a token');
    expect(amountText('flops', 310, Math.ceil)).toBe('310 FLOP a token');
    expect(amountText('bytes', 3 * 2 ** 20, Math.ceil)).toBe('3 MiB of weights');
  });
});

describe('percentText', () => {
  it('has one digit below ten', () => {
    expect([0.004, 0.0234, 0.1249].map(percentText)).toEqual(['0.4 %', '2.3 %', '12 %']);
  });
});
