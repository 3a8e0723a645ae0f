import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Latest } from './latest';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function asked() {
  const sent: number[] = [];
  return { sent, latest: new Latest<number>((value) => sent.push(value), 100) };
}

test('a question rests before it is sent, and the last of a quick row is the one', () => {
  const { sent, latest } = asked();
  latest.ask(1);
  vi.advanceTimersByTime(60);
  latest.ask(2);
  vi.advanceTimersByTime(60);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(60);
  expect(sent).toEqual([2]);
});

test('while one is under way the last that came waits for its answer', () => {
  const { sent, latest } = asked();
  latest.ask(1);
  vi.advanceTimersByTime(100);
  latest.ask(2);
  vi.advanceTimersByTime(100);
  latest.ask(3);
  vi.advanceTimersByTime(100);
  expect(sent).toEqual([1]);
  latest.answered();
  expect(sent).toEqual([1, 3]);
});

test('an answer does not send a question that still rests', () => {
  const { sent, latest } = asked();
  latest.ask(1);
  vi.advanceTimersByTime(100);
  latest.ask(2);
  latest.answered();
  expect(sent).toEqual([1]);
  vi.advanceTimersByTime(100);
  expect(sent).toEqual([1, 2]);
});

test('what is forgotten is never sent', () => {
  const { sent, latest } = asked();
  latest.ask(1);
  latest.forget();
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([]);
});
