import { describe, expect, test } from 'vitest';
import { connect, lastEvent, type Port, unanswered } from './client';
import type { Event, Request } from './protocol';

function fakePort() {
  const sent: Request[] = [];
  const port: Port = { postMessage: (request) => sent.push(request), onmessage: null, onerror: null };
  const receive = (event: Event) => port.onmessage?.({ data: event } as MessageEvent<Event>);
  const crash = (message: string) => port.onerror?.({ message } as ErrorEvent);
  return { port, sent, receive, crash };
}

const ceilings: Event = {
  type: 'ceilings',
  ceilings: { copyBytesPerSecond: 1, flopsPerSecond: 2, roundTripMs: 3 },
};

describe('the client', () => {
  test('posts requests and hands events to every listener until it leaves', () => {
    const { port, sent, receive } = fakePort();
    const client = connect(port);
    const first: Event[] = [];
    const second: Event[] = [];
    const leave = client.subscribe((event) => first.push(event));
    client.subscribe((event) => second.push(event));
    client.send({ type: 'measure' });
    receive(ceilings);
    leave();
    receive(ceilings);
    expect(sent).toEqual([{ type: 'measure' }]);
    expect(first).toEqual([ceilings]);
    expect(second).toEqual([ceilings, ceilings]);
  });

  test('says in a sentence that the worker crashed', () => {
    const { port, crash } = fakePort();
    const events: Event[] = [];
    connect(port).subscribe((event) => events.push(event));
    crash('out of memory');
    expect(events).toEqual([
      {
        type: 'error',
        request: 'open',
        message: 'The engine stopped (out of memory): reload the page to start it again.',
      },
    ]);
  });
});

describe('what is still to be answered', () => {
  test('the last event of a request takes out the oldest of its kind', () => {
    expect(unanswered(['inspect', 'measure', 'measure'], ceilings)).toEqual(['inspect', 'measure']);
  });

  test('an event that only belongs to a request leaves it', () => {
    expect(unanswered(['load'], { type: 'progress', task: 'compile', done: 1, total: 2 })).toEqual(['load']);
  });

  test('an error ends the request that it names', () => {
    const error: Event = { type: 'error', request: 'load', message: 'No.' };
    expect(unanswered(['generate', 'load'], error)).toEqual(['generate']);
  });

  test('a device that comes unasked ends nothing else', () => {
    const device: Event = {
      type: 'device',
      device: {
        backend: 'cpu',
        setting: 'auto',
        adapter: null,
        reason: 'none',
        gates: [],
        cpu: { kind: 'wasm', threads: 2, cores: 2, reason: null },
        choice: null,
        bytesInUse: 0,
        counters: null,
      },
    };
    expect(unanswered(['generate'], device)).toEqual(['generate']);
    expect(unanswered(['generate', 'loseDevice'], device)).toEqual(['generate']);
  });

  test('every request has an end but those that stop another', () => {
    const endless = Object.entries(lastEvent).filter(([, event]) => event === null);
    expect(endless.map(([request]) => request).filter((request) => !request.startsWith('stop'))).toEqual([]);
    expect(endless).not.toEqual([]);
  });
});
