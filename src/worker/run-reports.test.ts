import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { exampleCurves, exampleRun } from '../lab/run-example';
import type { Event } from './protocol';
import { RunReports } from './run-reports';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const { steps } = exampleCurves(9);

function listen() {
  const events: Event[] = [];
  const reports = new RunReports(
    'run-1',
    () => ({ seconds: 1, stepMilliseconds: 2, stepsLeft: 3 }),
    (event) => events.push(event),
  );
  const sent = () => events.flatMap((event) => (event.type === 'runPoints' ? [event.points.steps?.length ?? 0] : []));
  return { events, reports, sent };
}

it('sends the first point at once and the others at most four times a second', () => {
  const { events, reports, sent } = listen();
  for (const point of steps.slice(0, 4)) reports.points({ steps: [point] });
  expect(sent()).toEqual([1]);
  vi.advanceTimersByTime(249);
  expect(sent()).toEqual([1]);
  vi.advanceTimersByTime(1);
  expect(sent()).toEqual([1, 3]);
  vi.advanceTimersByTime(1000);
  expect(sent()).toEqual([1, 3]);
  reports.points({ steps: steps.slice(4, 5), samples: [{ step: 5, text: 'a' }] });
  expect(events.at(-1)).toEqual({
    type: 'runPoints',
    id: 'run-1',
    points: { steps: steps.slice(4, 5), samples: [{ step: 5, text: 'a' }] },
    seconds: 1,
    stepMilliseconds: 2,
    stepsLeft: 3,
  });
});

it('drops what waits when a record tells it, and sends it when it is asked to', () => {
  const { events, reports, sent } = listen();
  reports.points({ steps: steps.slice(0, 1) });
  reports.points({ steps: steps.slice(1, 2) });
  reports.record(exampleRun());
  vi.advanceTimersByTime(1000);
  expect(events.map(({ type }) => type)).toEqual(['runPoints', 'run']);
  reports.points({ steps: steps.slice(2, 3) });
  reports.points({ steps: steps.slice(3, 4) });
  reports.send();
  reports.send();
  expect(sent()).toEqual([1, 1, 1, 0]);
});
