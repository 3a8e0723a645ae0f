import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { askTurn, forgetTurn, type Turn } from './turns';

beforeAll(() => void vi.useFakeTimers());
afterAll(() => void vi.useRealTimers());

function turns(count: number): { readonly all: readonly Turn[]; readonly ran: number[][] } {
  const ran: number[][] = Array.from({ length: count }, () => []);
  const all = ran.map((times): Turn => ({ run: () => times.push(performance.now()), last: Number.NEGATIVE_INFINITY }));
  return { all, ran };
}

test('no two run in one task, and none more than four times a second', () => {
  const { all, ran } = turns(5);
  for (let at = 0; at < 2000; at += 10) {
    for (const turn of all) askTurn(turn);
    vi.advanceTimersByTime(10);
  }
  const times = ran.flat().sort((a, b) => a - b);
  expect(new Set(times).size).toBe(times.length);
  for (const own of ran) {
    expect(own.length).toBeGreaterThan(4);
    expect(own.length).toBeLessThanOrEqual(9);
    for (const [index, time] of own.slice(1).entries()) expect(time - (own[index] ?? 0)).toBeGreaterThanOrEqual(250);
  }
});

test('one that was forgotten does not run', () => {
  const { all, ran } = turns(2);
  for (const turn of all) askTurn(turn);
  if (all[1]) forgetTurn(all[1]);
  vi.advanceTimersByTime(1000);
  expect(ran.map((times) => times.length)).toEqual([1, 0]);
});
