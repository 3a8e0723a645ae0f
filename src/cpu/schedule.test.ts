/** The engine with its threads, as `kernels/schedule.ts` has it: what is shared, what is waited for and how it ends. */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { noise } from '../gpu/kernels/parity';
import { type Command, commandBytes, writeCommand } from './command';
import type { CpuEngine } from './engine';
import { openNodeEngine } from './node';
import { productCommand } from './operations/product';
import { sumRowsCommand } from './operations/sum-rows';
import { ThreadGone } from './thread-gone';

interface Placed {
  readonly first: number;
  readonly last: number;
}

/** Writes the commands one behind the other. */
function place(engine: CpuEngine, commands: readonly Command[]): Placed {
  const bytes = commands.reduce((sum, command) => sum + commandBytes(command), 0);
  const first = engine.allocate(bytes);
  let last = first;
  for (const command of commands) {
    writeCommand(engine.words(last, commandBytes(command) / 4), engine.kernel(command.kernel), command);
    last += commandBytes(command);
  }
  return { first, last };
}

function fill(engine: CpuEngine, values: Float32Array): number {
  const address = engine.allocate(values.byteLength);
  engine.floats(address, values.length).set(values);
  return address;
}

/** total[n] += matrix[n], a unit of 16 columns each, which no thread does alone. */
function tinySum(engine: CpuEngine, N: number): { total: number; placed: Placed } {
  const matrix = fill(
    engine,
    Float32Array.from({ length: N }, (_, n) => n + 1),
  );
  const total = engine.allocate(N * 4);
  return { total, placed: place(engine, [{ ...sumRowsCommand(matrix, 1, N, total, N), grain: 1 }]) };
}

/** A product of 64 units, some milliseconds in all. */
function longProduct(engine: CpuEngine): Placed {
  const S = 512;
  const [A, B, C] = [fill(engine, noise(S * S, 1)), fill(engine, noise(S * S, 2)), engine.allocate(S * S * 4)];
  const command = productCommand(
    { M: S, N: S, K: S },
    { at: A, stride: S },
    { at: B, stride: S },
    { at: C, stride: S },
  );
  expect(command.units).toBeGreaterThanOrEqual(32);
  return place(engine, [command]);
}

/** What `run` throws, and after how many seconds. */
function failureOf(engine: CpuEngine, { first, last }: Placed): { error: unknown; seconds: number } {
  const start = performance.now();
  let error: unknown;
  try {
    engine.run(first, last);
  } catch (thrown) {
    error = thrown;
  }
  return { error, seconds: (performance.now() - start) / 1000 };
}

describe('threads', () => {
  it('compute the same bits, however many there are', async () => {
    const S = 96;
    const depth = 40;
    const outcomes = [];
    for (const threads of [1, 2, 4]) {
      const engine = await openNodeEngine(threads);
      expect(engine.threads).toBe(threads);
      const weight = fill(
        engine,
        noise(S * S, 2).map((value) => (value * Math.sqrt(3)) / Math.sqrt(S)),
      );
      const total = engine.allocate(S * 4);
      const [even, odd] = [fill(engine, noise(S * S, 1)), engine.allocate(S * S * 4)];
      const commands = Array.from({ length: depth }, (_, index) => {
        // Each reads what the one before it wrote.
        const [x, y] = index % 2 === 0 ? [even, odd] : [odd, even];
        const product = productCommand(
          { M: S, N: S, K: S },
          { at: x, stride: S, transposed: index % 3 === 0 },
          { at: weight, stride: S },
          { at: y, stride: S },
        );
        return [product, { ...sumRowsCommand(y, S, S, total, S), grain: 1 }];
      }).flat();
      const { first, last } = place(engine, commands);
      for (let turn = 0; turn < 10; turn++) engine.run(first, last);
      outcomes.push([engine.floats(even, S * S).slice(), engine.floats(total, S).slice()]);
      engine.destroy();
    }
    const [alone, ...shared] = outcomes;
    expect(alone?.every((numbers) => numbers.every((value) => Number.isFinite(value) && value !== 0))).toBe(true);
    for (const outcome of shared) expect(outcome).toEqual(alone);
  });

  it.each([1, 2])('carry out commands that lie beyond 2 GiB (%d threads)', async (threads) => {
    const engine = await openNodeEngine(threads);
    engine.allocate(2 ** 31);
    const N = 128;
    const { total, placed } = tinySum(engine, N);
    expect(placed.first).toBeGreaterThan(2 ** 31);
    for (let turn = 0; turn < 3; turn++) engine.run(placed.first, placed.last);
    expect(Array.from(engine.floats(total, N))).toEqual(Array.from({ length: N }, (_, n) => 3 * (n + 1)));
    engine.destroy();
  });

  it.each([2, 4])('do every unit once in 2,000 runs of tiny commands (%d threads)', async (threads) => {
    const engine = await openNodeEngine(threads);
    const N = 128;
    const { total, placed } = tinySum(engine, N);
    for (let turn = 0; turn < 2000; turn++) engine.run(placed.first, placed.last);
    expect(Array.from(engine.floats(total, N))).toEqual(Array.from({ length: N }, (_, n) => 2000 * (n + 1)));
    engine.destroy();
  });

  it('wake up when they have slept', async () => {
    const engine = await openNodeEngine(4);
    const N = 128;
    const { total, placed } = tinySum(engine, N);
    for (let turn = 0; turn < 40; turn++) {
      await wait(2);
      engine.run(placed.first, placed.last);
    }
    expect(Array.from(engine.floats(total, N))).toEqual(Array.from({ length: N }, (_, n) => 40 * (n + 1)));
    engine.destroy();
  });

  it('leave a command that is done alone, whatever its memory holds by then', async () => {
    const engine = await openNodeEngine(4);
    const { placed } = tinySum(engine, 32);
    const words = engine.words(placed.first, (placed.last - placed.first) / 4);
    const command = words.slice();
    for (let turn = 0; turn < 4000; turn++) {
      words.set(command);
      engine.run(placed.first, placed.last);
      // No kernel has such a number: a thread that wakes up late and takes a unit of it ends.
      words.fill(0x3fffffff);
      if (turn % 100 === 0) await wait(1);
    }
    await wait(50);
    words.set(command);
    expect(() => engine.run(placed.first, placed.last)).not.toThrow();
    engine.destroy();
  });
});

describe('a thread that ends', () => {
  it('makes the next run throw', async () => {
    const workers: Worker[] = [];
    const engine = await openNodeEngine(2, { onWorker: (worker) => workers.push(worker) });
    const { placed } = tinySum(engine, 64);
    engine.run(placed.first, placed.last);
    await workers[0]?.terminate();
    await wait(0);
    const { error } = failureOf(engine, placed);
    expect(error).toBeInstanceOf(ThreadGone);
    expect(String(error)).toContain('A thread of the CPU ended');
    engine.destroy();
  });

  it('never makes a run hang that is under way', async () => {
    const workers: Worker[] = [];
    const engine = await openNodeEngine(3, { onWorker: (worker) => workers.push(worker) });
    const placed = longProduct(engine);
    const ended = workers.map((worker) => worker.terminate());
    const until = performance.now() + 300;
    let failure = failureOf(engine, placed);
    while (!failure.error && performance.now() < until) failure = failureOf(engine, placed);
    // A thread that had no unit is not missed.
    if (failure.error) expect(failure.error).toBeInstanceOf(ThreadGone);
    expect(failure.seconds).toBeLessThan(6);
    await Promise.all(ended);
    await wait(0);
    expect(failureOf(engine, placed).error).toBeInstanceOf(ThreadGone);
    engine.destroy();
  }, 20_000);

  it('with a unit in its hands makes the run throw after three seconds, and the next one at once', async () => {
    const engine = await openNodeEngine(2, { script: thief });
    const placed = longProduct(engine);
    let failure = failureOf(engine, placed);
    // Until it has had its chance.
    for (let turn = 0; turn < 1000 && !failure.error; turn++) failure = failureOf(engine, placed);
    expect(failure.error).toBeInstanceOf(ThreadGone);
    expect(failure.seconds).toBeGreaterThan(2.5);
    expect(failure.seconds).toBeLessThan(6);
    const next = failureOf(engine, placed);
    expect(next.error).toBeInstanceOf(ThreadGone);
    expect(next.seconds).toBeLessThan(0.5);
    engine.destroy();
  }, 30_000);
});

/** A thread that claims one unit, as `claim` in kernels/schedule.ts does, and ends without computing it. */
const thief = `
  const { parentPort, workerData: { memory, control } } = require('node:worker_threads');
  const ticket = new BigInt64Array(memory.buffer, control, 1);
  parentPort.postMessage('ready');
  while (true) {
    const seen = Atomics.load(ticket, 0);
    const isOpen = seen >> 32n > 0n && (seen & 0xffffffffn) < 16n;
    if (isOpen && Atomics.compareExchange(ticket, 0, seen, seen + 1n) === seen) break;
  }`;

/** A thread that serves unless it is the second to start. The word that they count in is free: see kernels/schedule.ts. */
const oneTooMany = `
  const { parentPort, workerData: { module, memory, control, scratch } } = require('node:worker_threads');
  if (Atomics.add(new Int32Array(memory.buffer, control + 352, 1), 0, 1) === 1) throw new Error('one too many');
  WebAssembly.instantiate(module, { env: { memory } }).then(({ exports }) => {
    parentPort.postMessage('ready');
    exports.serve(control, scratch);
  });`;

describe('the engine', () => {
  it.each([1, 2])('says how much memory is refused, and goes on with what it has (%d threads)', async (threads) => {
    const engine = await openNodeEngine(threads, { mostBytes: 16 * 2 ** 20 });
    const { bytes } = engine;
    const MiB = 2 ** 20;
    expect(() => engine.allocate(20 * MiB)).toThrow(/needs 2[1-4] MiB of memory .* refuses: .* smaller model/);
    expect(engine.bytes).toBe(bytes);
    const address = engine.allocate(MiB);
    expect(engine.floats(address, MiB / 4).every((value) => value === 0)).toBe(true);
    const { total, placed } = tinySum(engine, 64);
    engine.run(placed.first, placed.last);
    expect(engine.floats(total, 64)[63]).toBe(64);
    engine.destroy();
  });

  it('does not open with fewer threads than it was asked for, and leaves none of them behind', async () => {
    const workers: Worker[] = [];
    const opening = openNodeEngine(4, { script: oneTooMany, onWorker: (worker) => workers.push(worker) });
    await expect(opening).rejects.toThrow('one too many');
    await expect.poll(() => workers.map((worker) => worker.threadId)).toEqual([-1, -1, -1]);
  });

  it('ends its threads when it is destroyed', async () => {
    const workers: Worker[] = [];
    const engine = await openNodeEngine(4, { onWorker: (worker) => workers.push(worker) });
    expect(workers).toHaveLength(3);
    const { placed } = tinySum(engine, 64);
    engine.run(placed.first, placed.last);
    const ended = workers.map((worker) => once(worker, 'exit'));
    engine.destroy();
    await expect(Promise.race([Promise.all(ended), wait(5000)])).resolves.toHaveLength(3);
  });
});
