/** The entry of a thread on its own: what it posts, and what becomes of a module that traps. */
import { afterEach, expect, it, vi } from 'vitest';
import type { ThreadStart } from '../cpu/engine';

/** `(module (import "env" "memory" (memory 1)) (func (export "serve") (param i32 i32) unreachable))` */
const trapping = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0], // magic, version
  ...[1, 6, 1, 96, 2, 127, 127, 0], // one type: (i32, i32) → ()
  ...[2, 15, 1, 3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2, 0, 1], // its memory: env.memory
  ...[3, 2, 1, 0], // one function
  ...[7, 9, 1, 5, 115, 101, 114, 118, 101, 0, 0], // which is exported as serve
  ...[10, 5, 1, 3, 0, 0, 11], // its body: unreachable
);

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('throws what its module trapped on, after its promise, so that the worker that started it hears of it', async () => {
  const posted: unknown[] = [];
  const scope: { onmessage?(message: { data: ThreadStart }): Promise<void>; postMessage(data: unknown): void } = {
    postMessage: (data) => posted.push(data),
  };
  vi.stubGlobal('self', scope);
  await import('./cpu-thread');
  vi.useFakeTimers();
  const memory = new WebAssembly.Memory({ initial: 1 });
  await scope.onmessage?.({
    data: { module: new WebAssembly.Module(trapping), memory, control: 0, scratch: 0 },
  });
  expect(posted).toEqual(['ready']);
  expect(() => vi.runAllTimers()).toThrow(WebAssembly.RuntimeError);
});
