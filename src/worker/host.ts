/**
 * The worker's side of the protocol: takes requests one after the other, answers with events, and turns whatever an
 * engine throws into an `error` event. `stop` alone jumps the queue.
 */
import { Engine } from './engine';
import type { Event, Request } from './protocol';

export function serve(modelsUrl: string, emit: (event: Event) => void): (request: Request) => void {
  const engine = new Engine(modelsUrl, emit);
  let queue: Promise<void> = Promise.resolve();
  return (request) => {
    if (request.type === 'stop') {
      engine.stop();
      return;
    }
    if (request.type === 'loseDevice' && engine.dropDevice()) return;
    queue = queue.then(async () => {
      try {
        await carryOut(engine, request);
      } catch (error) {
        emit({ type: 'error', request: request.type, message: error instanceof Error ? error.message : String(error) });
      }
    });
  };
}

function carryOut(engine: Engine, request: Exclude<Request, { type: 'stop' }>): Promise<void> {
  switch (request.type) {
    case 'open':
      return engine.open(request.backend);
    case 'load':
      return engine.load(request.model, request.options);
    case 'generate':
      return engine.generate(request.from, request.settings, request.length);
    case 'inspect':
      return engine.inspect(request.position);
    case 'profile':
      return engine.profile();
    case 'calibrate':
      return engine.calibrate();
    case 'measure':
      return engine.measure();
    case 'loseDevice':
      return engine.loseDevice();
    default:
      return request satisfies never;
  }
}
